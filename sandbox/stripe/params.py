"""Stripe's form bodies: nested brackets in, checked values out."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from sandbox.stripe.errors import StripeError, invalid, missing

Tree = dict[str, Any]


def decode(body: str) -> Tree:
    """`a[b]=1&a[c][]=2&d[0][e]=3` as a tree of dicts, lists and strings."""
    tree: Tree = {}
    for name, value in parse_qsl(body, keep_blank_values=True):
        _put(tree, _path(name), value)
    return {name: _lists(value) for name, value in tree.items()}


def _path(name: str) -> list[str]:
    head, *rest = name.split("[")
    if not all(part.endswith("]") for part in rest):
        raise invalid(name, f"Invalid parameter name: {name}")
    return [head, *(part[:-1] for part in rest)]


def _put(tree: Tree, path: list[str], value: str) -> None:
    for depth, name in enumerate(path[:-1]):
        tree = tree.setdefault(name or str(len(tree)), {})
        if not isinstance(tree, dict):
            raise invalid(path[0], f"Invalid {path[depth]}: it is both a value and an object")
    tree[path[-1] or str(len(tree))] = value


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _lists(entry) for name, entry in value.items()}
    if inner and all(name.isdigit() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner


class Params:
    """The parameters of one request. Readers raise Stripe's 400 with `param` when a value does not fit."""

    def __init__(self, tree: Tree, prefix: str = "") -> None:
        self._tree, self._prefix = tree, prefix

    def __contains__(self, name: str) -> bool:
        return name in self._tree

    @property
    def raw(self) -> Tree:
        return self._tree

    def only(self, *known: str) -> None:
        """Refuse what Stripe does not know (`expand` is known everywhere)."""
        for name in self._tree:
            if name not in known and name != "expand":
                raise invalid(self._name(name), f"Received unknown parameter: {self._name(name)}", "parameter_unknown")

    def text(self, name: str, *, required: bool = False, longest: int = 5000) -> str | None:
        """A string; an empty one means "none" (Stripe unsets with it)."""
        value = self._tree.get(name)
        if value is None or value == "":
            if required:
                raise missing(self._name(name))
            return None
        if not isinstance(value, str):
            raise invalid(self._name(name), "Invalid string")
        if len(value) > longest:
            raise invalid(self._name(name), f"Invalid string: must be at most {longest} characters", "string_too_long")
        return value

    def whole(self, name: str) -> int | None:
        """An integer, in any sign."""
        value = self.text(name)
        if value is None:
            return None
        if not value.lstrip("-").isascii() or not value.removeprefix("-").isdigit() or len(value) > 18:
            raise invalid(self._name(name), f"Invalid integer: {value}", "parameter_invalid_integer")
        return int(value)

    def positive(self, name: str) -> int | None:
        """An integer of at least 1."""
        value = self.whole(name)
        if value is not None and value < 1:
            raise invalid(
                self._name(name),
                "This value must be greater than or equal to 1.",
                "parameter_invalid_integer",
            )
        return value

    def flag(self, name: str) -> bool:
        """`true` or `false`; false when it is missing."""
        value = self.text(name)
        if value not in (None, "true", "false"):
            raise invalid(self._name(name), f"Invalid boolean: {value}")
        return value == "true"

    def choice(self, name: str, *allowed: str) -> str | None:
        """One of a few words."""
        value = self.text(name)
        if value is not None and value not in allowed:
            raise invalid(self._name(name), f"Invalid {self._name(name)}: must be one of {', '.join(allowed)}")
        return value

    def texts(self, name: str) -> list[str]:
        """A list of strings."""
        value = self._tree.get(name) or []
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            raise invalid(self._name(name), "Invalid array")
        return list(value)

    def inner(self, name: str) -> Params:
        """A nested object; without parameters when it is missing."""
        return Params(_object(self._tree.get(name), self._name(name)), self._name(name))

    def inners(self, name: str) -> list[Params]:
        """A list of nested objects."""
        value = self._tree.get(name) or []
        if not isinstance(value, list):
            raise invalid(self._name(name), "Invalid array")
        names = [f"{self._name(name)}[{number}]" for number in range(len(value))]
        return [Params(_object(entry, path), path) for entry, path in zip(value, names, strict=True)]

    def metadata(self, current: dict[str, str] | None = None) -> dict[str, str]:
        """`metadata` merged over what is there: 50 keys of 40 characters, values of 500; empty ones go."""
        result = dict(current or {})
        if self._tree.get("metadata") == "":
            return {}
        for key, value in _object(self._tree.get("metadata"), self._name("metadata")).items():
            if not isinstance(value, str) or len(value) > 500 or len(key) > 40:
                raise invalid(
                    f"{self._name('metadata')}[{key}]", "Metadata: keys up to 40, values up to 500 characters"
                )
            result[key] = value
        result = {key: value for key, value in result.items() if value != ""}
        if len(result) > 50:
            raise invalid(self._name("metadata"), "Metadata can hold at most 50 keys")
        return result

    def _name(self, name: str) -> str:
        return f"{self._prefix}[{name}]" if self._prefix else name


def _object(value: Any, name: str) -> Tree:
    if value is None or value == "":
        return {}
    if isinstance(value, list):  # `metadata[0]=a` was taken for a list
        return {str(number): entry for number, entry in enumerate(value)}
    if not isinstance(value, dict):
        raise StripeError(400, "Invalid object", param=name)
    return value
