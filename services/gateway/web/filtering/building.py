"""The form in which conditions are put together: groups of rows, and the tree that they mean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from libs.common import conditions
from libs.common.problems import Invalid
from services.gateway.web.filtering.chips import in_words
from services.gateway.web.filtering.fields import Field, Fields
from services.gateway.web.filtering.rows import Row, node_of, row_of

MOST_GROUPS, MOST_ROWS = 8, 20
# As long as a whole filter may be in an address.
_LONGEST = 16_000
_JOINS = ("all", "any")
# A form as it is sent: what stands under each name.
Sent = Mapping[str, Sequence[str]]


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
        """The form for a tree; applied as it is, it means the same."""
        join, nodes = _inside(where) or ("all", [where] if where and isinstance(where, dict) else [])
        made, loose = cls(known, join), None
        for node in nodes:
            if group := _inside(node):
                made.groups.append(Group(group[0], [row_of(each, known) for each in group[1]]))
                loose = None
            elif loose:
                loose.rows.append(row_of(node, known))
            else:
                loose = Group(join, [row_of(node, known)])
                made.groups.append(loose)
        made.groups = made.groups or [Group()]
        return made

    @classmethod
    def of_form(cls, sent: Sent, known: Fields) -> Builder:
        """The form as it was sent."""
        made = cls(known, _join(sent, "join"))
        for g in _numbers(sent, r"g(\d{1,3})\."):
            rows = [
                _sent_row(sent, f"g{g}.r{n}.", known) for n in _numbers(sent, rf"g{g}\.r(\d{{1,3}})\.(?:field|kept)$")
            ]
            if rows:
                made.groups.append(Group(_join(sent, f"g{g}.join"), rows))
        made.groups = made.groups or [Group()]
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
        """The tree that is meant; None of a form nobody touched. Invalid names the row as ``g0.r1``."""
        if self._untouched:
            return None
        join = self.join if len(self.groups) > 1 else self.groups[0].join
        parts = [part for g in range(len(self.groups)) for part in self._parts(g, join)]
        for index, (_node, places) in enumerate(parts):
            at = "where" if len(parts) == 1 else f"where.{join}[{index}]"
            self.places |= {at + inside: place for inside, place in places.items()}
        nodes = [node for node, _places in parts]
        return nodes[0] if len(nodes) == 1 else {join: nodes}

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
        """What the field of the row at fault is called; of what is kept, nothing."""
        if self.error_at is None:
            return ""
        g, n = self.error_at
        row = self.groups[g].rows[n]
        return "" if row.kept else self.known.named(row.field).label

    @property
    def keeps(self) -> bool:
        """Whether there is something that the form cannot show."""
        return any(row.kept for group in self.groups for row in group.rows)

    def in_words(self, row: Row) -> str:
        """What is kept, as a sentence."""
        return in_words(conditions.parsed(row.kept), self.known)

    @property
    def _untouched(self) -> bool:
        rows = [row for group in self.groups for row in group.rows]
        begun = Row(op=_fitting("", self.known.named(Row.field)))
        return len(rows) == 1 and rows[0].lacks_value and rows[0].field == begun.field and rows[0].op in ("", begun.op)

    def _parts(self, g: int, join: str) -> Iterator[tuple[Any, dict[str, tuple[int, int]]]]:
        """What a group adds to the whole, each with the places of its rows inside: its rows by themselves where they
        are joined as the groups are."""
        group = self.groups[g]
        nodes = [node_of(row, self.known, f"g{g}.r{n}") for n, row in enumerate(group.rows)]
        if len(nodes) == 1 or group.join == join:
            yield from ((node, {"": (g, n)}) for n, node in enumerate(nodes))
        else:
            yield {group.join: nodes}, {f".{group.join}[{n}]": (g, n) for n in range(len(nodes))}


def _inside(node: Any) -> tuple[str, list[Any]] | None:
    """How a group is joined and what is in it; None for anything else."""
    if not isinstance(node, dict) or len(node) != 1:
        return None
    join, inside = next(iter(node.items()))
    return (join, inside) if join in _JOINS and isinstance(inside, list) and inside else None


def _numbers(sent: Sent, name: str) -> list[int]:
    return sorted({int(found[1]) for each in sent if (found := re.match(name, each))})


def _sent_row(sent: Sent, at: str, known: Fields) -> Row:
    if (kept := _first(sent, at + "kept")) and _is_json(kept):
        return Row(kept=kept)
    of = known.named(_first(sent, at + "field"))
    values = tuple(each[:_LONGEST] for each in sent.get(at + "value", ()))
    offered = tuple(each for each in values if not of.options or each in dict(of.options))
    return Row(of.name, _fitting(_first(sent, at + "op"), of), offered, _first(sent, at + "other"))


def _is_json(text: str) -> bool:
    try:
        conditions.parsed(text)
    except Invalid:
        return False
    return True


def _first(sent: Sent, name: str) -> str:
    return next(iter(sent.get(name, ())), "")[:_LONGEST]


def _fitting(op: str, of: Field) -> str:
    known = [name for name, _words in of.operators]
    return op if op in known else known[0]


def _join(sent: Sent, name: str) -> str:
    return found if (found := _first(sent, name)) in _JOINS else "all"
