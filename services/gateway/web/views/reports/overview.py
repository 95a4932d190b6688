"""All reports, each with what it answers and the one figure it comes down to."""

from __future__ import annotations

from typing import Any

from libs.common.rpc.client import Call
from libs.reporting import figures
from services.gateway.web import parts, shell
from services.gateway.web.reporting import asking, catalogue
from services.gateway.web.reporting.tables import in_words
from services.gateway.web.routing import Pages

pages = Pages("reports")


@pages.get("/reports")
def overview() -> Any:
    """What there is to read; the figures come by themselves."""
    return shell.page("reports/overview.html", reports=catalogue.PAGES.values())


@pages.get("/reports/<name>/headline")
def headline(name: str) -> Any:
    """The figure that a report comes down to."""
    page = catalogue.one(name)
    asked = asking.asked(page)
    found = parts.ask({"report": Call(page.report.service, page.report.method, asked.query.arguments())})["report"]
    known = figures(page.report.kind, found.value) if found else []
    first = known[0] if known else None
    value = in_words(first.kind, first.value, first.currency) if first else ""
    return shell.fragment("reports/headline.html", part=found, figure=first, value=value)
