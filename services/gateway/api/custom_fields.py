"""Fields that the company defines for clients, contacts and deals."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from libs.common.problems import Invalid
from libs.common.rpc.client import Call
from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.routing import ADMIN, Routes
from services.gateway.api.values import Body, NeededName, NeededWord

routes = Routes("custom fields")

Entity = Literal["client", "contact", "deal"]
Kind = Literal["text", "number", "money", "date", "choice", "yes_no"]
# Which service keeps the records of each kind.
OWNERS = {"client": "clients", "contact": "clients", "deal": "deals"}
Options = Annotated[list[NeededName], Field(min_length=1, max_length=100)]


class OfEntity(Body):
    entity: Entity


class OfAnyEntity(Body):
    """Without an entity: the fields of all of them."""

    entity: Entity | None = None


class FieldNew(Body):
    """``options`` is what a choice chooses from; its key is made of the label and stays."""

    entity: Entity
    label: NeededWord
    kind: Kind
    options: Options | None = None


class FieldChange(s.Version):
    label: NeededWord | None = None
    options: Options | None = None
    archived: bool | None = None
    position: Annotated[int, Field(ge=1, le=1000)] | None = None


class FieldDocument(d.Document):
    id: str
    entity: Entity
    key: Annotated[str, Field(description="Under which records keep the value in `custom`.")]
    label: str
    kind: Kind
    options: list[str]
    position: int
    archived: bool
    version: int


class FieldGone(d.Document):
    """A field that records have values of is archived instead of deleted."""

    id: str
    deleted: bool
    archived: bool


@routes.route("GET", "/custom-fields", query=OfAnyEntity, answers=d.ListOf[FieldDocument])
def list_custom_fields(query: OfAnyEntity) -> dict[str, Any]:
    """The fields that are defined, in the order they are shown."""
    wanted = [query.entity] if query.entity else list(OWNERS)
    answers = r.ask_many([call(entity) for entity in wanted])
    for each in answers:
        if isinstance(each, Exception):
            raise each
    items = [field for each in answers for field in each["items"]]
    return {"items": items, "next_cursor": None, "total": len(items)}


def call(entity: str) -> Call:
    """What asks for the fields of an entity."""
    return Call(OWNERS[entity], "list_custom_fields", {"entity": entity})


@routes.route("POST", "/custom-fields", who=ADMIN, body=FieldNew, answers={201: FieldDocument})
def create_custom_field(body: FieldNew) -> dict[str, Any]:
    """Define a field. Records take a value of it in `custom` from now on."""
    given = _present(body)
    return r.ask(OWNERS[body.entity], "create_custom_field", entity=given.pop("entity"), data=given)


@routes.route(
    "PATCH", "/custom-fields/<uuid:field_id>", who=ADMIN, query=OfEntity, body=FieldChange, answers=FieldDocument
)
def change_custom_field(field_id: Any, query: OfEntity, body: FieldChange) -> dict[str, Any]:
    """Change a field's label, options, place, or archive it. Its kind and its key stay."""
    given = _present(body)
    version = given.pop("version", None)
    owner = OWNERS[query.entity]
    return r.ask(owner, "update_custom_field", field_id=str(field_id), changes=given, version=version)


@routes.route("DELETE", "/custom-fields/<uuid:field_id>", who=ADMIN, query=OfEntity, answers=FieldGone)
def delete_custom_field(field_id: Any, query: OfEntity) -> dict[str, Any]:
    """Remove a field that no record has a value of; any other is archived."""
    return r.ask(OWNERS[query.entity], "delete_custom_field", field_id=str(field_id))


def _present(body: Body) -> dict[str, Any]:
    """What was sent; none of it can be emptied."""
    given = body.given()
    for name, value in given.items():
        if value is None and name != "version":
            raise Invalid("this cannot be emptied; leave it out", field=name)
    return given
