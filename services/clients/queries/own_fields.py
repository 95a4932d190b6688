"""The fields that the company made for clients, contacts and deals."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from libs.common.custom_fields import Definition, definitions
from services.clients.models import deal_fields

ENTITIES = ("client", "contact", "deal")


def fields_of(session: Session, entity: str) -> list[Definition]:
    """Those of one entity in their order, the archived ones among them; of deals, as deals told them."""
    return _of_deals(session) if entity == "deal" else definitions(session, entity)


def _of_deals(session: Session) -> list[Definition]:
    field = deal_fields.c
    columns = (field.key, field.label, field.kind, field.options, field.archived)
    there = select(*columns).where(field.removed.is_(False)).order_by(field.position, field.key)
    return [
        Definition(row.key, row.label, row.kind, tuple(row.options), row.archived) for row in session.execute(there)
    ]
