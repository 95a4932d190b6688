"""The reports of the HTTP API: whose figures they show, and what of them is one's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from services.gateway.api.reports.declared import REPORTS
from tests.rights.cases import COMMON, GATE, LIST, NOBODY, PUBLIC, Case
from tests.rights.scene import Row, Scene


def _of_client(_scene: Scene, row: Row) -> dict[str, Any]:
    return {"query": {"client_id": row["client"]}}


def _around_today(_scene: Scene, row: Row) -> dict[str, Any]:
    """Long enough for every deal of the row that has a day."""
    today = datetime.now(UTC).date()
    days = {"from": (today - timedelta(days=30)).isoformat(), "to": (today + timedelta(days=120)).isoformat()}
    return {"query": {"client_id": row["client"]} | days}


def _nothing(_scene: Scene, _row: Row) -> dict[str, Any]:
    """Refused for what it says, and not for who says it; nobody has to wait for a PDF then."""
    return {"query": {"nothing": "of ours"}}


def _right(path: str) -> str:
    return "invoices.read" if REPORTS[path].service == "billing" else "deals.read"


# Of these every row has something to count. The others are about deals that closed, or stand still: there the row shows
# only with time.
SHOWN = (
    Case(
        "GET /reports/pipeline-forecast",
        LIST,
        "deals.read",
        _around_today,
        shows=lambda answer, _r: bool(answer["total_count"] + answer["without_date"]["count"]),
    ),
    Case(
        "GET /reports/trend",
        LIST,
        "deals.read",
        _of_client,
        shows=lambda answer, _r: any(answer["points"][-1][name] for name in ("open_count", "created", "won")),
    ),
    Case("GET /reports/funnel", LIST, "deals.read", _of_client, shows=lambda answer, _r: bool(answer["created"])),
    Case(
        "GET /reports/sources",
        LIST,
        "deals.read",
        _of_client,
        shows=lambda answer, _r: bool(answer["total"]["created"]),
    ),
    Case(
        "GET /reports/reps", LIST, "deals.read", _of_client, shows=lambda answer, _r: bool(answer["total"]["created"])
    ),
    Case(
        "GET /reports/receivables",
        LIST,
        "invoices.read",
        _of_client,
        shows=lambda answer, _r: bool(answer["clients"]),
    ),
)
_NAMES = {case.name for case in SHOWN}
FIGURES = (
    *SHOWN,
    *(Case(name, COMMON, _right(path)) for path in REPORTS if (name := f"GET /reports/{path}") not in _NAMES),
    *(Case(f"GET /reports/{path}.{kind}", COMMON, _right(path)) for path in REPORTS for kind in ("csv", "xlsx")),
    *(Case(f"GET /reports/{path}.pdf", COMMON, "reports.own", _nothing) for path in REPORTS),
)
_TARGET = {"json": {"targets": [{"month": "2001-01", "owner_id": None, "amount": 1}]}}
OWN = (
    Case("GET /targets", COMMON, "targets.read"),
    Case("PUT /targets", COMMON, "targets.write", lambda _s, _r: dict(_TARGET)),
    Case("GET /reports/files", COMMON, "reports.own"),
    Case("GET /reports/files/{file_id}", GATE, "reports.own", lambda _s, _r: {"file_id": NOBODY}),
    Case("GET /reports/daily-summary", COMMON, "reports.own"),
    Case("POST /reports/daily-summary/send", COMMON, "reports.own"),
    Case("GET /me/summary", COMMON, "reports.own"),
    Case("PATCH /me/summary", COMMON, "reports.own", lambda _s, _r: {"json": {}}),
    Case("PUT /me/summary", COMMON, "reports.own", lambda _s, _r: {"json": {}}),
    Case("GET /report-schedules", COMMON, "reports.own"),
    Case("POST /report-schedules", COMMON, "reports.own", lambda _s, _r: {"json": {}}),
    Case(
        "PATCH /report-schedules/{schedule_id}",
        GATE,
        "reports.own",
        lambda _s, _r: {"schedule_id": NOBODY, "json": {"hour": 9}},
    ),
    Case("DELETE /report-schedules/{schedule_id}", GATE, "reports.own", lambda _s, _r: {"schedule_id": NOBODY}),
    Case("POST /report-schedules/{schedule_id}/send", GATE, "reports.own", lambda _s, _r: {"schedule_id": NOBODY}),
    Case("POST /unsubscribe/{token}", PUBLIC, "public", lambda _s, _r: {"token": "nothing"}),
)
REPORT_CASES = (*FIGURES, *OWN)
