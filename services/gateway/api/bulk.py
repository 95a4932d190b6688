"""One change to many clients at once, and taking it back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from libs.common import conditions
from libs.common.ids import is_id
from libs.common.problems import Invalid
from services.gateway.api import clients
from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.routing import SALES, Routes, checked
from services.gateway.api.values import Body, Id, Name

routes = Routes("bulk changes")

Action = Literal["add_tag", "remove_tag", "set_status", "assign", "delete"]
_PAGED = ("limit", "cursor", "sort")


class BulkChange(Body):
    """``value`` is a tag, a status, or the id of the new owner (null: nobody's); deleting takes none.

    ``filter`` holds what `GET /clients` filters by: all that match are changed, not one page of them.
    """

    ids: Annotated[list[Id], Field(min_length=1, max_length=1000)] | None = None
    filter: Annotated[dict[str, Any], Field(max_length=40)] | None = None
    action: Action
    value: Name | None = None


class Refusal(d.Document):
    """A client that was left as it is; without a name where it is not yours to see."""

    id: str
    company_name: str | None
    reason: str


class Progress(d.Document):
    status: Literal["running", "done", "undoing", "undone"]
    done: Annotated[int, Field(description="Of `total`.")]
    total: int


class ChangeSet(Progress):
    change_set_id: str
    action: str
    changed: int
    unchanged: int
    refused: list[Refusal]


class Undone(d.Document):
    """Of many, ``status`` says that it goes on, and `GET /change-sets/{id}` how far it is."""

    change_set_id: str
    restored: int
    refused: list[Refusal]
    status: str | None = None


class Change(Progress):
    """A change of many, a merge, or a client that was deleted."""

    id: str
    action: str
    value: str | None
    made_by: str
    created_at: datetime
    undone_at: datetime | None
    undone_by: str | None
    changed: int
    unchanged: int
    restored: int
    refused_count: int
    left: int


class ChangeInFull(Change):
    """``refused`` names up to 200 of ``refused_count``."""

    refused: list[Refusal]


@routes.route("POST", "/clients/bulk", body=BulkChange, answers=ChangeSet)
def change_clients(body: BulkChange) -> dict[str, Any]:
    """Do one thing to up to 1,000 clients named by `ids`, or to all that match a `filter`.

    Those you may not change are named in `refused`, the others are changed. `change_set_id` is what undoes it. More
    than 1,000 that match are worked through afterwards: `status` is `running`, and `GET /change-sets/{id}` says how far
    it is.
    """
    if body.action == "assign" and body.value is not None:
        if not is_id(body.value):
            raise Invalid("value is the id of the new owner, or null", field="value")
        clients.check_owner(body.value, "value")
    if (body.ids is None) == (body.filter is None):
        raise Invalid("name clients by their ids, or a filter that they match", field="ids")
    which = {"ids": body.ids} if body.filter is None else {"filters": filters_of(body.filter)}
    return r.ask("clients", "bulk_update", action=body.action, value=body.value, **which)


def filters_of(given: dict[str, Any]) -> dict[str, Any]:
    """What the clients service filters by; Invalid names what is no filter."""
    for name in _PAGED:
        if name in given:
            raise Invalid("all that match are changed, in no order", field=f"filter.{name}")
    if isinstance(given.get("where"), dict):
        # In a body the tree is an object, in an address its text.
        given = given | {"where": conditions.as_json(given["where"])}
    found: dict[str, Any] = clients.list_arguments(checked(s.ClientFilters, given))["filters"]
    return found


@routes.route("GET", "/change-sets", who=SALES, query=s.Page, answers=d.ListOf[Change])
def list_change_sets(query: s.Page) -> dict[str, Any]:
    """What you did to many clients, and merges, newest first; admins see everybody's."""
    return r.ask("clients", "list_change_sets", **query.given())


@routes.route("GET", "/change-sets/<uuid:change_set_id>", who=SALES, answers=ChangeInFull)
def get_change_set(change_set_id: Any) -> dict[str, Any]:
    """How far a change is, and which clients it left as they were."""
    return r.ask("clients", "get_change_set", change_set_id=str(change_set_id))


@routes.route("POST", "/change-sets/<uuid:change_set_id>/undo", answers=Undone)
def undo_change_set(change_set_id: Any) -> dict[str, Any]:
    """Take back what you did to many clients, or a merge; what was changed since is left and named in `refused`."""
    return r.ask("clients", "undo_change_set", change_set_id=str(change_set_id))
