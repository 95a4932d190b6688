"""Which value of each field stays when two clients become one."""

from __future__ import annotations

from typing import Any

from libs.common import fields
from libs.common.problems import Invalid
from services.clients.domain import Client

THIS, OTHER = "this", "other"
FIELDS = (
    "company_name status industry email phone website address city state country source notes owner_id tags".split()
)
_CUSTOM = "custom."


def chosen(this: Client, other: Client, choices: Any) -> dict[str, Any]:
    """The values that change of the client that stays, by field. Without a choice its own value stays, the other's
    where it has none; tags are brought together. Invalid names a choice that makes no sense."""
    wanted = _checked(choices, {*this.custom, *other.custom})
    values = {name: _value(name, wanted.get(name), getattr(this, name), getattr(other, name)) for name in FIELDS}
    custom = {
        key: _value(key, wanted.get(_CUSTOM + key), this.custom.get(key), other.custom.get(key))
        for key in sorted({*this.custom, *other.custom})
    }
    values["custom"] = {key: value for key, value in custom.items() if value is not None}
    if len(values["tags"]) > fields.MAX_TAGS:
        raise Invalid(f"together they have more than {fields.MAX_TAGS} tags; choose whose stay", field="choices.tags")
    return {name: value for name, value in values.items() if value != getattr(this, name)}


def _value(name: str, choice: str | None, ours: Any, theirs: Any) -> Any:
    if choice is not None:
        return ours if choice == THIS else theirs
    if name == "tags":
        return list(dict.fromkeys([*ours, *theirs]))
    return theirs if ours in (None, "") else ours


def _checked(choices: Any, keys: set[str]) -> dict[str, str]:
    if not isinstance(choices, dict | None):
        raise Invalid("choices say for a field whose value stays", field="choices")
    for name, choice in (choices or {}).items():
        known = name in FIELDS or (name.startswith(_CUSTOM) and name.removeprefix(_CUSTOM) in keys)
        if not known:
            raise Invalid(f"there is no field {str(name)[:60]!r} to choose", field="choices")
        if choice not in (THIS, OTHER):
            raise Invalid("a choice is this or other", field=f"choices.{name}")
    return dict(choices or {})
