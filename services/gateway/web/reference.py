"""The API's reference as a page: made from the OpenAPI document, readable without JavaScript."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, render_template

_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_METHODS = ("get", "post", "patch", "put", "delete")


def reference_page(document: dict[str, Any]) -> Response:
    """Every route with what it takes and answers, grouped by part of the API."""
    response = make_response(render_template("docs.html", info=document["info"], parts=_parts(document)))
    response.headers["Content-Security-Policy"] = _CSP
    return response


def _parts(document: dict[str, Any]) -> list[dict[str, Any]]:
    parts: dict[str, list[dict[str, Any]]] = {}
    schemas = document["components"]["schemas"]
    for path, item in document["paths"].items():
        for method in _METHODS:
            if operation := item.get(method):
                parts.setdefault(operation["tags"][0], []).append(_route(path, method, operation, schemas))
    return [{"name": name, "routes": routes} for name, routes in parts.items()]


def _route(path: str, method: str, operation: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = operation.get("requestBody", {}).get("content", {})
    body = next((each["schema"] for each in content.values()), None)
    return {
        "path": path,
        "method": method.upper(),
        "id": operation["operationId"],
        "summary": operation["summary"],
        "description": operation.get("description", ""),
        "signed_in": bool(operation["security"]),
        "parameters": [
            {"name": each["name"], "where": each["in"], "kind": _kind(each["schema"]), "needed": each["required"]}
            for each in operation["parameters"]
        ],
        "fields": _fields(body, schemas) if body else [],
        "answers": [(status, each["description"]) for status, each in sorted(operation["responses"].items())],
    }


def _fields(schema: dict[str, Any], schemas: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of a body; those of objects within it come indented by their path."""
    found = schemas.get(schema.get("$ref", "").rsplit("/", 1)[-1], schema)
    needed = set(found.get("required", []))
    rows: list[dict[str, Any]] = []
    for name, each in found.get("properties", {}).items():
        rows.append({"name": name, "kind": _kind(each), "needed": name in needed})
        if "$ref" in each:
            rows += [row | {"name": f"{name}.{row['name']}"} for row in _fields(each, schemas)]
    return rows


def _kind(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return "object"
    if choices := schema.get("enum") or ([schema["const"]] if "const" in schema else None):
        return " · ".join(str(choice) for choice in choices)
    if options := schema.get("anyOf"):
        return " or ".join(dict.fromkeys(_kind(each) for each in options if each.get("type") != "null"))
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "anything")
