"""Looking at what the rows of a file would do, before they are brought in."""

from __future__ import annotations

from typing import Any

from libs.common.problems import Problem
from services.gateway.api import import_previews as api
from services.gateway.api.routing import checked
from services.gateway.web import parts, shell
from services.gateway.web.import_outcomes import FOUND_BY, outcome
from services.gateway.web.import_words import reason
from services.gateway.web.listing import given
from services.gateway.web.routing import SALES, Pages, is_part

pages = Pages("import_previews")

_SHOWN = 25


@pages.get("/imports/<uuid:import_id>/preview", who=SALES)
def preview(import_id: Any) -> Any:
    """What the next rows would do; a part of the import's page, and a page by itself."""
    query = checked(api.PreviewPage, given("cursor") | {"limit": _SHOWN})
    run = parts.one("clients", "get_import", import_id=str(import_id))
    values: dict[str, Any] = {"run": run, "rows": [], "found_by": FOUND_BY, "reason": reason, "problem": None}
    status = 200
    try:
        # Not as a part of the page: a client that is busy for a moment is no sign that its service is away.
        found = api.preview_import(import_id, query)
        values["rows"] = [outcome(row, run["custom_fields"]) for row in found["items"]]
        values |= {"next_cursor": found["next_cursor"], "total": found["total"]}
    except Problem as problem:
        values["problem"], status = problem, problem.status
    if is_part():
        return shell.fragment("imports/preview_rows.html" if query.cursor else "imports/preview_part.html", **values)
    return shell.page("imports/preview.html", status, **values)
