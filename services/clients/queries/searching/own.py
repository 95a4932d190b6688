"""The company's own fields that were found in: which of them, and what stands there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Table, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from libs.common.custom_fields import definitions
from services.clients.models import clients, contacts

_HOLDERS: Mapping[str, Table] = {"client": clients, "contact": contacts}


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
    for entity, table in _HOLDERS.items() if source_ids else ():
        these = table.c.id == any_(literal(list(source_ids), ARRAY(table.c.id.type)))
        held = {row.id: row.custom for row in session.execute(select(table.c.id, table.c.custom).where(these))}
        known = definitions(session, entity) if held else []
        for source_id, values in held.items():
            found[source_id] = [
                OwnText(entity, each.key, each.label, values[each.key])
                for each in known
                if isinstance(values.get(each.key), str)
            ]
    return found
