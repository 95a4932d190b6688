"""A report's figures, as JSON and as files: each report of the table at its address, and with an ending beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response
from flask_babel import gettext

from libs.common.object_store import content_disposition
from libs.common.problems import Invalid, Problem
from libs.common.rpc.client import Call
from libs.reporting import TITLES, sheets, tables
from services.gateway.accounts import users
from services.gateway.api import requests as r
from services.gateway.api.reports import files, insight
from services.gateway.api.reports import parameters as p
from services.gateway.api.reports.declared import REPORTS, Report
from services.gateway.api.reports.naming import named
from services.gateway.api.routing import Routes

routes = Routes("reports")

_SECONDS = 8.0
_PAGE = 200
# Parameters of a service's method that go by another name here.
_PARAMETERS = {"from_day": "from", "to_day": "to"}


def asked(report: Report, query: p.Parameters) -> dict[str, Any]:
    """What the service answers, as it came; Invalid names the parameter at fault."""
    return _answers(report, query, [])[0]


def whole(report: Report, query: p.Parameters) -> dict[str, Any]:
    """The same with every row, however many pages they take."""
    found = asked(report, query)
    while found.get("next_cursor"):
        more = r.ask(report.service, report.method, **query.arguments() | {"cursor": found["next_cursor"]})
        found = found | {"items": found["items"] + more["items"], "next_cursor": more["next_cursor"]}
    return found


def forecast(query: p.Forecast) -> tuple[dict[str, Any], dict[str, Any] | None, str | None]:
    """A forecast as it came, the insight into it, and why there is none, None where none was asked for."""
    if not query.insight:
        return asked(REPORTS["pipeline-forecast"], query), None, None
    day = p.today()
    beside = [insight.risks(query.arguments())] if query.as_of in (None, day) else []
    found, others = _answers(REPORTS["pipeline-forecast"], query, beside)
    return found, *insight.of(found, others[0] if others else None)


def sheet(report: Report, query: p.Parameters) -> Response:
    """A report as a workbook, in the reader's language."""
    with r.gateway().database.read() as session:
        people = {str(each["id"]): str(each["name"]) for each in users.directory(session)["items"]}
    title = gettext(TITLES[report.kind])
    made = sheets.xlsx(tables(report.kind, whole(report, query)), title, names=people, translate=gettext)
    return _file(made, report, query, "xlsx", sheets.XLSX_TYPE)


def commas(report: Report, query: p.Parameters) -> Response:
    """A report's first table as CSV, under the names of the API."""
    text = sheets.csv_text(tables(report.kind, whole(report, query))[0])
    return _file(text.encode(), report, query, "csv", sheets.CSV_TYPE)


def _answers(report: Report, query: p.Parameters, beside: list[Call]) -> tuple[dict[str, Any], list[Any]]:
    call = Call(report.service, report.method, query.arguments())
    found, *others = r.ask_many([call, *beside], seconds=_SECONDS)
    if isinstance(found, Invalid) and found.field in _PARAMETERS:
        raise Invalid(found.detail, field=_PARAMETERS[found.field])
    if isinstance(found, Problem):
        raise found
    return found, others


def _file(content: bytes, report: Report, query: p.Parameters, ending: str, kind: str) -> Response:
    response = Response(content, content_type=kind)
    response.headers["Content-Disposition"] = content_disposition(f"{_name(report, query)}.{ending}")
    return response


def _name(report: Report, query: p.Parameters) -> str:
    """As the same report is called that is made to be kept or mailed."""
    days = query.days() if isinstance(query, p.RangeOfDeals | p.PaymentTime) else (p.today(),)
    return "-".join([report.kind, *(day.isoformat() for day in days)])


def _declare(report: Report) -> None:
    """The routes of one report."""

    def add(ending: str, answer: Callable[[Any], Any], about: str, **shape: Any) -> None:
        path = f"/reports/{report.path}" + (f".{ending}" if ending else "")
        routes.route("GET", path, query=report.asks, **shape)(_view(report, ending, answer, about))

    csv, xlsx = "As CSV: the first table, its columns under the names of the API.", "As a workbook, a sheet a table."
    add("", _json(report), report.about, answers=report.answers)
    add("csv", lambda query: commas(report, query), csv, answers={200: None}, content_type="text/csv")
    add("xlsx", lambda query: sheet(report, query), xlsx, answers={200: None}, content_type=sheets.XLSX_TYPE)
    shape: dict[str, Any] = {"answers": {200: None, 202: files.ReportFile}, "content_type": files.PDF_TYPE}
    add("pdf", lambda query: files.printed(report, query), files.ABOUT_PDF, refusals=(409, 429), **shape)


def _json(report: Report) -> Callable[[Any], dict[str, Any]]:
    return _forecast if report.path == "pipeline-forecast" else lambda query: named(asked(report, query))


def _forecast(query: p.Forecast) -> dict[str, Any]:
    found, spoken, missing = forecast(query)
    said = {"insight": insight.shown(spoken) if spoken else None, "insight_missing": missing}
    document: dict[str, Any] = named(found) | said
    return document


def _view(report: Report, ending: str, answer: Callable[[Any], Any], about: str) -> Callable[..., Any]:
    def view(query: Any) -> Any:
        return answer(query)

    view.__name__ = "_".join(["report", *report.path.split("-"), *([ending] if ending else [])])
    view.__doc__ = about
    return view


for _report in REPORTS.values():
    _declare(_report)
