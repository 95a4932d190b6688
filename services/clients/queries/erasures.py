"""Receipts of erasures."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from libs.common.erasure import spellings
from libs.common.identity import Actor
from libs.common.ids import is_id
from libs.common.pages import keyset, limit_of, page
from libs.common.problems import NotFound
from services.clients import access
from services.clients.models import clients, contacts, documents, erasures

Document = dict[str, Any]

_NAMED = ("first_name", "last_name", "email", "phone")
_A_NAME = 3
_SERVICES = ("ai", "billing", "clients", "deals", "gateway", "notifications")
_PART = ("changed", "kept", "audit_keys", "swept_at", "again_at", "rows_go_after_days", "final")


def person(session: Session, actor: Actor, contact_id: str) -> Document:
    """Who a contact is, as every service is asked for what it knows; NotFound when there is none to see."""
    columns = (contacts.c.id, contacts.c.client_id, *(contacts.c[name] for name in _NAMED))
    statement = select(*columns).join(clients, clients.c.id == contacts.c.client_id)
    statement = statement.where(contacts.c.id == contact_id, access.scope(actor))
    row = session.execute(statement).first() if is_id(contact_id) else None
    if row is None:
        raise NotFound("there is no such contact")
    named = {name: getattr(row, name) for name in _NAMED}
    alone = names_alone(session, row.id, row.client_id, row.first_name, row.last_name)
    return {"contact_id": row.id, "client_id": row.client_id, "alone": alone} | named


def names_alone(session: Session, contact_id: str, client_id: str, *names: str) -> list[str]:
    """Of a contact's names those that mean nobody else where it is about the client: neither another contact nor the
    company has them, and they are longer than a word that means anything."""
    others = select(contacts.c.first_name, contacts.c.last_name).where(
        contacts.c.client_id == client_id, contacts.c.id != contact_id
    )
    taken = {each.casefold() for row in session.execute(others).all() for each in row}
    company = session.execute(select(clients.c.company_name).where(clients.c.id == client_id)).scalar_one()
    taken |= {each.casefold() for each in spellings.words(company)}
    return [name for name in names if len(name) >= _A_NAME and name.casefold() not in taken]


def document_key(session: Session, document_id: str) -> str | None:
    """Where a document's bytes lie."""
    return session.execute(select(documents.c.key).where(documents.c.id == document_id)).scalar_one_or_none()


def list_erasures(session: Session, _actor: Actor, limit: int | None, cursor: str | None) -> Document:
    """All receipts, newest first."""
    size, row = limit_of(limit), erasures.c
    found = session.execute(keyset(select(erasures), [(row.asked_at, True), (row.id, True)], cursor, size))
    rows, next_cursor = page(found.all(), size, lambda each: (each.asked_at, each.id))
    total = session.execute(select(func.count()).select_from(erasures)).scalar_one()
    return {"items": [_document(each) for each in rows], "next_cursor": next_cursor, "total": total}


def erasure(session: Session, _actor: Actor, erasure_id: str) -> Document:
    """One receipt; NotFound when there is none."""
    statement = select(erasures).where(erasures.c.id == erasure_id)
    row = session.execute(statement).first() if is_id(erasure_id) else None
    if row is None:
        raise NotFound("there is no such receipt")
    return _document(row)


def _document(row: Any) -> Document:
    """``status``: asked (a service has not answered), erased, or settled (nothing can be on its way any more)."""
    hidden = ("parts", "sealed")
    return {name: value for name, value in row._mapping.items() if name not in hidden} | {
        "status": "settled" if row.settled_at else "erased" if row.erased_at else "asked",
        "missing": [name for name in _SERVICES if name not in row.parts],
        "parts": [{"service": name} | {key: part[key] for key in _PART} for name, part in sorted(row.parts.items())],
    }
