"""Clients as details and cards, and who may see them."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, any_, case, exists, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.orm import Session

from libs.common import record_merges
from libs.common.identity import Actor
from libs.common.ids import is_id
from libs.common.problems import NotFound
from services.clients import access
from services.clients.models import access_grants, client_deals, clients, contacts, tags

_CARD = ("id", "company_name", "industry", "status", "owner_id", "access")
DOCUMENT = [
    *(
        clients.c[name]
        for name in (
            "id company_name email phone website industry status source address city state country notes tags owner_id "
            "lifetime_value_minor currency last_activity_at waiting_since custom created_at updated_at version "
            "open_deals"
        ).split()
    ),
    # The greatest of its deals, as it is sorted by.
    clients.c.greatest_deal_minor.label("deal_value_minor"),
]
_SHOWN = (*(column.name for column in DOCUMENT), "access")


def client_document(session: Session, actor: Actor, client_id: str) -> dict[str, Any]:
    """One client; its public card where the actor may see no more. NotFound where not even that.

    By the id of one that was merged it is the one that stayed.
    """
    statement = select(*DOCUMENT, access_of(actor).label("access")).where(
        clients.c.id == client_id, access.card_scope(actor)
    )
    row = session.execute(statement).first() if is_id(client_id) else None
    if row is None:
        if (now := record_merges.current(session, client_id)) != client_id:
            return client_document(session, actor, now)
        raise NotFound("there is no such client, or it is not yours to see")
    shown = document(row)
    return shown if row.access == "card" else shown | {"deals_without_rate": _without_rate(session, client_id)}


def contact_card(session: Session, actor: Actor, client_id: str, contact_id: str | None) -> dict[str, Any]:
    """Whom to write to at a client: the contact named, else the primary one, else the oldest."""
    statement = (
        select(clients, contacts.c.id.label("contact_id"), contacts.c.first_name, contacts.c.last_name)
        .add_columns(contacts.c.email.label("contact_email"), contacts.c.phone.label("contact_phone"))
        .join(contacts, contacts.c.client_id == clients.c.id, isouter=True)
        .where(clients.c.id == client_id, access.scope(actor))
        .order_by(contacts.c.is_primary.desc().nulls_last(), contacts.c.created_at, contacts.c.id)
        .limit(1)
    )
    if contact_id is not None:
        statement = statement.where(contacts.c.id == contact_id)
    ids_given = is_id(client_id) and (contact_id is None or is_id(contact_id))
    row = session.execute(statement).first() if ids_given else None
    if row is None:
        raise NotFound("there is no such client or contact, or it is not yours to see")
    return {
        "client_id": row.id,
        "company_name": row.company_name,
        "address": row.address,
        "city": row.city,
        "state": row.state,
        "country": row.country,
        "owner_id": row.owner_id,
        "contact_id": row.contact_id,
        "contact_name": f"{row.first_name or ''} {row.last_name or ''}".strip() or None,
        "first_name": row.first_name,
        "email": row.contact_email,
        "phone": row.contact_phone,
    }


def client_access(session: Session, _actor: Actor, client_id: str) -> dict[str, Any]:
    """Who may see a client, in the shape of client.access_changed."""
    row = session.execute(select(clients).where(clients.c.id == client_id)).first() if is_id(client_id) else None
    if row is None:
        raise NotFound("there is no such client")
    present = row.deleted_at is None
    return {
        "record_id": row.id,
        "owner_id": row.owner_id if present else None,
        "label": row.company_name,
        "is_open": present and row.status == "prospect" and row.owner_id is None,
        "closed": not present,
        "readers": [
            {"user_id": grant["user_id"], "until": grant["ends_at"]} for grant in _live_grants(session, client_id)
        ]
        if present
        else [],
        "handover": True,
        "version": row.access_version,
    }


def clients_access(session: Session, client_ids: set[str]) -> list[dict[str, Any]]:
    """The same of many clients, as this service tells it of its own accord; who was lent one is told by event."""
    row = clients.c
    statement = select(row.id, row.owner_id, row.company_name, row.status, row.access_version).where(
        row.id == any_(literal(list(client_ids), ARRAY(row.id.type))), row.deleted_at.is_(None)
    )
    return [
        {
            "record_id": each.id,
            "owner_id": each.owner_id,
            "label": each.company_name,
            "is_open": each.status == "prospect" and each.owner_id is None,
            "closed": False,
            "readers": [],
            "version": each.access_version,
        }
        for each in session.execute(statement)
    ]


def grants(session: Session, actor: Actor, client_id: str) -> list[dict[str, Any]]:
    """To whom a client is lent."""
    client_document(session, actor, client_id)
    now = session.execute(select(func.now())).scalar_one()
    return [each for each in _live_grants(session, client_id) if each["ends_at"] is None or each["ends_at"] > now]


def list_tags(session: Session, actor: Actor) -> dict[str, Any]:
    """The tags of clients the actor may see, by name."""
    carried = exists().where(clients.c.tags.contains(array([tags.c.name])), access.scope(actor))
    names = session.execute(select(tags.c.name).where(carried).order_by(tags.c.name)).scalars()
    items = [{"tag": name} for name in names]
    return {"items": items, "next_cursor": None, "total": len(items)}


def _live_grants(session: Session, client_id: str) -> list[dict[str, Any]]:
    grant = access_grants.c
    columns = (grant.user_id, grant.ends_at, grant.granted_by, grant.created_at)
    live = (grant.client_id == client_id, grant.revoked_at.is_(None))
    return [dict(row._mapping) for row in session.execute(select(*columns).where(*live).order_by(grant.created_at))]


@lru_cache(maxsize=1024)
def access_of(actor: Actor) -> ColumnElement[str]:
    """How much of a row in card_scope the actor has: "write", "read" or "card"."""
    return case((access.writable(actor), "write"), (access.scope(actor), "read"), else_="card")


def document(row: Any) -> dict[str, Any]:
    """A row that begins with DOCUMENT and ``access``, as people get it: of a card what is public, and nothing else."""
    whole = dict(zip(_SHOWN, row, strict=False))
    return {name: whole[name] for name in _CARD} if row.access == "card" else whole


def _without_rate(session: Session, client_id: str) -> list[dict[str, Any]]:
    """Won deals that no exchange rate is known for, and which the lifetime value therefore leaves out."""
    deal = client_deals.c
    left_out = (
        deal.client_id == client_id,
        deal.stage == "won",
        deal.base_minor.is_(None),
        deal.value_minor.isnot(None),
    )
    columns = (deal.deal_id, deal.deal_name, deal.value_minor, deal.currency)
    return [dict(row._mapping) for row in session.execute(select(*columns).where(*left_out).order_by(deal.deal_id))]
