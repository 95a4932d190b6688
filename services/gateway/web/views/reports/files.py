"""Reports as files: ordered here, made elsewhere, and fetched when they are there."""

from __future__ import annotations

from typing import Any

from flask import request

from libs.common.rpc.client import Call
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.reports import files as api
from services.gateway.api.routing import checked
from services.gateway.web import forms, parts, shell
from services.gateway.web.listing import PAGE, given
from services.gateway.web.reporting import asking, catalogue
from services.gateway.web.routing import Pages, done, is_part

pages = Pages("report_files")

# A file takes seconds; a page left open does not ask for ever.
_TRIES = 120


@pages.post("/reports/<name>/pdf")
def order(name: str) -> Any:
    """Have the PDF of a report made, as its page shows it."""
    page = catalogue.one(name)
    forms.sent()
    made = api.order(page.report, asking.asked(page).query)
    path = f"/reports/files/{made['id']}"
    return _state(r.ask("notifications", "get_report", report_id=made["id"]), 0) if is_part() else done(path)


@pages.get("/reports/files")
def files() -> Any:
    """One's own files, newest first."""
    query = checked(s.Page, given("cursor") | {"limit": PAGE})
    found = parts.ask({"files": Call("notifications", "list_reports", query.given())})
    return shell.page("reports/files.html", parts=found, titles=catalogue.titles())


@pages.get("/reports/files/<uuid:file_id>")
def file(file_id: Any) -> Any:
    """How far a file is, and where it is once it is made."""
    found = api.look(str(file_id))
    tries = forms.whole("tries", request.args.get("tries", "0"))
    if is_part():
        return _state(found, tries)
    return shell.page("reports/file.html", file=found, tries=tries, titles=catalogue.titles())


def _state(found: dict[str, Any], tries: int) -> Any:
    waits = found["status"] == "waiting" and tries < _TRIES
    return shell.fragment("reports/file_state.html", file=found, tries=tries + 1 if waits else None)
