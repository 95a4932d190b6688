"""Clients as lists, details and cards."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session

from libs.common.fields import contains
from libs.common.identity import Actor
from libs.common.ids import is_id
from libs.common.pages import SortKey, keyset, limit_of, page
from libs.common.problems import Invalid, NotFound
from services.clients import access
from services.clients.domain import STATUSES
from services.clients.models import access_grants, client_deals, clients, contacts, tags

_CARD = ("id", "company_name", "industry", "status", "owner_id", "access")
_FULL = [
    clients.c[name]
    for name in (
        "id company_name email phone website industry status source address city state country notes tags owner_id "
        "lifetime_value_minor currency last_activity_at created_at updated_at version"
    ).split()
]
_SORTS: dict[str, tuple[ColumnElement[Any], bool]] = {
    # what is sorted by, and whether a public card may show it
    "company_name": (func.lower(clients.c.company_name), True),
    "created_at": (clients.c.created_at, False),
    "updated_at": (clients.c.updated_at, False),
    "lifetime_value": (clients.c.lifetime_value_minor, False),
    "last_activity_at": (func.coalesce(clients.c.last_activity_at, clients.c.created_at), False),
}
_FILTERS = frozenset({"status", "industry", "state", "country", "tag", "owner_id", "min_deal_value_minor", "q"})


def list_clients(
    session: Session, actor: Actor, filters: dict[str, Any], sort: str | None, limit: int | None, cursor: str | None
) -> dict[str, Any]:
    """Clients the actor may see, a page at a time. A row that is only a card matches by what the card shows."""
    size = limit_of(limit)
    full = access.scope(actor)
    matching = _visible(actor, full, filters)
    key, shown, descends = _sort(sort)
    if not shown and actor.role == "sales":
        # Where a card stands in the order must not tell what the card does not show.
        key = case((full, key), else_=literal(None, key.type))
        key = func.coalesce(key, _least(key))
    keys: list[SortKey] = [(key, descends), (clients.c.id, descends)]
    columns = [*_FULL, _access(actor, full).label("access"), key.label("sort_value")]
    statement = keyset(select(*columns).where(matching), keys, cursor, size)
    rows, next_cursor = page(session.execute(statement).all(), size, lambda row: (row.sort_value, row.id))
    total = session.execute(select(func.count()).select_from(clients).where(matching)).scalar_one()
    return {"items": [_document(row) for row in rows], "next_cursor": next_cursor, "total": total}


def client_document(session: Session, actor: Actor, client_id: str) -> dict[str, Any]:
    """One client; its public card where the actor may see no more. NotFound where not even that."""
    full = access.scope(actor)
    statement = select(*_FULL, _access(actor, full).label("access")).where(
        clients.c.id == client_id, access.card_scope(actor)
    )
    row = session.execute(statement).first() if is_id(client_id) else None
    if row is None:
        raise NotFound("there is no such client, or it is not yours to see")
    document = _document(row)
    return document if row.access == "card" else document | {"deals_without_rate": _without_rate(session, client_id)}


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
        "version": row.access_version,
    }


def grants(session: Session, actor: Actor, client_id: str) -> list[dict[str, Any]]:
    """To whom a client is lent."""
    client_document(session, actor, client_id)
    return _live_grants(session, client_id)


def list_tags(session: Session, _actor: Actor) -> dict[str, Any]:
    """The tags people choose from, by name."""
    items = [{"tag": name} for name in session.execute(select(tags.c.name).order_by(tags.c.name)).scalars()]
    return {"items": items, "next_cursor": None, "total": len(items)}


def _live_grants(session: Session, client_id: str) -> list[dict[str, Any]]:
    grant = access_grants.c
    columns = (grant.user_id, grant.ends_at, grant.granted_by, grant.created_at)
    live = (grant.client_id == client_id, grant.revoked_at.is_(None))
    return [dict(row._mapping) for row in session.execute(select(*columns).where(*live).order_by(grant.created_at))]


def _visible(actor: Actor, full: ColumnElement[bool], filters: dict[str, Any]) -> ColumnElement[bool]:
    unknown = [name for name in filters if name not in _FILTERS]
    if unknown:
        raise Invalid(f"there is no filter {unknown[0]!r} here", field=unknown[0])
    on_card = [
        _card_filter(name, value) for name, value in filters.items() if name in ("status", "industry", "owner_id")
    ]
    inside = [
        _full_filter(name, value) for name, value in filters.items() if name not in ("status", "industry", "owner_id")
    ]
    cards_match = not inside or set(filters) <= {"status", "industry", "owner_id", "q"}
    if actor.role != "sales" or not cards_match:
        return and_(full, *on_card, *inside)
    name_only = [clients.c.company_name.ilike(contains(filters["q"]))] if "q" in filters else []
    return and_(or_(and_(full, *inside), and_(access.card_scope(actor), *name_only)), *on_card)


def _card_filter(name: str, value: Any) -> ColumnElement[bool]:
    if name == "status":
        if value not in STATUSES:
            raise Invalid(f"status is one of {', '.join(STATUSES)}", field="status")
        return clients.c.status == literal(value)
    if name == "industry":
        return func.lower(clients.c.industry) == str(value).lower()
    if value in ("none", None):
        return clients.c.owner_id.is_(None)
    if not is_id(value):
        raise Invalid("owner_id is an id, or none", field="owner_id")
    return clients.c.owner_id == literal(value, clients.c.owner_id.type)


def _full_filter(name: str, value: Any) -> ColumnElement[bool]:
    if name in ("state", "country"):
        return func.lower(clients.c[name]) == str(value).lower()
    if name == "tag":
        return clients.c.tags.contains([str(value).lower()])
    if name == "min_deal_value_minor":
        deal = client_deals.c
        return clients.c.id.in_(select(deal.client_id).where(deal.value_minor >= value))
    pattern = contains(value)
    people = select(contacts.c.client_id).where(
        or_((contacts.c.first_name + " " + contacts.c.last_name).ilike(pattern), contacts.c.email.ilike(pattern))
    )
    return or_(
        clients.c.company_name.ilike(pattern),
        clients.c.email.ilike(pattern),
        clients.c.notes.ilike(pattern),
        clients.c.id.in_(people),
    )


def _sort(sort: str | None) -> tuple[ColumnElement[Any], bool, bool]:
    name = (sort or "-created_at").removeprefix("-")
    if name not in _SORTS:
        raise Invalid(f"sort is one of {', '.join(_SORTS)}, with - before it for descending", field="sort")
    column, shown = _SORTS[name]
    return column, shown, (sort or "-created_at").startswith("-")


def _least(key: ColumnElement[Any]) -> ColumnElement[Any]:
    return literal(0) if key.type.python_type is int else func.to_timestamp(0)


def _access(actor: Actor, full: ColumnElement[bool]) -> ColumnElement[str]:
    return case((access.writable(actor), "write"), (full, "read"), else_="card")


def _document(row: Any) -> dict[str, Any]:
    document = dict(row._mapping)
    document.pop("sort_value", None)
    if document["access"] == "card":
        return {name: document[name] for name in _CARD}
    return document


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
