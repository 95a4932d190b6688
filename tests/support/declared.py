"""Whether an answer holds only what the API's document says of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def undeclared(value: Any, schema: dict[str, Any], document: dict[str, Any], at: str = "") -> Iterator[str]:
    """The paths of members that the schema does not name, as ``rows[].model``; what is free-form may hold anything."""
    shapes = list(_shapes(schema, document))
    if isinstance(value, list):
        inner = [shape["items"] for shape in shapes if "items" in shape]
        for each in value:
            yield from undeclared(each, {"anyOf": inner}, document, f"{at}[]")
    elif isinstance(value, dict) and not any(_is_free(shape) for shape in shapes):
        known: dict[str, list[dict[str, Any]]] = {}
        for shape in shapes:
            for name, inner_shape in shape.get("properties", {}).items():
                known.setdefault(name, []).append(inner_shape)
        for name, each in value.items():
            path = f"{at}.{name}".lstrip(".")
            if name in known:
                yield from undeclared(each, {"anyOf": known[name]}, document, path)
            else:
                yield path


def _shapes(schema: dict[str, Any], document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The schema itself, or those it may be one of, with what they refer to."""
    if "$ref" in schema:
        found: Any = document
        for part in schema["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        yield from _shapes(found, document)
        return
    several = [*schema.get("anyOf", ()), *schema.get("allOf", ()), *schema.get("oneOf", ())]
    for each in several:
        yield from _shapes(each, document)
    if not several:
        yield schema


def _is_free(shape: dict[str, Any]) -> bool:
    return "properties" not in shape and bool(shape.get("additionalProperties", shape.get("type") == "object"))


def answered(document: dict[str, Any], path: str, method: str = "get", status: str = "200") -> dict[str, Any]:
    """The schema of what a route answers."""
    content = document["paths"][path][method]["responses"][status]["content"]
    schema: dict[str, Any] = content["application/json"]["schema"]
    return schema
