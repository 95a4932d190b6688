"""Defining fields: an admin's work, the same in every service that keeps records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, func, insert, literal, select, update
from sqlalchemy.orm import Session

from libs.common.custom_fields.definitions import fields
from libs.common.custom_fields.kinds import KINDS, key_of
from libs.common.database import UnitOfWork
from libs.common.fields import Reader, flag, one_of, read, text, whole
from libs.common.identity import Actor
from libs.common.ids import is_id, new_id
from libs.common.problems import Conflict, Invalid, NotFound

MOST_FIELDS, MOST_OPTIONS = 100, 100
Document = dict[str, Any]


def _options(name: str, value: Any) -> list[str]:
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_OPTIONS:
        raise Invalid(f"{name} is a list of 1 to {MOST_OPTIONS} texts", field=name)
    return list(dict.fromkeys(text(100, required=True)(name, each) or "" for each in value))


_CHANGES: dict[str, Reader] = {
    "label": text(60, required=True),
    "options": _options,
    "archived": flag,
    "position": whole(1, 1000),
}
_NEW: dict[str, Reader] = {"label": _CHANGES["label"], "kind": one_of(*KINDS), "options": _options}


def _nothing(_uow: UnitOfWork, _field: Document, _removed: bool) -> None:
    """Nobody else reads the fields."""


@dataclass(frozen=True)
class CustomFields:
    """The fields of one service. tables: by entity, the table whose rows keep values in ``custom``. changed: what is
    done beside each change, with the field as it is now; one that was removed has a last version of its own."""

    tables: Mapping[str, Table]
    changed: Callable[[UnitOfWork, Document, bool], None] = _nothing

    def list_fields(self, session: Session, _actor: Actor, entity: str) -> Document:
        """The fields of an entity in their order, the archived ones among them."""
        mine = fields.c.entity == self._entity(entity)
        rows = session.execute(select(fields).where(mine).order_by(fields.c.position, fields.c.key)).all()
        return {"items": [dict(row._mapping) for row in rows], "next_cursor": None, "total": len(rows)}

    def create_field(self, uow: UnitOfWork, entity: str, data: Document) -> Document:
        """Define a field; its key is made of the label and stays. Conflict where the label is another field's."""
        given = read(_NEW, data)
        for name in ("label", "kind"):
            if name not in given:
                raise Invalid(f"{name} is needed", field=name)
        if given["kind"] == "choice" and "options" not in given:
            raise Invalid("a choice needs its options", field="options")
        if given["kind"] != "choice" and "options" in given:
            raise Invalid("only a choice has options", field="options")
        others = self.list_fields(uow.session, uow.actor, entity)["items"]
        if len(others) >= MOST_FIELDS:
            raise Conflict(f"there are {MOST_FIELDS} fields already")
        _refuse_same_label(others, given["label"])
        row = {"options": []} | given
        row |= {"id": new_id(), "entity": entity, "key": key_of(given["label"], (each["key"] for each in others))}
        row |= {"position": max((each["position"] for each in others), default=0) + 1, "archived": False}
        made = insert(fields).values(**row, created_at=uow.now, updated_at=uow.now, version=1).returning(fields)
        return self._told(uow, made)

    def update_field(self, uow: UnitOfWork, field_id: str, changes: Document, version: int | None = None) -> Document:
        """Change a field's label, options, place, or whether it is archived. An option that rows hold stays."""
        row = self._locked(uow, field_id)
        if version is not None and version != row.version:
            raise Conflict("somebody changed this field since you loaded it", current_version=row.version)
        given = read(_CHANGES, changes)
        if "label" in given:
            others = self.list_fields(uow.session, uow.actor, row.entity)["items"]
            _refuse_same_label([each for each in others if each["id"] != row.id], given["label"])
        if "options" in given:
            self._check_options(uow, row, given["options"])
        values = given | {"updated_at": uow.now, "version": row.version + 1}
        return self._told(uow, update(fields).where(fields.c.id == row.id).values(**values).returning(fields))

    def delete_field(self, uow: UnitOfWork, field_id: str) -> Document:
        """Remove a field that no row has a value of; any other is archived. ``{id, deleted, archived}``."""
        row = self._locked(uow, field_id)
        used = self._holds(uow, row, self.tables[row.entity].c.custom.has_key(row.key))
        if used:
            values = {"archived": True, "updated_at": uow.now, "version": row.version + 1}
            self._told(uow, update(fields).where(fields.c.id == row.id).values(**values).returning(fields))
        else:
            uow.session.execute(delete(fields).where(fields.c.id == row.id))
            self.changed(uow, dict(row._mapping) | {"version": row.version + 1}, True)
        return {"id": row.id, "deleted": not used, "archived": used}

    def _told(self, uow: UnitOfWork, statement: Any) -> Document:
        """Run a statement that writes one field, and tell of it."""
        field = dict(uow.session.execute(statement).one()._mapping)
        self.changed(uow, field, False)
        return field

    def _entity(self, entity: Any) -> str:
        return str(one_of(*self.tables)("entity", entity))

    def _locked(self, uow: UnitOfWork, field_id: str) -> Any:
        statement = select(fields).where(fields.c.id == field_id).with_for_update()
        row = uow.session.execute(statement).first() if is_id(field_id) else None
        if row is None:
            raise NotFound("there is no such field")
        return row

    def _check_options(self, uow: UnitOfWork, row: Any, options: list[str]) -> None:
        if row.kind != "choice":
            raise Invalid("only a choice has options", field="options")
        value = self.tables[row.entity].c.custom[row.key].astext
        for gone in set(row.options) - set(options):
            if self._holds(uow, row, value == literal(gone)):
                raise Conflict(f"{gone} is chosen in some records, so it stays", field="options")

    def _holds(self, uow: UnitOfWork, row: Any, condition: ColumnElement[bool]) -> bool:
        some = select(func.count()).select_from(
            select(literal(1)).select_from(self.tables[row.entity]).where(condition).limit(1).subquery()
        )
        return bool(uow.session.execute(some).scalar_one())


def _refuse_same_label(others: list[Document], label: str) -> None:
    """Said in words here; under concurrency the unique index says it."""
    if any(each["label"].lower() == label.lower() for each in others):
        raise Conflict(f"there is a field {label} already", field="label")
