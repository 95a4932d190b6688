"""Conditions in groups: all of them, or any of them, down to four groups deep."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, or_

from libs.common.identity import Actor
from libs.common.problems import Invalid
from services.clients.queries.filtering.asked import Asked, Own
from services.clients.queries.filtering.conditions import Condition, condition

MOST_CONDITIONS = 50
DEEPEST = 4

_JOINED = {"all": and_, "any": or_}
_CONDITION = frozenset({"field", "op", "value"})


def read_tree(tree: Any, actor: Actor, zone: str, own: Own, at: str = "where") -> Condition:
    """``{"all": […]}``, ``{"any": […]}`` or ``{"field", "op", "value"}`` as one condition.

    own: the company's own fields. Invalid names the place of what does not fit, as in ``where.all[1].value``.
    """
    if sum(1 for _ in _conditions(tree, at)) > MOST_CONDITIONS:
        raise Invalid(f"{at} holds at most {MOST_CONDITIONS} conditions", field=at)
    return _read(tree, actor, zone, own, at)


def fields_in(tree: Any) -> Iterator[str]:
    """The fields that the conditions of a tree name; of one that was kept, whether it would still be read or not."""
    if not isinstance(tree, dict):
        return
    if "field" in tree:
        yield str(tree["field"])
    for group in _JOINED:
        for each in tree.get(group, []):
            yield from fields_in(each)


def _read(node: Any, actor: Actor, zone: str, own: Own, at: str) -> Condition:
    group = _group(node, at)
    if group is None:
        asked = Asked(node["op"], node.get("value"), at, actor, zone, own)
        return condition(node["field"], asked)
    inside = [_read(each, actor, zone, own, f"{at}.{group}[{index}]") for index, each in enumerate(node[group])]
    return Condition(
        _JOINED[group](*(each.sql for each in inside)),
        hidden=any(each.hidden for each in inside),
        listed=all(each.listed for each in inside),
    )


def _conditions(node: Any, at: str, depth: int = 0) -> Iterator[str]:
    """The place of each condition; Invalid where a group is none."""
    group = _group(node, at)
    if group is None:
        yield at
        return
    if depth == DEEPEST:
        raise Invalid(f"{at}: groups stand at most {DEEPEST} deep in each other", field=at)
    for index, each in enumerate(node[group]):
        yield from _conditions(each, f"{at}.{group}[{index}]", depth + 1)


def _group(node: Any, at: str) -> str | None:
    """``all`` or ``any``, None for a single condition."""
    if not isinstance(node, dict):
        raise Invalid(f"{at} is an object: all, any, or field, op and value", field=at)
    named = [name for name in _JOINED if name in node]
    if not named:
        unknown = sorted(str(name) for name in node.keys() - _CONDITION)
        missing = [name for name in ("field", "op") if name not in node]
        if unknown or missing:
            wrong = f"{at}.{(unknown or missing)[0]}"
            raise Invalid(f"{wrong} is {'not known here' if unknown else 'needed'}", field=wrong)
        return None
    if len(node) != 1 or not isinstance(node[named[0]], list) or not node[named[0]]:
        raise Invalid(f"{at}.{named[0]} is a list of conditions and stands alone", field=f"{at}.{named[0]}")
    return named[0]
