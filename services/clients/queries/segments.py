"""Saved filters: a person's own and those that are shared, with how many clients each finds for who asks."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, or_, select
from sqlalchemy.orm import Session

from libs.common.identity import Actor
from libs.common.ids import is_id
from libs.common.pages import SortKey
from libs.common.problems import Invalid, NotFound
from libs.common.segments import FILTER, MOST_CLIENTS
from services.clients.models import clients, segments
from services.clients.queries import filtering
from services.clients.queries.matching import matching_ids

MOST_SHOWN = 200


def list_segments(session: Session, actor: Actor, zone: str, *, counts: bool = False) -> dict[str, Any]:
    """The segments a person is offered, their own first. counts: each with how many clients of theirs it finds."""
    own = segments.c.owner_id == actor.id
    statement = select(segments).where(_offered(actor)).order_by(own.desc(), func.lower(segments.c.name), segments.c.id)
    items = [segment_document(row, actor) for row in session.execute(statement.limit(MOST_SHOWN))]
    for item in items if counts else []:
        item["count"] = _count(session, actor, item["filters"], zone)
    return {"items": items, "next_cursor": None, "total": len(items)}


def offered_segments(actor: Actor) -> tuple[Select[Any], list[SortKey]]:
    """What somebody takes away: the segments that they are offered, in the order of their names."""
    columns = [segments.c[name] for name in ("name", "shared", "owner_id", "filters", "sort")]
    return select(*columns).where(_offered(actor)), [(func.lower(segments.c.name), False), (segments.c.id, False)]


def get_segment(session: Session, actor: Actor, segment_id: str) -> dict[str, Any]:
    """One segment; NotFound where it is another's and not shared."""
    statement = select(segments).where(segments.c.id == segment_id, _offered(actor))
    row = session.execute(statement).first() if is_id(segment_id) else None
    if row is None:
        raise NotFound("there is no such segment, or it is not yours to see")
    return segment_document(row, actor)


def segment_clients(session: Session, actor: Actor, segment_id: str, zone: str) -> dict[str, Any]:
    """The clients in a segment that a person reads in full: ``{id, name, client_ids}``.

    NotFound as for ``get_segment``; Invalid where its filters are no longer known, or find more than ``MOST_CLIENTS``.
    """
    segment = get_segment(session, actor, segment_id)
    try:
        wanted = matching_ids(session, actor, segment["filters"], zone)
    except Invalid as problem:
        said = f"the segment {segment['name']} has a filter that is not known any more: {problem.detail}"
        raise Invalid(said, field=FILTER) from None
    ids = session.execute(wanted.limit(MOST_CLIENTS + 1)).scalars().all()
    if len(ids) > MOST_CLIENTS:
        said = f"more than {MOST_CLIENTS:,} clients are in the segment {segment['name']}: narrow its filters"
        raise Invalid(said, field=FILTER)
    return {"id": segment["id"], "name": segment["name"], "client_ids": ids}


def fields_named(session: Session) -> set[tuple[str, str]]:
    """Entity and key of each of the company's own fields that somebody's segment filters by."""
    trees = session.execute(select(segments.c.filters["where"]).where(segments.c.filters.has_key("where"))).scalars()
    names = {name for tree in trees if tree for name in filtering.fields_in(tree)}
    return {found for name in names if (found := filtering.named_field(name))}


def segment_document(row: Any, actor: Actor) -> dict[str, Any]:
    """``own`` says whether who asks may change it."""
    return dict(row._mapping) | {"own": row.owner_id == actor.id}


def _offered(actor: Actor) -> ColumnElement[bool]:
    if actor.is_system:
        return segments.c.shared
    return or_(segments.c.owner_id == literal(actor.id, segments.c.owner_id.type), segments.c.shared)


def _count(session: Session, actor: Actor, filters: dict[str, Any], zone: str) -> int | None:
    """How many clients it finds; None where its filters are no longer known."""
    try:
        wanted = filtering.wanted(session, actor, filters, zone)
    except Invalid:
        return None
    parts = [each for each in (wanted.full, wanted.cards) if each is not None]
    counted = [select(func.count()).select_from(clients).where(part).scalar_subquery() for part in parts]
    total: int = session.execute(select(sum(counted[1:], counted[0]))).scalar_one()
    return total
