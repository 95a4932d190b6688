"""Filters that are saved under a name."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import orjson
from pydantic import Field

from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api.client_filters import FilterObject, from_service, to_service
from services.gateway.api.routing import Routes
from services.gateway.api.schemas import Version
from services.gateway.api.values import Body, NeededWord, Word

routes = Routes("segments")


class SegmentQuery(Body):
    counts: bool | None = None


class SegmentNew(Body):
    """``shared``: everybody is offered it, and finds in it what they may see."""

    name: NeededWord
    filters: FilterObject
    sort: Annotated[Word, Field(max_length=40)] | None = None
    shared: bool = False


class SegmentChange(Version):
    name: NeededWord | None = None
    filters: FilterObject | None = None
    sort: Annotated[Word, Field(max_length=40)] | None = None
    shared: bool | None = None


class Segment(d.Document):
    """``count``: how many clients it finds for you; null where its filters are no longer known."""

    id: str
    name: str
    filters: dict[str, Any]
    sort: str | None
    shared: bool
    owner_id: str
    own: bool
    count: int | None = None
    created_at: datetime
    updated_at: datetime
    version: int


@routes.route("GET", "/segments", query=SegmentQuery, answers=d.ListOf[Segment])
def list_segments(query: SegmentQuery) -> dict[str, Any]:
    """Your segments and those that are shared; with `counts`, each with how many clients it finds."""
    found = r.ask("clients", "list_segments", counts=bool(query.counts))
    return found | {"items": [shown(each) for each in found["items"]]}


@routes.route("POST", "/segments", body=SegmentNew, answers={201: Segment})
def create_segment(body: SegmentNew) -> dict[str, Any]:
    """Save filters under a name."""
    return shown(r.ask("clients", "create_segment", data=_given(body)))


@routes.route("GET", "/segments/<uuid:segment_id>", answers=Segment)
def get_segment(segment_id: Any) -> dict[str, Any]:
    """One segment."""
    return shown(r.ask("clients", "get_segment", segment_id=str(segment_id)))


@routes.route("PATCH", "/segments/<uuid:segment_id>", body=SegmentChange, answers=Segment)
def change_segment(segment_id: Any, body: SegmentChange) -> dict[str, Any]:
    """Change a segment of yours."""
    changes = _given(body)
    version = changes.pop("version", None)
    arguments = {"segment_id": str(segment_id), "changes": changes, "version": version}
    return shown(r.ask("clients", "update_segment", **arguments))


@routes.route("DELETE", "/segments/<uuid:segment_id>", answers=d.Done)
def delete_segment(segment_id: Any) -> dict[str, Any]:
    """Forget a segment; the clients in it stay as they are."""
    return r.ask("clients", "delete_segment", segment_id=str(segment_id))


def shown(segment: dict[str, Any]) -> dict[str, Any]:
    """A segment as people see it."""
    return segment | {"filters": _exact(from_service(segment["filters"], r.gateway().settings.base_currency))}


def _exact(value: Any) -> Any:
    """Numbers as JSON has them, digit for digit."""
    if isinstance(value, dict):
        return {name: _exact(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_exact(each) for each in value]
    return orjson.Fragment(f"{value:f}") if isinstance(value, Decimal) else value


def _given(body: SegmentNew | SegmentChange) -> dict[str, Any]:
    given = body.given()
    if body.filters is not None:
        # As they were read, since JSON would make text of exact numbers.
        filters = body.filters.model_dump(exclude_unset=True) | _plain(body.filters)
        given["filters"] = to_service(filters, r.gateway().settings.base_currency)
    return given


def _plain(filters: FilterObject) -> dict[str, Any]:
    return {"created_from": str(filters.created_from)} if filters.created_from else {}
