"""A list of segments, as our exports carry one: what each of its rows saves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from libs.common import conditions, fields
from libs.common.ids import is_id
from libs.common.problems import Invalid
from libs.common.uploads import plain
from services.clients.importing import cells
from services.clients.importing.answers import Answers
from services.clients.importing.cells import Unclear
from services.clients.importing.readings import Problem, Reading, Seen, Settings

# What such a table is said to be about.
ABOUT = "segment"
_COLUMNS = ("name", "shared", "owner", "filters", "sort")
# The currency that the amounts among its filters are in; older files lack it.
_CURRENCY = "currency"
_NAME_LENGTH, _SORT_LENGTH = 60, 40
_AMOUNTS = frozenset({"deal_value", "lifetime_value"})
NO_ADMIN = "only an admin brings in segments of others"


def is_segment_list(columns: Sequence[str]) -> bool:
    """Whether a table has all the columns of such a list."""
    return set(columns) >= set(_COLUMNS)


@dataclass(frozen=True, slots=True)
class Segment:
    """One of them, its filters as the list of clients takes them."""

    owner_id: str
    name: str
    filters: dict[str, Any]
    sort: str | None
    shared: bool

    def document(self) -> dict[str, Any]:
        """As it is saved."""
        return {"name": self.name, "filters": self.filters, "sort": self.sort, "shared": self.shared}


# Whether a segment can be saved here; Invalid names what does not fit.
Check = Callable[[Segment], None]


class SegmentReader:
    """Reads the rows of one such list. check: what is to be known of the database beside; None where it was asked."""

    def __init__(
        self,
        columns: Sequence[str],
        answers: Answers,
        settings: Settings,
        seen: Seen | None = None,
        check: Check | None = None,
    ) -> None:
        self._places = {name: columns.index(name) for name in (*_COLUMNS, _CURRENCY) if name in columns}
        self._answers, self._settings, self._seen, self._check = answers, settings, seen or Seen(), check

    def read(self, row: Sequence[str], *, doubts: bool = False) -> Reading:
        """A reading that says nothing of a record, and why the row saves no segment."""
        reading = Reading()
        try:
            self.segment(row)
        except Invalid as error:
            reading.problems.append(self.problem(error))
        return reading

    def segment(self, row: Sequence[str]) -> Segment:
        """The segment that a row saves; Invalid says why it saves none."""
        base = self._said(row, _CURRENCY) or self._settings.currency
        found = Segment(
            self._owner(self._said(row, "owner")),
            fields.text(_NAME_LENGTH, required=True)("name", self._said(row, "name")) or "",
            self._filters(self._said(row, "filters"), base),
            fields.text(_SORT_LENGTH)("sort", self._said(row, "sort")),
            _flag(self._said(row, "shared")),
        )
        if self._check is not None:
            self._check(found)
        return found

    def problem(self, error: Invalid) -> Problem:
        """What is said of a row, beside the column that is at fault: what is none of them is a part of the filters."""
        name = str(error.field)
        name = name if name in self._places else "filters"
        return Problem(self._places[name], f"{ABOUT}.{name}", str(error))

    def _said(self, row: Sequence[str], name: str) -> str:
        place = self._places.get(name)
        return cells.unmasked(row[place]).strip() if place is not None and place < len(row) else ""

    def _owner(self, cell: str) -> str:
        """Whose it is, as clients find their owners; but anybody may own segments."""
        owner_id = self._meant(cell) if cell else None
        found = owner_id or self._answers.owner_id or self._settings.importer
        if found != self._settings.importer and not self._settings.admin:
            raise Invalid(NO_ADMIN, field="owner")
        return found

    def _meant(self, name: str) -> str | None:
        """Who is meant by an address, a name or an id; None where it is nobody we know, which is asked."""
        word = name.lower()
        found = self._settings.directory.get(word) or self._settings.people.get(word)
        found = found or self._answers.owners.get(plain(name))
        if found is None and not is_id(word):
            self._seen.owner(name)
        return found

    def _filters(self, cell: str, base: str) -> dict[str, Any]:
        said = conditions.parsed(cell or "{}", "filters")
        if not isinstance(said, dict):
            raise Invalid("filters is an object", field="filters")
        given = fields.read(_FILTERS, {name: value for name, value in said.items() if value is not None})
        if base != self._settings.currency and _has_amounts(given):
            text = f"its amounts are in {base}, and here they are compared in {self._settings.currency}"
            raise Invalid(text, field="filters")
        if "min_deal_value" in given:
            amount = Decimal(given.pop("min_deal_value"))
            given["min_deal_value_minor"] = conditions.in_minor(amount, base, "min_deal_value")
        if "owner_id" in given:
            given["owner_id"] = self._person(given["owner_id"])
        if "where" in given:
            tree = conditions.with_values(given["where"], self._people)
            given["where"] = conditions.kept(tree, _AMOUNTS, base)
        return given

    def _people(self, field: Any, value: Any, _at: str) -> Any:
        if field != "owner_id":
            return value
        return [self._person(each) for each in value] if isinstance(value, list) else self._person(value)

    def _person(self, value: Any) -> Any:
        """The id of who is meant in a filter: another system has other ids, so it names them as files do."""
        if not isinstance(value, str) or value in ("none", "me"):
            return value
        if (found := self._meant(value)) is None:
            raise Invalid(f"nobody here is {value!r}, whom its filter names", field="filters")
        return found


def _has_amounts(filters: Mapping[str, Any]) -> bool:
    """Whether they compare amounts of the base currency."""
    found: list[Any] = []
    conditions.with_values(filters.get("where"), lambda field, _value, _at: found.append(field))
    return "min_deal_value" in filters or any(isinstance(each, str) and each in _AMOUNTS for each in found)


def _amount(name: str, value: Any) -> Any:
    if not conditions.is_number(value) or value < 0:
        raise Invalid(f"{name} is an amount of money", field=name)
    return value


def _tree(_name: str, value: Any) -> Any:
    # Read where it is asked, which names the place of what does not fit.
    return value


_TEXT = fields.text(required=True)
_FILTERS: dict[str, fields.Reader] = {
    **dict.fromkeys("status industry state country city source tag created_from owner_id q".split(), _TEXT),
    **dict.fromkeys(("shadowed", "unanswered", "fuzzy"), fields.flag),
    "min_deal_value": _amount,
    "where": _tree,
}


def _flag(cell: str) -> bool:
    try:
        return cells.flag(cell) if cell else False
    except Unclear as error:
        raise Invalid(str(error), field="shared") from None
