"""The conditions that are on, as chips: what each says, and the tree without it."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from libs.common import conditions
from services.gateway.web.filtering.fields import Fields
from services.gateway.web.formats import with_query
from services.gateway.web.listing import Chip


def chips_of(where: Any, known: Fields) -> list[Chip]:
    """A chip for each condition that stands by itself, one for a group of which any may hold."""
    if not isinstance(where, dict):
        return []
    inside = where["all"] if isinstance(where.get("all"), list) else [where]
    chips = []
    for index, node in enumerate(inside):
        left = [each for number, each in enumerate(inside) if number != index]
        without = with_query(where=conditions.as_json({"all": left}) if left else None)
        field = known.named(str(node.get("field"))) if isinstance(node, dict) and "field" in node else None
        if field:
            chips.append(Chip(field.label, field.says(str(node.get("op")), node.get("value")), without))
        else:
            chips.append(Chip(_("Either") if "any" in node else _("All of"), in_words(node, known), without))
    return chips


def in_words(node: Any, known: Fields, *, inner: bool = False) -> str:
    """A tree as a sentence."""
    if not isinstance(node, dict):
        return "?"
    for group, joined in (("all", f" {_('and')} "), ("any", f" {_('or')} ")):
        if isinstance(node.get(group), list):
            said = joined.join(in_words(each, known, inner=True) for each in node[group])
            return f"({said})" if inner and len(node[group]) > 1 else said or "?"
    field = known.named(str(node.get("field")))
    return f"{field.label} {field.says(str(node.get('op')), node.get('value'))}"
