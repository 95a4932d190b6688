"""A list of the company's own fields, as our exports carry one: what each of its rows defines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from libs.common.custom_fields import Definition, definition_of
from libs.common.problems import Invalid
from services.clients.importing import cells
from services.clients.importing.cells import Unclear
from services.clients.importing.own_fields import ENTITIES, OwnField
from services.clients.importing.readings import Problem, Reading

# What such a table is said to be about.
ABOUT = "field"
_COLUMNS = ("entity", "key", "label", "kind", "options", "archived")


def is_field_list(columns: Sequence[str]) -> bool:
    """Whether a table has all the columns of such a list."""
    return set(columns) >= set(_COLUMNS)


class FieldReader:
    """Reads the rows of one such list. admin: whether who brings it in may define fields."""

    def __init__(self, columns: Sequence[str], *, admin: bool) -> None:
        self._places = {name: columns.index(name) for name in _COLUMNS}
        self._admin = admin

    def read(self, row: Sequence[str], *, doubts: bool = False) -> Reading:
        """A reading that says nothing of a record, and why the row defines no field."""
        reading = Reading()
        if not self._admin:
            reading.problems.append(Problem(None, ABOUT, "only an admin brings in fields of one's own"))
            return reading
        try:
            self._field(row)
        except Invalid as error:
            name = str(error.field)
            reading.problems.append(Problem(self._places.get(name), f"{ABOUT}.{name}", str(error)))
        return reading

    def field(self, row: Sequence[str]) -> OwnField | None:
        """The field that a row defines; None where it defines none."""
        return self._field(row) if not self.read(row).problems else None

    def _field(self, row: Sequence[str]) -> OwnField:
        said = {name: self._said(row, name) for name in _COLUMNS}
        if said["entity"] not in ENTITIES:
            raise Invalid("a field is one of clients, contacts or deals", field="entity")
        given = {name: said[name] for name in ("key", "label", "kind")} | _options(said["options"])
        definition = definition_of(given)
        archived = _flag(said["archived"])
        return OwnField(
            said["entity"],
            Definition(definition.key, definition.label, definition.kind, definition.options, archived),
        )

    def _said(self, row: Sequence[str], name: str) -> str:
        place = self._places[name]
        return cells.unmasked(row[place]).strip() if place < len(row) else ""


def _options(cell: str) -> dict[str, Any]:
    if not cell:
        return {}
    try:
        found = json.loads(cell)
    except ValueError:
        raise Invalid('options are a list of texts, as in: ["North", "South"]', field="options") from None
    return {"options": found} if found else {}


def _flag(cell: str) -> bool:
    try:
        return cells.flag(cell) if cell else False
    except Unclear as error:
        raise Invalid(str(error), field="archived") from None
