"""What the rows of a file would do, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from services.gateway.web import custom, words
from services.gateway.web.import_words import GROUPS

# How a client was found.
FOUND_BY = {"id": _l("by its id"), "name": _l("by its name"), "domain": _l("by its domain")}
# What is new beside the client.
BROUGHT = {
    "contact": _l("A new person"),
    "activity": _l("A new entry in its history"),
    "deal": _l("A deal comes along"),
}
_LABELS = {name: label for _group, targets in GROUPS for name, label, _admin in targets}
_WORDS = ("status", "source")
_LONGEST = 200


def outcome(row: Mapping[str, Any], own: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A row of a preview with its changes as they are read: ``[{label, of, before, after}]``. own: the company's own
    fields, as an import knows them; of: whose value it is, where it is not the client's."""
    fields = {each["name"]: each for each in own}
    changes = [_change(each, fields.get(f"{each['entity']}.{each['field']}")) for each in row["changes"]]
    brought = [BROUGHT[each] for each in row["brings"] if each in BROUGHT]
    return {**row, "changes": changes, "brought": brought}


def _change(change: Mapping[str, Any], field: Mapping[str, Any] | None) -> dict[str, str]:
    name = f"{change['entity']}.{change['field']}"
    before, after = (_value(change["field"], change[each], field) for each in ("before", "after"))
    label = field["label"] if field else _LABELS.get(name) or words.word(change["field"])
    of = change["name"] if change["entity"] == "contact" else ""
    return {"label": str(label), "of": of, "before": before, "after": after}


def _value(name: str, value: Any, field: Mapping[str, Any] | None) -> str:
    if value is None or value in ("", []):
        return ""
    if field is not None:
        return _cut(custom.shown(field, value))
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return words.word(value) if name in _WORDS else _cut(str(value))


def _cut(value: str) -> str:
    return value if len(value) <= _LONGEST else value[:_LONGEST] + "…"
