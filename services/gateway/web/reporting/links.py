"""The list that a figure counts: where a click on it leads. What no list of the CRM can show has no link."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from libs.reporting import link
from services.gateway.api.reports import parameters as p
from services.gateway.web.reporting.asking import Asked

Row = Mapping[str, Any]
Links = dict[str, str]
_CLOSED = ("won", "lost")


def links(kind: str, table: str, row: Row, asked: Asked) -> Links:
    """For columns of a row, by their keys, the address of the list."""
    found = _LINKS.get((kind, table))
    return found(row, asked) if found is not None and asked.is_live else {}


def _forecast(row: Row, asked: Asked) -> Links:
    stage = {"stage": row["stage"]} if row.get("stage") else {}
    return {"count": asked.listed(**stage, **_between(row.get("month"), asked, "closes"))}


def _left_out(row: Row, asked: Asked) -> Links:
    return {"count": asked.listed(undated=True)} if row["reason"] == "without_date" else {}


def _win_rate(row: Row, asked: Asked) -> Links:
    by = {"source": "source", "owner_id": "owner_id"}
    if "stage" in row:
        return {}
    narrow = {name: row[name] or "none" for name in by if name in row}
    if narrow.get("source") == "none":
        return {}
    days = _between(row.get("month"), asked, "closed")
    return {stage: asked.listed(stage=stage, **narrow, **days) for stage in _CLOSED}


def _trend(row: Row, asked: Asked) -> Links:
    first, last = _month(row["month"])
    closed = {"closed_from": first, "closed_to": last}
    found = {stage: asked.listed(stage=stage, **closed) for stage in _CLOSED}
    return found | ({"open_count": asked.listed(stage="open")} if _is_now(row["month"]) else {})


def _group(name: str) -> Callable[[Row, Asked], Links]:
    """Rows of sources or reps: what is open now, what closed in the time, and what came in since it began."""

    def of_group(row: Row, asked: Asked) -> Links:
        narrow = {name: row[name] or "none"}
        if narrow == {"source": "none"}:
            return {}
        days = _between(None, asked, "closed")
        found = {stage: asked.listed(stage=stage, **narrow, **days) for stage in _CLOSED}
        return found | {"open": asked.listed(stage="open", **narrow)} | _since(asked, narrow)

    return of_group


def _since(asked: Asked, narrow: dict[str, str]) -> Links:
    """Lists know from when a deal was created, not until when."""
    assert asked.days is not None
    first, last = asked.days
    return {"created": asked.listed(created_from=first.isoformat(), **narrow)} if last >= p.today() else {}


def _stagnation(row: Row, asked: Asked) -> Links:
    idle = getattr(asked.query, "idle_days", None)
    return {"count": asked.listed(stagnant=True, stage=row["stage"], idle_days=idle)}


def _receivables(row: Row, asked: Asked) -> Links:
    owed = asked.filters | {"client_id": row["client_id"], "currency": row["currency"], "status": "open"}
    return {"total": link("invoices", owed)}


def _owed_over_all(row: Row, asked: Asked) -> Links:
    owed = asked.filters | {"currency": row["currency"]}
    return {"total": link("invoices", owed | {"status": "open"}), "overdue": link("invoices", owed | {"overdue": True})}


def _paid_months(row: Row, asked: Asked) -> Links:
    return {"invoices": link("invoices", asked.filters | {"status": "paid"} | _between(row["month"], asked, "paid"))}


def _paid_clients(row: Row, asked: Asked) -> Links:
    of_client = asked.filters | {"status": "paid", "client_id": row["client_id"]}
    return {"invoices": link("invoices", of_client | _between(None, asked, "paid"))}


def _between(month: str | None, asked: Asked, name: str) -> dict[str, str]:
    """The days of a month that the report is of, else all its days."""
    span = asked.days
    assert span is not None
    first, last = span
    if month is not None:
        begins, ends = _month(month)
        first, last = max(first, begins), min(last, ends)
    return {f"{name}_from": first.isoformat(), f"{name}_to": last.isoformat()}


def _month(name: str) -> tuple[date, date]:
    year, month = int(name[:4]), int(name[5:7])
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def _is_now(month: str) -> bool:
    return month == p.today().isoformat()[:7]


_LINKS: dict[tuple[str, str], Callable[[Row, Asked], Links]] = {
    ("pipeline-forecast", "rows"): _forecast,
    ("pipeline-forecast", "months"): _forecast,
    ("pipeline-forecast", "stages"): _forecast,
    ("pipeline-forecast", "left_out"): _left_out,
    ("win-rate", "rows"): _win_rate,
    ("trend", "trend"): _trend,
    ("stagnation", "stages"): _stagnation,
    ("sources", "sources"): _group("source"),
    ("reps", "reps"): _group("owner_id"),
    ("receivables", "clients"): _receivables,
    ("receivables", "currencies"): _owed_over_all,
    ("payment-time", "months"): _paid_months,
    ("payment-time", "clients"): _paid_clients,
}
