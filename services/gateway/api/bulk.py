"""One change to many clients at once, and taking it back."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from libs.common.ids import is_id
from libs.common.problems import Invalid
from services.gateway.api import clients
from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api.routing import Routes
from services.gateway.api.values import Body, Id, Name

routes = Routes("bulk changes")


class BulkChange(Body):
    """``value`` is a tag, a status, or the id of the new owner (null: nobody's)."""

    ids: Annotated[list[Id], Field(min_length=1, max_length=1000)]
    action: Literal["add_tag", "remove_tag", "set_status", "assign"]
    value: Name | None = None


class Refusal(d.Document):
    """A client that was left as it is; without a name where it is not yours to see."""

    id: str
    company_name: str | None
    reason: str


class ChangeSet(d.Document):
    change_set_id: str
    action: str
    changed: int
    unchanged: int
    refused: list[Refusal]


class Undone(d.Document):
    change_set_id: str
    restored: int
    refused: list[Refusal]


@routes.route("POST", "/clients/bulk", body=BulkChange, answers=ChangeSet)
def change_clients(body: BulkChange) -> dict[str, Any]:
    """Do one thing to up to 1,000 clients.

    Those you may not change are named in `refused`, the others are changed. `change_set_id` is what undoes it.
    """
    if body.action == "assign" and body.value is not None:
        if not is_id(body.value):
            raise Invalid("value is the id of the new owner, or null", field="value")
        clients.check_owner(body.value, "value")
    return r.ask("clients", "bulk_update", **({"value": None} | body.given()))


@routes.route("POST", "/change-sets/<uuid:change_set_id>/undo", answers=Undone)
def undo_change_set(change_set_id: Any) -> dict[str, Any]:
    """Take back what you did to many clients; one that was changed since is left alone and named in `refused`."""
    return r.ask("clients", "undo_change_set", change_set_id=str(change_set_id))
