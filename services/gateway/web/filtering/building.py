"""The form in which conditions are put together: groups of rows, and the tree that they mean."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from libs.common.problems import Invalid
from services.gateway.web import forms
from services.gateway.web.custom import CustomField
from services.gateway.web.filtering.fields import DAYS, LISTS, WITHOUT_VALUE, Field, Fields
from services.gateway.web.formats import exact

MOST_GROUPS, MOST_ROWS = 8, 20
_JOINS = ("all", "any")
_OWN_MONEY = CustomField(name="", label="", kind="money", key="")


@dataclass
class Row:
    """One condition as it stands in the form."""

    field: str = "industry"
    op: str = ""
    value: str = ""
    other: str = ""


@dataclass
class Group:
    join: str = "all"
    rows: list[Row] = field(default_factory=lambda: [Row()])


@dataclass
class Builder:
    """join: how the groups are joined. fresh: the place of the row that was just added."""

    known: Fields
    join: str = "all"
    groups: list[Group] = field(default_factory=list)
    fresh: tuple[int, int] | None = None
    # By where a row stands in the tree that was sent.
    places: dict[str, tuple[int, int]] = field(default_factory=dict)
    error: str = ""
    error_at: tuple[int, int] | None = None

    @classmethod
    def of_tree(cls, where: Any, known: Fields) -> Builder:
        """The form for a tree; one that is deeper than the form begins anew."""
        join, groups = _groups(where)
        made = cls(known, join)
        for each_join, nodes in groups:
            rows = [_row(node, known) for node in nodes if isinstance(node, dict) and "field" in node]
            if rows and len(rows) == len(nodes):
                made.groups.append(Group(each_join, rows))
        made.groups = made.groups or [Group()]
        return made

    @classmethod
    def of_form(cls, sent: Mapping[str, str], known: Fields) -> Builder:
        """The form as it was sent."""
        made = cls(known, _join(sent.get("join")))
        for g in range(MOST_GROUPS):
            rows = [_sent_row(sent, f"g{g}.r{n}.") for n in range(MOST_ROWS) if f"g{g}.r{n}.field" in sent]
            if rows:
                made.groups.append(Group(_join(sent.get(f"g{g}.join")), rows))
        made.groups = made.groups or [Group()]
        for group in made.groups:
            for row in group.rows:
                row.op = _fitting(row, known.named(row.field))
        return made

    def do(self, what: str) -> None:
        """``add:0`` adds a row to a group, ``group`` a group, ``remove:0:1`` takes a row away."""
        verb, _colon, place = what.partition(":")
        numbers = [int(each) for each in place.split(":") if each.isdigit()]
        if verb == "group" and len(self.groups) < MOST_GROUPS:
            self.groups.append(Group())
            self.fresh = (len(self.groups) - 1, 0)
        elif verb == "add" and numbers and numbers[0] < len(self.groups):
            rows = self.groups[numbers[0]].rows
            rows += [Row()] if len(rows) < MOST_ROWS else []
            self.fresh = (numbers[0], len(rows) - 1)
        elif verb == "remove" and len(numbers) == 2 and numbers[0] < len(self.groups):
            rows = self.groups[numbers[0]].rows
            del rows[numbers[1] : numbers[1] + 1]
            self.groups = [group for group in self.groups if group.rows] or [Group()]
            self.fresh = (0, 0)

    def tree(self) -> Any:
        """The tree that is meant; None where no row says anything. Invalid names the row as ``g0.r1``."""
        said = [(g, rows) for g in range(len(self.groups)) if (rows := self._that_say(g))]
        groups = []
        for index, (g, rows) in enumerate(said):
            join, at = self.groups[g].join, "where" if len(said) == 1 else f"where.{self.join}[{index}]"
            nodes = [self._node(self.groups[g].rows[n], f"g{g}.r{n}") for n in rows]
            groups.append(nodes[0] if len(nodes) == 1 else {join: nodes})
            for number, n in enumerate(rows):
                self.places[at if len(rows) == 1 else f"{at}.{join}[{number}]"] = (g, n)
        if not groups:
            return None
        return groups[0] if len(groups) == 1 else {self.join: groups}

    def refuse(self, problem: Invalid) -> None:
        """Say at its row what does not fit, whether the form or the service found it."""
        named = problem.field or ""
        self.error = problem.detail
        if found := re.match(r"g(\d+)\.r(\d+)", named):
            self.error_at = int(found[1]), int(found[2])
        else:
            there = (place for at, place in self.places.items() if re.match(rf"{re.escape(at)}(?:[.\[]|$)", named))
            self.error_at = next(there, None)

    @property
    def error_label(self) -> str:
        """What the field of the row at fault is called."""
        if self.error_at is None:
            return ""
        g, n = self.error_at
        return self.known.named(self.groups[g].rows[n].field).label

    def _that_say(self, g: int) -> list[int]:
        return [n for n, row in enumerate(self.groups[g].rows) if self._says(row)]

    def _says(self, row: Row) -> bool:
        return row.op in WITHOUT_VALUE or bool(row.value.strip())

    def _node(self, row: Row, at: str) -> dict[str, Any]:
        node: dict[str, Any] = {"field": row.field, "op": row.op}
        if row.op in WITHOUT_VALUE:
            return node
        kind = self.known.named(row.field).kind
        if row.op in DAYS:
            return node | {"value": _whole(row.value, at)}
        if row.op == "between":
            return node | {"value": [_value(kind, each, at, row.field) for each in (row.value, row.other)]}
        if row.op in LISTS:
            return node | {"value": [each.strip() for each in row.value.split(",") if each.strip()]}
        return node | {"value": _value(kind, row.value, at, row.field)}


def _groups(where: Any) -> tuple[str, list[tuple[str, Sequence[Any]]]]:
    if not isinstance(where, dict):
        return "all", []
    join = next((each for each in _JOINS if isinstance(where.get(each), list)), None)
    if join is None:
        return "all", [("all", [where])]
    nodes = where[join]
    if all(isinstance(each, dict) and "field" in each for each in nodes):
        return "all", [(join, nodes)]
    groups: list[tuple[str, Sequence[Any]]] = []
    for node in nodes:
        inner = next((each for each in _JOINS if isinstance(node, dict) and isinstance(node.get(each), list)), None)
        groups.append((inner, node[inner]) if inner else ("all", [node]))
    return join, groups


def _row(node: Mapping[str, Any], known: Fields) -> Row:
    value, row = node.get("value"), Row(str(node["field"]), str(node.get("op", "")))
    if row.op == "between" and isinstance(value, list) and len(value) == 2:
        row.value, row.other = (_typed(each) for each in value)
    elif isinstance(value, list):
        row.value = ", ".join(_typed(each) for each in value)
    elif value is not None:
        row.value = _typed(value)
    row.op = _fitting(row, known.named(row.field))
    return row


def _typed(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return f"{exact(str(value.get('amount', '')))} {value.get('currency', '')}".strip()
    return exact(f"{value:f}") if isinstance(value, Decimal) else str(value)


def _sent_row(sent: Mapping[str, str], at: str) -> Row:
    return Row(*(sent.get(at + name, "")[:500] for name in ("field", "op", "value", "other")))


def _fitting(row: Row, of: Field) -> str:
    known = [op for op, _words in of.operators]
    return row.op if row.op in known else known[0]


def _join(sent: str | None) -> str:
    return sent if sent in _JOINS else "all"


def _whole(typed: str, at: str) -> int:
    if not re.fullmatch(r"\s*\d{1,6}\s*", typed):
        raise Invalid("a whole number is needed", field=at)
    return int(typed)


def _value(kind: str, typed: str, at: str, name: str = "") -> Any:
    try:
        if kind == "money" and "custom." in name:
            return _OWN_MONEY.reader(at, typed.strip())
        if kind in ("money", "number"):
            return forms.amount(at, typed.strip())
    except Invalid as problem:
        problem.field = at
        raise
    if kind == "yes_no":
        return typed == "true"
    return typed.strip()
