"""What settled rows did, told row by row: what is new, what was known, and which values replaced others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from services.clients.importing.committing import Batch, Line
from services.clients.importing.committing.batch import Change
from services.clients.importing.steps.dealing import has_deal

Document = dict[str, Any]

_OWN = "custom"
# What a row adds to it stands beside what was there.
_GROWS = "tags"


class Outcomes:
    """The outcomes of a batch that kept its changes one by one.

    places: where each row stands in the file, ``{n, sheet, line}`` by its number. names: of the clients, by id.
    columns: what the columns of each sheet mean, as an import keeps them.
    """

    def __init__(
        self, batch: Batch, places: Mapping[int, Document], names: Mapping[str, str], columns: list[list[Document]]
    ) -> None:
        self._lines, self._places, self._columns = batch.lines, places, columns
        self._order = {line.n: place for place, line in enumerate(batch.lines)}
        self._changes: dict[int, list[Change]] = {}
        self._made_by: dict[str, int] = {}
        self._names = dict(names)
        for change in reversed(batch.told or []):
            self._changes.setdefault(change.n, []).insert(0, change)
            if change.entity == "client":
                self._know(change)

    def _know(self, change: Change) -> None:
        """Its client is called what it was called first."""
        if change.created:
            self._made_by[change.row_id] = change.n
            self._names[change.row_id] = change.name
        elif "company_name" in change.before:
            self._names[change.row_id] = change.before["company_name"]

    def of(self, line: Line) -> Document:
        """``{n, sheet, line, outcome, client, brings, changes, repeats, problems}`` of one of the lines."""
        mine = self._changes.get(line.n, [])
        brings = [each.entity for each in mine if each.created] + (["deal"] if has_deal(line) else [])
        changes = [value for each in mine for value in _values(each)]
        return {
            **self._places[line.n],
            "outcome": line.state,
            "client": self._client(line),
            "brings": brings,
            "changes": changes,
            "repeats": self._repeats(line, changes),
            "problems": [self._problem(line, each.document()) for each in line.problems],
        }

    def _client(self, line: Line) -> Document | None:
        """The client it is about; without an id where the file makes it, in ``made_by``, an earlier row, or here."""
        if line.client_id is None:
            return None
        made_by = self._made_by.get(line.client_id)
        return {
            "id": line.client_id if made_by is None else None,
            "company_name": self._names[line.client_id],
            "found_by": line.found_by,
            "made_by": self._places[made_by] if made_by not in (None, line.n) else None,
        }

    def _repeats(self, line: Line, changes: list[Document]) -> Document | None:
        """The last row before it whose value it replaces."""
        replaced = [each for each in changes if each["before"] not in (None, "") and each["field"] != _GROWS]
        if not replaced:
            return None
        for other in reversed(self._lines[: self._order[line.n]]):
            if any(_about(other, line, each["entity"]) and _says(other, each) for each in replaced):
                return self._places[other.n]
        return None

    def _problem(self, line: Line, problem: Document) -> Document:
        columns = self._columns[self._places[line.n]["sheet"]]
        named = next((each["name"] for each in columns if each["target"] == problem["field"]), None)
        return problem | {"column": named}


def _values(change: Change) -> Iterator[Document]:
    """Each value that became another one; those of the company's own fields by their keys: ``custom.region``."""
    about = {"entity": change.entity, "name": change.name}
    for name, after in change.after.items():
        before = change.before[name]
        if name != _OWN:
            yield about | {"field": name, "before": before, "after": after}
            continue
        for key, value in after.items():
            if value != before.get(key):
                yield about | {"field": f"{_OWN}.{key}", "before": before.get(key), "after": value}


def _about(other: Line, line: Line, entity: str) -> bool:
    """Whether two lines are about one client, or one contact."""
    mine = line.client_id if entity == "client" else line.contact_id
    return mine is not None and mine == (other.client_id if entity == "client" else other.contact_id)


def _says(line: Line, change: Document) -> bool:
    """Whether a line has a value of the field that was changed."""
    values: Document = getattr(line.reading, change["entity"])
    own, _dot, key = change["field"].partition(".")
    value = (values.get(own) or {}).get(key) if key else values.get(own)
    return value is not None
