"""The company's own fields that were found in: which of them, and what stands there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from services.clients.models import client_deals, clients, contacts
from services.clients.queries.own_fields import ENTITIES, fields_of

_HOLDERS: Mapping[str, tuple[ColumnElement[str], ColumnElement[Any]]] = {
    "client": (clients.c.id, clients.c.custom),
    "contact": (contacts.c.id, contacts.c.custom),
    "deal": (client_deals.c.deal_id, client_deals.c.custom),
}


@dataclass(frozen=True, slots=True)
class OwnText:
    """A text, choice or day in a field. of: whose field it is, by the entity that has it."""

    of: str
    key: str
    label: str
    text: str

    @property
    def named(self) -> dict[str, str]:
        """``{of, key, label}``, as a hit says where it is."""
        return {"of": self.of, "key": self.key, "label": self.label}


def own_texts(session: Session, source_ids: Sequence[str]) -> dict[str, list[OwnText]]:
    """What is searched of the own fields of these records, by record, each in the order of its fields."""
    found: dict[str, list[OwnText]] = {}
    for entity in ENTITIES if source_ids else ():
        source, custom = _HOLDERS[entity]
        these = source == any_(literal(list(source_ids), ARRAY(source.type)))
        # Of a deal nothing is known by key until deals told it so.
        held = session.execute(select(source, custom).where(these, custom.is_not(None))).all()
        known = fields_of(session, entity) if held else []
        for source_id, values in held:
            found[source_id] = [
                OwnText(entity, each.key, each.label, values[each.key])
                for each in known
                if isinstance(values.get(each.key), str)
            ]
    return found
