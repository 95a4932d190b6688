"""The deals a report is about, as a condition on deals, on their states, and as a slice of the sums."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Self

from sqlalchemy import ColumnElement, FromClause, Table

from libs.common import fields, segments
from libs.common.identity import Actor
from libs.common.ids import is_id
from libs.common.problems import Invalid
from libs.common.rights import Rows
from libs.common.segments import Segment
from services.deals import access
from services.deals.domain import STAGES
from services.deals.queries.stages import asked_stages

FILTERS = ("owner_id", "source", "tag", "currency", "client_id", "segment_id", "stage")
NOBODY = "none"
By = Literal["owner_id", "source"] | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was filtered by; None is everything, owner_id ``none`` those that nobody owns.

    segment: with its clients, which were looked up before.
    """

    owner_id: str | None = None
    source: str | None = None
    tag: str | None = None
    currency: str | None = None
    client_id: str | None = None
    segment: Segment | None = None
    stages: tuple[str, ...] | None = None

    @classmethod
    def of(cls, filters: Any) -> Self:
        """Read filters; Invalid names one that is unknown or malformed."""
        given = filters if filters is not None else {}
        if not isinstance(given, dict):
            raise Invalid("filters are names and values", field="filters")
        unknown = [name for name in given if name not in FILTERS]
        if unknown:
            raise Invalid(f"there is no filter {unknown[0]!r} here", field=str(unknown[0]))
        found = {name: _READERS[name](name, value) for name, value in given.items() if value is not None}
        if "stage" in found:
            found["stages"] = tuple(found.pop("stage"))
        if "segment_id" in found:
            found["segment"] = found.pop("segment_id")
        return cls(**found)

    @property
    def shown_stages(self) -> tuple[str, ...]:
        """The stages in question, in their order."""
        return tuple(stage for stage in STAGES if self.stages is None or stage in self.stages)

    def of_table(self, table: FromClause) -> list[ColumnElement[bool]]:
        """The conditions on rows of deals or of their states, but for the stage."""
        row = table.c
        found = [row[name] == value for name in _EQUAL if (value := getattr(self, name)) is not None]
        if self.owner_id is not None:
            found.append(row.owner_id.is_(None) if self.owner_id == NOBODY else row.owner_id == self.owner_id)
        if self.tag is not None:
            found.append(row.tags.contains([self.tag]))
        if self.segment is not None:
            found.append(self.segment.holds(row.client_id))
        return found

    def slice_for(self, actor: Actor, by: By = None) -> Slice | None:
        """The slices of the sums that hold just these deals, told apart by owner or source where asked for.

        None where there are none: for somebody who sees some clients only, for one client or those of a segment, or for
        two of owner, source and tag at once.
        """
        named = {name for name in ("owner_id", "source", "tag") if getattr(self, name) is not None}
        named |= {by} if by else set()
        of_clients = self.client_id is not None or self.segment is not None
        if access.rows(actor) is not Rows.ALL or of_clients or len(named) > 1:
            return None
        return Slice(named.pop().removesuffix("_id") if named else "all", self, by)


@dataclass(frozen=True, slots=True)
class Slice:
    """Where the sums of all deals stand, of those of one owner, source or tag, or of each owner or source."""

    name: str
    wanted: Wanted
    by: By = None

    def of_table(self, table: Table) -> list[ColumnElement[bool]]:
        """The conditions on rows of a table of sums, but for the stage."""
        row, wanted = table.c, self.wanted
        found = [row.slice == self.name]
        for name in ("owner_id", "source", "tag"):
            value = getattr(wanted, name)
            if value not in (None, NOBODY):
                found.append(row[name] == value)
            elif name != self.by or value == NOBODY:
                found.append(row[name].is_(None))
        return [*found, row.currency == wanted.currency] if wanted.currency is not None else found


_EQUAL = ("source", "currency", "client_id")


def _identifier(name: str, value: Any) -> str:
    if not is_id(value):
        raise Invalid(f"{name} is an id", field=name)
    return str(value)


def _owner(name: str, value: Any) -> str:
    return NOBODY if value == NOBODY else _identifier(name, value)


def _word(name: str, value: Any) -> str:
    return fields.text(300, required=True)(name, value) or ""


_READERS: dict[str, Any] = {
    "owner_id": _owner,
    "client_id": _identifier,
    "segment_id": segments.read,
    "source": _word,
    "tag": lambda name, value: _word(name, value).lower(),
    "currency": fields.currency,
    "stage": asked_stages,
}
