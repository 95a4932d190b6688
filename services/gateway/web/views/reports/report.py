"""One report: what it was asked with, its chart, its tables, and what to do with them. All of them but the forecast."""

from __future__ import annotations

from typing import Any

from flask import request

from libs.common.problems import Problem
from libs.common.rpc.client import Call
from libs.reporting import figures
from services.gateway.api import requests as r
from services.gateway.api.reports import figures as api
from services.gateway.api.reports import parameters as p
from services.gateway.web import of_segment, parts, shell
from services.gateway.web.language import current
from services.gateway.web.reporting import asking, catalogue, periods, tables
from services.gateway.web.reporting.asking import Asked
from services.gateway.web.reporting.catalogue import ReportPage
from services.gateway.web.routing import Pages, is_part

pages = Pages("report")

_DEALS = 50
# So many bars fit a low chart.
_FEW = 5


@pages.get("/reports/<name>")
def report(name: str) -> Any:
    """A report, or its results alone where a script of the page asks."""
    page = catalogue.one(name)
    asked = asking.asked(page) if is_part() else asking.looked_at(page)
    limit = {"limit": _DEALS} if isinstance(asked.query, p.Stagnation) else {}
    arguments = limit | asked.query.arguments()
    found = parts.ask({"report": Call(page.report.service, page.report.method, arguments)} | segments_for(asked))
    within = request.args.get("part") == "within"
    template = ("reports/within.html" if within else "reports/results.html") if is_part() else "reports/report.html"
    words = {
        **asking_of(page, asked, found.get("segments")),
        **shown(page.report.kind, found["report"], asked),
    }
    return shell.fragment(template, **words) if is_part() else shell.page(template, status_of(asked), **words)


@pages.get("/reports/charts/<name>")
def chart(name: str) -> Any:
    """The drawing of a report's answer, to stand above the table it was drawn from; ``narrow=1`` for little room."""
    if name not in catalogue.CHARTS:
        catalogue.one("")
    drawn = asking.of(catalogue.CHARTS[name])
    try:
        data = api.asked(drawn.report, drawn.query)
        narrow = request.args.get("narrow") == "1"
        found = r.ask("notifications", "draw_chart", name=name, data=data, language=current(), narrow=narrow)
    except Problem as problem:
        if problem.status == 422:
            raise
        found = {}
    return shell.fragment("reports/chart.html", chart=found)


def segments_for(asked: Asked) -> dict[str, Call]:
    """What the form chooses from; results alone need it for what they are narrowed to."""
    return {} if is_part() and "segment_id" not in asked.filters else {"segments": of_segment.offered()}


def status_of(asked: Asked) -> int:
    """200, or 422 where something in the address did not fit."""
    return 422 if asked.faults else 200


def asking_of(page: ReportPage, asked: Asked, segments: parts.Part | None) -> dict[str, Any]:
    """What the form of a report shows."""
    offered = {name: periods.PERIODS[name] for name in page.periods}
    below = catalogue.one(page.also) if page.also else None
    form = {"page": page, "asked": asked, "periods": offered, "also": below, "segments": of_segment.names(segments)}
    return form | {"chips": asking.chips(asked, segments), "today": p.today()}


def shown(kind: str, found: parts.Part, asked: Asked) -> dict[str, Any]:
    """A report's answer in words: its figures and its tables; nothing of either where it did not come."""
    words = [(each, tables.in_words(each.kind, each.value, each.currency)) for each in _figures(kind, found)]
    made = tables.shown(kind, found.value, asked) if found else {}
    return {
        "part": found,
        "figures": words,
        "tables": made,
        "few": all(_bars(each) <= _FEW for each in made.values()),
    }


def _bars(table: tables.ShownTable) -> int:
    """The rows that a chart has something to draw for."""
    return sum(any(cell.numeric and cell.value for cell in row) for row in table.rows)


def _figures(kind: str, found: parts.Part) -> list[Any]:
    return figures(kind, found.value) if found else []
