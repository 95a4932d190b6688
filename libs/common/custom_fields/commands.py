"""Defining fields: an admin's work, the same in every service that keeps records."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, case, delete, func, insert, literal, select, true, update
from sqlalchemy.orm import Session

from libs.common.custom_fields.definitions import fields, told
from libs.common.custom_fields.kinds import KEY, KINDS, Definition, key_of
from libs.common.database import UnitOfWork
from libs.common.fields import Reader, flag, one_of, read, text, whole
from libs.common.identity import Actor
from libs.common.ids import is_id, new_id
from libs.common.problems import Conflict, Invalid, NotFound

MOST_FIELDS, MOST_OPTIONS = 100, 100
# Why a field that an import made stays when the import is taken back.
SINCE, HELD, NAMED = "changed since", "records have values of it", "a segment filters by it"
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
        rows = session.execute(select(*told).where(mine).order_by(fields.c.position, fields.c.key)).all()
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
        self, uow: UnitOfWork, entity: str, wanted: Sequence[Document], import_id: str, *, archive: bool = False
    ) -> list[str]:
        """Define fields as another system had them, ``[{key, label, kind, options}]``, in their order; one whose key or
        label is here already stays as it is. The keys of those that this import made, by this call or by the same call
        before: asked twice, it answers the same. archive: those are archived, too."""
        there = {each["key"]: each for each in self.list_fields(uow.session, uow.actor, entity)["items"]}
        labels = {each["label"].lower() for each in there.values()}
        for each in wanted:
            about = definition_of(each)
            if about.key in there or about.label.lower() in labels or len(there) >= MOST_FIELDS:
                continue
            place = max((known["position"] for known in there.values()), default=0) + 1
            there[about.key] = self._insert(uow, entity, about, place, import_id)
            labels.add(about.label.lower())
        asked = {each["key"] for each in wanted}
        mine = (fields.c.entity == entity, fields.c.import_id == import_id, fields.c.key.in_(asked))
        if archive:
            values = {"archived": True, "updated_at": uow.now, "version": fields.c.version + 1}
            # What somebody changed meanwhile stays a field that was changed.
            untouched = (fields.c.import_version == fields.c.version, fields.c.version + 1)
            values["import_version"] = case(untouched, else_=fields.c.import_version)
            open_ones = update(fields).where(*mine, fields.c.archived.is_(False)).values(**values)
            for field in uow.session.execute(open_ones.returning(*told)).all():
                self.changed(uow, dict(field._mapping), False)
        made = select(fields.c.key).where(*mine).order_by(fields.c.position)
        return list(uow.session.execute(made).scalars())

    def take_back_fields(self, uow: UnitOfWork, import_id: str, named: Collection[tuple[str, str]]) -> list[Document]:
        """Remove the fields that an import made, but for those that somebody changed since, that rows have values of,
        or that segments filter by: ``[{id, entity, label, reason}]`` of these. Asked twice, it answers the same.

        named: entity and key of what segments filter by.
        """
        statement = select(fields).where(fields.c.import_id == import_id, fields.c.entity.in_(self.tables))
        made = uow.session.execute(statement.order_by(fields.c.id).with_for_update()).all()
        used = {(entity, key) for entity in self.tables for key in self._used(uow, entity, made)}
        kept = []
        for field in made:
            if reason := _stays(field, used, named):
                kept.append({"id": field.id, "entity": field.entity, "label": field.label, "reason": reason})
            else:
                self._remove(uow, field)
        return kept

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
        return self._told(uow, update(fields).where(fields.c.id == row.id).values(**values).returning(*told))

    def delete_field(self, uow: UnitOfWork, field_id: str) -> Document:
        """Remove a field that no row has a value of; any other is archived. ``{id, deleted, archived}``."""
        row = self._locked(uow, field_id)
        used = self._holds(uow, row, self.tables[row.entity].c.custom.has_key(row.key))
        if used:
            values = {"archived": True, "updated_at": uow.now, "version": row.version + 1}
            self._told(uow, update(fields).where(fields.c.id == row.id).values(**values).returning(*told))
        else:
            self._remove(uow, row)
        return {"id": row.id, "deleted": not used, "archived": used}

    def _remove(self, uow: UnitOfWork, row: Any) -> None:
        uow.session.execute(delete(fields).where(fields.c.id == row.id))
        self.changed(uow, {each.name: getattr(row, each.name) for each in told} | {"version": row.version + 1}, True)

    def _insert(
        self, uow: UnitOfWork, entity: str, about: Definition, position: int, import_id: str | None = None
    ) -> Document:
        row: Document = {"id": new_id(), "entity": self._entity(entity), "position": position, "archived": False}
        row |= {"key": about.key, "label": about.label, "kind": about.kind, "options": list(about.options)}
        row |= {"import_id": import_id, "import_version": 1} if import_id else {}
        made = insert(fields).values(**row, created_at=uow.now, updated_at=uow.now, version=1).returning(*told)
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

    def _used(self, uow: UnitOfWork, entity: str, made: Iterable[Any]) -> set[str]:
        """The keys of those of the fields that rows have values of, found in one look at all rows."""
        keys = [each.key for each in made if each.entity == entity]
        if not keys:
            return set()
        rows = self.tables[entity]
        held = func.jsonb_object_keys(rows.c.custom).table_valued("key").render_derived()
        found = select(held.c.key).select_from(rows.join(held, true())).where(held.c.key.in_(keys)).distinct()
        return set(uow.session.execute(found).scalars())


def _stays(field: Any, used: Collection[tuple[str, str]], named: Collection[tuple[str, str]]) -> str | None:
    """Why a field that an import made is not taken back; None where it is."""
    place = (field.entity, field.key)
    if field.version != field.import_version:
        return SINCE
    return HELD if place in used else NAMED if place in named else None


def _refuse_same_label(others: list[Document], label: str) -> None:
    """Said in words here; under concurrency the unique index says it."""
    if any(each["label"].lower() == label.lower() for each in others):
        raise Conflict(f"there is a field {label} already", field="label")
