"""Segments of the clients service, where another service narrows its rows to the clients in one.

Clients says which these are, for whoever asks and at that moment; it is asked before the transaction that reads the
rows. The rule of the service's own rows stays on top.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Text, Uuid, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from libs.common.ids import is_id
from libs.common.problems import Invalid, NotFound

FILTER = "segment_id"
MOST_CLIENTS = 50_000


@dataclass(frozen=True)
class Segment:
    """A segment as somebody finds it now; stands among filters in the place of its id."""

    id: str
    name: str
    client_ids: tuple[str, ...]

    def holds(self, client_id: ColumnElement[str]) -> ColumnElement[bool]:
        """Rows of its clients. They are looked up as in a table, so that no plan compares each row with each id."""
        return client_id.in_(select(func.unnest(cast(self._ids, ARRAY(Uuid(as_uuid=False))))))

    @cached_property
    def _ids(self) -> BindParameter[str]:
        """One parameter, however many ids and however often a statement looks at them; as text, since the driver takes
        long over a list."""
        return bindparam("segment_clients", "{" + ",".join(self.client_ids) + "}", Text, unique=True)

    @property
    def named(self) -> dict[str, str]:
        """What a report says of it."""
        return {"id": self.id, "name": self.name}


def resolved(filters: Any, ask: Callable[[str], dict[str, Any]]) -> Any:
    """The filters with the segment itself in the place of its id; those that name none are the same.

    ask: ``segment_clients`` of clients, ``{id, name, client_ids}``. Invalid names ``segment_id`` where there is no such
    segment for whoever asks, or too many clients are in it.
    """
    if not isinstance(filters, dict) or filters.get(FILTER) is None:
        return filters
    segment_id = filters[FILTER]
    if not is_id(segment_id):
        raise Invalid(f"{FILTER} is an id", field=FILTER)
    try:
        found = ask(segment_id)
    except NotFound as problem:
        raise Invalid(problem.detail, field=FILTER) from None
    return filters | {FILTER: Segment(found["id"], found["name"], tuple(found["client_ids"]))}


def of_filters(filters: Any) -> Segment | None:
    """The segment among resolved filters."""
    found = filters.get(FILTER) if isinstance(filters, dict) else None
    return found if isinstance(found, Segment) else None


def unresolved(filters: dict[str, Any]) -> dict[str, Any]:
    """The filters as they were asked for: the segment by its id."""
    segment = of_filters(filters)
    return filters if segment is None else filters | {FILTER: segment.id}


def read(name: str, value: Any) -> Segment:
    """The segment that a filter stands for; Invalid where it was not looked up, since this is no list of segments."""
    if not isinstance(value, Segment):
        raise Invalid(f"there is no filter {name!r} here", field=name)
    return value
