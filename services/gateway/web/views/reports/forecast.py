"""The pipeline forecast: its figures on any day, by month and stage, what moved them, and what AI says of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import request

from libs.common.problems import Problem
from libs.common.rpc.client import Call
from services.gateway.api import requests as r
from services.gateway.api.reports import figures as api
from services.gateway.api.reports import parameters as p
from services.gateway.web import forms, parts, shell
from services.gateway.web.reporting import asking, catalogue
from services.gateway.web.routing import Pages, is_part
from services.gateway.web.views.reports.report import asking_of, segments_for, shown, status_of

pages = Pages("forecast")

# How far back the slider goes; the date beside it goes further.
SLIDER_DAYS = 180
# Gemini takes seconds; a page left open does not ask for ever.
_TRIES = 20


@pages.get("/reports/forecast")
def forecast() -> Any:
    """The forecast, or its figures alone where the slider or the form of the page asks."""
    page = catalogue.one("forecast")
    asked = asking.asked(page) if is_part() else asking.looked_at(page)
    found = parts.ask({"forecast": Call("deals", "forecast", asked.query.arguments())} | segments_for(asked))
    template = "reports/forecast_results.html" if is_part() else "reports/forecast.html"
    ago = min(SLIDER_DAYS, (p.today() - asked.as_of).days)
    slider = {"days": SLIDER_DAYS, "at": SLIDER_DAYS - ago, "first": p.today() - timedelta(days=SLIDER_DAYS)}
    form = asking_of(page, asked, found.get("segments"))
    words = {"slider": slider, **form, **shown("pipeline-forecast", found["forecast"], asked)}
    return shell.fragment(template, **words) if is_part() else shell.page(template, status_of(asked), **words)


@pages.get("/reports/forecast/insight")
def spoken() -> Any:
    """What AI says of the forecast; while Gemini thinks, what the rules say, until it is done."""
    asked = asking.asked(catalogue.one("forecast"))
    tries = forms.whole("tries", request.args.get("tries", "0"))
    known = request.args.get("spoken", "")
    found, missing = _again(known) if known else _first(asked.query)
    waits = found is not None and found["status"] == "pending" and tries < _TRIES
    again = asked.address(spoken=found["id"], tries=tries + 1) if found is not None and waits else ""
    return shell.fragment("reports/insight.html", insight=found, missing=missing, again=again)


def _first(query: Any) -> tuple[dict[str, Any] | None, str | None]:
    try:
        _forecast, found, missing = api.forecast(query)
    except Problem as problem:
        return None, problem.detail or problem.title
    return found, missing


def _again(insight_id: str) -> tuple[dict[str, Any] | None, str | None]:
    try:
        return r.ask("ai", "get_insight", insight_id=insight_id), None
    except Problem as problem:
        return None, problem.detail or problem.title
