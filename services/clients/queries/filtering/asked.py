"""A condition as it was given, and the comparisons that more than one kind of field knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement

from libs.common.custom_fields import Definition
from libs.common.identity import Actor
from libs.common.problems import Invalid
from services.clients.queries.filtering import values

ORDER = ("is", "is_not", "gt", "gte", "lt", "lte", "between")


Own = Callable[[], Mapping[str, Definition]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A condition as it was given. at: its place, for who has to mend it. zone: the business time zone. own: the fields
    that the company made, by the name that a condition calls them."""

    op: str
    value: Any
    at: str
    actor: Actor
    zone: str
    own: Own

    def read(self, reader: values.Reader) -> Any:
        """The value, or as many as the operator takes."""
        if self.op in ("any_of", "none_of"):
            reader = values.many(reader)
        if self.op == "between":
            reader = values.span(reader)
        return reader(f"{self.at}.value", self.value)

    def one_of_these(self, *ops: str) -> None:
        if self.op not in ops:
            raise Invalid(f"{self.at}.op is one of {', '.join(ops)} here", field=f"{self.at}.op")


def compared(column: ColumnElement[Any], op: str, value: Any) -> ColumnElement[bool]:
    """A number or date beside a value, or between two."""
    if op == "between":
        return column.between(*value)
    sides: dict[str, Callable[[Any, Any], Any]] = {
        "is": lambda a, b: a == b,
        "is_not": lambda a, b: a != b,
        "gt": lambda a, b: a > b,
        "gte": lambda a, b: a >= b,
        "lt": lambda a, b: a < b,
        "lte": lambda a, b: a <= b,
    }
    found: ColumnElement[bool] = sides[op](column, value)
    return found
