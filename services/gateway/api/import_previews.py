"""What the rows of a file would do before they are brought in."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.imports import IMPORTERS, Fault
from services.gateway.api.routing import Routes

routes = Routes("import previews")


class PreviewPage(s.Page):
    limit: Annotated[int, Field(ge=1, le=50)] | None = None


class RowPlace(d.Document):
    n: int
    sheet: int
    line: int


class PreviewClient(d.Document):
    """``id`` is null of a client that the file makes; ``made_by`` is the earlier row that does, null where it is this
    one."""

    id: str | None
    company_name: str
    found_by: Literal["id", "name", "domain"] | None
    made_by: RowPlace | None


class PreviewChange(d.Document):
    """A value that becomes another one. ``name``: whose; ``field``: as in the record, the company's own as
    ``custom.region``."""

    entity: Literal["client", "contact"]
    name: str
    field: str
    before: Any
    after: Any


class PreviewRow(RowPlace):
    """``brings`` says what is new; a deal only comes along: one that is here already stays as it is, and it counts for
    no outcome. ``repeats`` is the earlier row whose value this one replaces."""

    outcome: Literal["created", "updated", "unchanged", "refused"]
    client: PreviewClient | None
    brings: list[Literal["client", "contact", "deal", "activity"]]
    changes: list[PreviewChange]
    repeats: RowPlace | None
    problems: list[Fault]


@routes.route(
    "GET",
    "/imports/<uuid:import_id>/preview",
    who=IMPORTERS,
    query=PreviewPage,
    answers=d.ListOf[PreviewRow],
    refusals=(409,),
)
def preview_import(import_id: Any, query: PreviewPage) -> dict[str, Any]:
    """What each good row of an import that is `ready` would do, in the order of the file; nothing is brought in.

    409: it is not ready. 503: somebody is changing one of these clients just now.
    """
    return r.ask("clients", "preview_import", import_id=str(import_id), **query.given())
