"""What became of the open pipeline between the ends of two days, deal by deal."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from libs.common import row_access
from libs.common.identity import Actor
from libs.common.money import round_minor
from libs.common.problems import Invalid
from services.deals.models import deals
from services.deals.queries.reports.cells import Cells, Figures, Key
from services.deals.queries.reports.changes import KINDS, TOP, changes
from services.deals.queries.reports.spans import Moment, Span, asked_moment, asked_span
from services.deals.queries.reports.wanted import Wanted
from services.deals.queries.reports.worth import Worth, worth_of

MEASURES = ("value", "weighted")
# A part that no deal has: what is left when cells are rounded and parts are.
ROUNDING = "rounding"


@dataclass(slots=True)
class _Found:
    """What the statement answered."""

    start: Cells = field(default_factory=dict)
    end: Cells = field(default_factory=dict)
    parts: dict[str, tuple[int, Decimal]] = field(default_factory=dict)
    tops: dict[str, list[tuple[str, int]]] = field(default_factory=dict)

    def add(self, row: Any) -> None:
        if row.what == "part":
            self.parts[row.kind] = (row.count, row.amount)
        elif row.what == "top":
            self.tops.setdefault(row.kind, []).append((row.deal_id, round_minor(row.amount)))
        else:
            cells = self.start if row.what == "start" else self.end
            cells[Key(row.month, row.stage, row.currency, None)] = Figures(
                row.count, row.count if row.amount else 0, int(row.amount)
            )


def forecast_bridge(
    session: Session,
    actor: Actor,
    now: datetime,
    from_day: Any,
    to_day: Any,
    start: Any,
    end: Any,
    filters: Any = None,
    measure: Any = "value",
) -> dict[str, Any]:
    """From the open pipeline at the end of one day to that at the end of another (now, where that is today), in parts
    that add up to the difference. Both ends are what forecasts as of those days say.

    A deal that came or went has one part, by what it was (gone) or is (come); one that stayed may have several: its
    value at the old rate, then the rate, and weighted also its stage at the old weights, then the weights. Cells are
    rounded, and each part is: ``rounding`` is what that leaves. Amounts that went are negative.
    """
    if measure not in MEASURES:
        raise Invalid(f"measure is one of {', '.join(MEASURES)}", field="measure")
    wanted, span = Wanted.of(filters), asked_span(from_day, to_day)
    moments = _moments(start, end, now)
    worths = worth_of(session, wanted, moments[0]), worth_of(session, wanted, moments[1])
    found = _Found()
    for row in session.execute(changes(actor, wanted, span, moments, worths, measure)):
        found.add(row)
    ends = [_total(worth, cells, measure) for worth, cells in zip(worths, (found.start, found.end), strict=True)]
    kinds = [kind for kind in KINDS if measure == "weighted" or kind not in ("moved", "reweighted")]
    parts = [_part(session, kind, found) for kind in kinds]
    left = ends[1] - ends[0] - sum(part["value_minor"] for part in parts)
    return {
        **_heading(span, moments, worths[1], measure),
        "start_minor": ends[0],
        "end_minor": ends[1],
        "start_count": sum(each.deals for each in found.start.values()),
        "end_count": sum(each.deals for each in found.end.values()),
        "without_rate": _unrated(found, worths),
        "parts": [*parts, {"kind": ROUNDING, "count": 0, "value_minor": left, "deals": []}],
    }


def _unrated(found: _Found, worths: tuple[Worth, Worth]) -> list[dict[str, Any]]:
    """The deals of an end that have no rate there; of a currency without one at both, those of the end with more."""
    most: dict[str, dict[str, Any]] = {}
    for worth, cells in zip(worths, (found.start, found.end), strict=True):
        for each in worth.unrated(cells).listed():
            if each["count"] >= most.get(each["currency"], {"count": 0})["count"]:
                most[each["currency"]] = each
    return [most[currency] for currency in sorted(most)]


def _moments(start: Any, end: Any, now: datetime) -> tuple[Moment, Moment]:
    for name, day in (("start", start), ("end", end)):
        if day is None:
            raise Invalid(f"{name} is a date, as in 2025-02-10", field=name)
    first, last = asked_moment("start", start, now), asked_moment("end", end, now)
    if first.day > last.day:
        raise Invalid("end is not before start", field="end")
    return first, last


def _heading(span: Span, moments: tuple[Moment, Moment], worth: Worth, measure: str) -> dict[str, Any]:
    days = {"from_day": span.first, "to_day": span.last, "start": moments[0].day, "end": moments[1].day}
    return days | {"currency": worth.currency, "measure": measure}


def _total(worth: Worth, cells: Cells, measure: str) -> int:
    amount = worth.added(cells)
    return amount.weighted_minor if measure == "weighted" else amount.value_minor


def _part(session: Session, kind: str, found: _Found) -> dict[str, Any]:
    count, amount = found.parts.get(kind, (0, Decimal(0)))
    return {"kind": kind, "count": count, "value_minor": round_minor(amount), "deals": _named(session, kind, found)}


def _named(session: Session, kind: str, found: _Found) -> list[dict[str, Any]]:
    """The deals that matter most in a part, by name."""
    top = [(deal_id, amount) for deal_id, amount in found.tops.get(kind, [])[:TOP] if amount]
    if not top:
        return []
    entry, row = row_access.entries.c, deals.c
    source = deals.join(row_access.entries, entry.record_id == row.client_id, isouter=True)
    ids = [deal_id for deal_id, _amount in top]
    named = select(row.id, row.deal_name, entry.label).select_from(source).where(row.id.in_(ids))
    names = {each.id: each for each in session.execute(named)}
    return [
        {
            "id": deal_id,
            "deal_name": names[deal_id].deal_name,
            "company_name": names[deal_id].label or "",
            "value_minor": amount,
        }
        for deal_id, amount in top
        if deal_id in names
    ]
