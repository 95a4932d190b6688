"""Defining fields: an admin's work, the same in every service that keeps records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, func, insert, literal, select, update
from sqlalchemy.orm import Session

from libs.common.custom_fields.definitions import fields
from libs.common.custom_fields.kinds import KEY, KINDS, Definition, key_of
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


def _key(name: str, value: Any) -> str:
    if not isinstance(value, str) or not KEY.fullmatch(value):
        raise Invalid(
            f"{name} is a letter from a to z, and then at most 49 of them, figures and underscores", field=name
        )
    return value


def definition_of(data: Any) -> Definition:
    """A field as ``{key, label, kind, options}`` defines it; Invalid names what does not fit."""
    given = _defined(_NEW | {"key": _key}, data)
    if "key" not in given:
        raise Invalid("key is needed", field="key")
    return Definition(given["key"], given["label"], given["kind"], tuple(given.get("options", ())))


def _defined(readers: Mapping[str, Reader], data: Any) -> Document:
    given = read(readers, data)
    for name in ("label", "kind"):
        if name not in given:
            raise Invalid(f"{name} is needed", field=name)
    if given["kind"] == "choice" and "options" not in given:
        raise Invalid("a choice needs its options", field="options")
    if given["kind"] != "choice" and "options" in given:
        raise Invalid("only a choice has options", field="options")
    return given


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
        given = _defined(_NEW, data)
        others = self.list_fields(uow.session, uow.actor, entity)["items"]
        if len(others) >= MOST_FIELDS:
            raise Conflict(f"there are {MOST_FIELDS} fields already")
        _refuse_same_label(others, given["label"])
        key = key_of(given["label"], (each["key"] for each in others))
        about = Definition(key, given["label"], given["kind"], tuple(given.get("options", ())))
        return self._insert(uow, entity, about, max((each["position"] for each in others), default=0) + 1)

    def bring_fields(
        self, uow: UnitOfWork, entity: str, wanted: Sequence[Document], since: datetime, *, archive: bool = False
    ) -> list[str]:
        """Define fields as another system had them, ``[{key, label, kind, options}]``, in their order; one whose key or
        label is here already stays as it is. The keys of those that were defined since an instant, by this call or by
        the same call before: asked twice, it answers the same. archive: those are archived, too."""
        there = {each["key"]: each for each in self.list_fields(uow.session, uow.actor, entity)["items"]}
        labels = {each["label"].lower() for each in there.values()}
        for each in wanted:
            about = definition_of(each)
            if about.key in there or about.label.lower() in labels or len(there) >= MOST_FIELDS:
                continue
            place = max((known["position"] for known in there.values()), default=0) + 1
            there[about.key] = self._insert(uow, entity, about, place)
            labels.add(about.label.lower())
        asked = {each["key"] for each in wanted}
        made = [key for key, each in there.items() if key in asked and each["created_at"] >= since]
        if archive and made:
            values = {"archived": True, "updated_at": uow.now, "version": fields.c.version + 1}
            mine = (fields.c.entity == entity, fields.c.key.in_(made), fields.c.archived.is_(False))
            for field in uow.session.execute(update(fields).where(*mine).values(**values).returning(fields)).all():
                self.changed(uow, dict(field._mapping), False)
        return made

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

    def _insert(self, uow: UnitOfWork, entity: str, about: Definition, position: int) -> Document:
        row: Document = {"id": new_id(), "entity": self._entity(entity), "position": position, "archived": False}
        row |= {"key": about.key, "label": about.label, "kind": about.kind, "options": list(about.options)}
        made = insert(fields).values(**row, created_at=uow.now, updated_at=uow.now, version=1).returning(fields)
        return self._told(uow, made)

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
