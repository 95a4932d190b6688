"""What hangs on a client: contacts, activities, documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, select
from sqlalchemy.orm import Session

from libs.common import record_merges
from libs.common.fields import identifier
from libs.common.identity import Actor
from libs.common.ids import is_id
from libs.common.pages import keyset, limit_of, page
from libs.common.problems import Invalid, NotFound
from services.clients import access
from services.clients.domain import ACTIVITY_TYPES, Activity, Contact
from services.clients.models import activities, clients, contacts, documents


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which part of a client's history is wanted: what is about a deal, what is of some types."""

    deal_id: str | None = None
    types: list[str] | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Invalid names what does not fit."""
        found: list[ColumnElement[bool]] = []
        if identifier("deal_id", self.deal_id) is not None:
            found.append(activities.c.deal_id == literal(self.deal_id, activities.c.deal_id.type))
        if self.types is not None:
            if not isinstance(self.types, list) or not set(self.types) <= set(ACTIVITY_TYPES):
                raise Invalid(f"types are some of {', '.join(ACTIVITY_TYPES)}", field="types")
            found.append(activities.c.type.in_(self.types))
        return found


def list_contacts(session: Session, actor: Actor, client_id: str) -> dict[str, Any]:
    """A client's people, the primary one first."""
    client_id = _require(session, actor, client_id)
    order = (contacts.c.is_primary.desc(), contacts.c.created_at, contacts.c.id)
    rows = session.execute(select(contacts).where(contacts.c.client_id == client_id).order_by(*order)).all()
    return {"items": [dict(row._mapping) for row in rows], "next_cursor": None, "total": len(rows)}


def list_activities(
    session: Session, actor: Actor, client_id: str, limit: int | None, cursor: str | None, only: Narrowing
) -> dict[str, Any]:
    """What happened with a client, newest first; all of it, or what is about a deal or of some types."""
    client_id = _require(session, actor, client_id)
    size = limit_of(limit)
    mine = and_(activities.c.client_id == client_id, *only.conditions())
    keys = [(activities.c.occurred_at, True), (activities.c.id, True)]
    found = session.execute(keyset(select(activities).where(mine), keys, cursor, size)).all()
    rows, next_cursor = page(found, size, lambda row: (row.occurred_at, row.id))
    total = session.execute(select(func.count()).select_from(activities).where(mine)).scalar_one()
    return {"items": [dict(row._mapping) for row in rows], "next_cursor": next_cursor, "total": total}


timeline = list_activities


def list_documents(session: Session, actor: Actor, client_id: str) -> dict[str, Any]:
    """A client's documents, newest first."""
    client_id = _require(session, actor, client_id)
    shown = (documents.c.client_id == client_id, documents.c.stored_at.isnot(None))
    rows = session.execute(select(documents).where(*shown).order_by(documents.c.created_at.desc()).limit(200)).all()
    return {"items": [document_document(row) for row in rows], "next_cursor": None, "total": len(rows)}


def document_for_link(session: Session, actor: Actor, document_id: str) -> dict[str, Any]:
    """The document whose link the actor may have."""
    statement = (
        select(documents)
        .join(clients, clients.c.id == documents.c.client_id)
        .where(documents.c.id == document_id, documents.c.stored_at.isnot(None), access.scope(actor))
    )
    row = session.execute(statement).first() if is_id(document_id) else None
    if row is None:
        raise NotFound("there is no such document, or it is not yours to see")
    return {name: row._mapping[name] for name in ("client_id", "key", "filename", "content_type")}


def document_document(row: Any) -> dict[str, Any]:
    return {name: value for name, value in row._mapping.items() if name not in ("key", "stored_at")}


def contact_document(contact: Contact) -> dict[str, Any]:
    return {column.name: getattr(contact, column.name) for column in contacts.columns}


def activity_document(activity: Activity) -> dict[str, Any]:
    return {column.name: getattr(activity, column.name) for column in activities.columns}


def _require(session: Session, actor: Actor, client_id: str) -> str:
    """The client, or what it was merged into."""
    seen = select(clients.c.id).where(clients.c.id == client_id, access.scope(actor))
    if is_id(client_id) and session.execute(seen).first() is not None:
        return client_id
    if (now := record_merges.current(session, client_id)) != client_id:
        return _require(session, actor, now)
    raise NotFound("there is no such client, or it is not yours to see")
