"""Saving filters under a name, for oneself or for everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from libs.common import fields
from libs.common.database import UnitOfWork
from libs.common.ids import is_id, new_id
from libs.common.problems import Conflict, Forbidden, Invalid, NotFound
from services.clients import queries
from services.clients.models import segments

MOST = 200
Document = dict[str, Any]
Command = Callable[..., Document]


def _filters(name: str, value: Any) -> Document:
    if not isinstance(value, dict):
        raise Invalid(f"{name} is an object", field=name)
    return value


_FIELDS: dict[str, fields.Reader] = {
    "name": fields.text(60, required=True),
    "filters": _filters,
    "sort": fields.text(40),
    "shared": fields.flag,
}


def create_segment(uow: UnitOfWork, data: Document) -> Document:
    """Save filters under a name of one's own; Conflict where one has such a name already."""
    given = fields.read(_FIELDS, data)
    for name in ("name", "filters"):
        if name not in given:
            raise Invalid(f"{name} is needed", field=name)
    _check(uow, given)
    mine = select(func.count()).select_from(segments).where(segments.c.owner_id == uow.actor.id)
    if uow.session.execute(mine).scalar_one() >= MOST:
        raise Conflict(f"you have {MOST} segments already")
    row = {"id": new_id(), "sort": None, "shared": False, "owner_id": uow.actor.id} | given
    made = insert(segments).values(**row, created_at=uow.now, updated_at=uow.now, version=1).returning(segments)
    return queries.segment_document(uow.session.execute(made).one(), uow.actor)


def bring_segment(uow: UnitOfWork, owner_id: str, given: Document) -> str | None:
    """Make a segment that came in a file, ``{name, filters, sort, shared}``: its id; None where its owner has one of
    the name, which stays as it is. Conflict where they have too many."""
    theirs = select(func.count()).select_from(segments).where(segments.c.owner_id == owner_id)
    row: Document = {"id": new_id(), "owner_id": owner_id, "version": 1} | given
    row |= {"created_at": uow.now, "updated_at": uow.now}
    if uow.session.execute(theirs).scalar_one() >= MOST and find_segment(uow.session, owner_id, row["name"]) is None:
        raise Conflict(f"there are {MOST} segments of this owner already", field="owner")
    made = postgresql.insert(segments).values(**row).on_conflict_do_nothing().returning(segments.c.id)
    return uow.session.execute(made).scalar_one_or_none()


def find_segment(session: Session, owner_id: str, name: str) -> Any:
    """The segment of an owner that has a name, whatever the case of its letters; None where there is none."""
    theirs = (segments.c.owner_id == owner_id, func.lower(segments.c.name) == func.lower(name))
    return session.execute(select(segments).where(*theirs)).first()


def update_segment(uow: UnitOfWork, segment_id: str, changes: Document, version: int | None = None) -> Document:
    """Change name, filters, order, or who is offered it."""
    row = _to_change(uow, segment_id)
    if version is not None and version != row.version:
        raise Conflict("somebody changed this segment since you loaded it", current_version=row.version)
    given = fields.read(_FIELDS, changes)
    _check(uow, given, other_than=row.id)
    values = given | {"updated_at": uow.now, "version": row.version + 1}
    changed = update(segments).where(segments.c.id == row.id).values(**values).returning(segments)
    return queries.segment_document(uow.session.execute(changed).one(), uow.actor)


def delete_segment(uow: UnitOfWork, segment_id: str) -> Document:
    """Forget a segment; the clients in it stay as they are."""
    row = _to_change(uow, segment_id)
    uow.session.execute(delete(segments).where(segments.c.id == row.id))
    return {"id": row.id, "deleted": True}


def _to_change(uow: UnitOfWork, segment_id: str) -> Any:
    """The segment, locked: of its owner, or a shared one for an admin."""
    statement = select(segments).where(segments.c.id == segment_id).with_for_update()
    row = uow.session.execute(statement).first() if is_id(segment_id) else None
    own = row is not None and row.owner_id == uow.actor.id
    if row is None or not (own or row.shared):
        raise NotFound("there is no such segment, or it is not yours to see")
    if not own and uow.actor.role != "admin":
        raise Forbidden("only who made this segment changes it")
    return row


def _check(uow: UnitOfWork, given: Document, other_than: str | None = None) -> None:
    if "filters" in given:
        queries.check_list(uow.session, uow.actor, given["filters"], given.get("sort"), uow.business.zone)
    elif given.get("sort"):
        queries.check_list(uow.session, uow.actor, {}, given["sort"], uow.business.zone)
    if "name" in given:
        _refuse_same_name(uow, given["name"], other_than)


def _refuse_same_name(uow: UnitOfWork, name: str, other_than: str | None) -> None:
    """Said in words here; under concurrency the unique index says it."""
    same = select(segments.c.id).where(
        segments.c.owner_id == uow.actor.id,
        func.lower(segments.c.name) == name.lower(),
        segments.c.id.is_distinct_from(other_than),
    )
    if uow.session.execute(same).first() is not None:
        raise Conflict(f"you have a segment {name} already", field="name")
