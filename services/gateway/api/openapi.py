"""The OpenAPI 3.1 document, from the routes themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from services.gateway.api.documents import ProblemDocument
from services.gateway.api.routing import ANYBODY, URI_TOO_LONG, WRITES, Operation, phrase

_REF = "#/components/schemas/{model}"
_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")


def document(operations: Iterable[Operation], version: str) -> dict[str, Any]:
    """The whole API as OpenAPI 3.1."""
    listed = list(operations)
    references, schemas = _schemas(listed)
    paths: dict[str, dict[str, Any]] = {}
    for operation in listed:
        path = _PARAMETER.sub(lambda found: "{" + found[2] + "}", operation.path)
        paths.setdefault(path, {})[operation.method.lower()] = _operation(operation, references, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "AMO CRM", "version": version, "description": _ABOUT},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


_ABOUT = (
    "Amounts are numbers in major units of the currency beside them. Errors are RFC 9457 problems. Writes take an "
    "Idempotency-Key: sent again with the same key, a write answers what it answered first and repeats nothing."
)


def _schemas(operations: list[Operation]) -> tuple[dict[Any, Any], dict[str, Any]]:
    models: dict[type[BaseModel], None] = {ProblemDocument: None}
    for operation in operations:
        for model in (operation.body, operation.query, *operation.answers.values()):
            if model is not None:
                models[model] = None
    inputs = {operation.body for operation in operations} | {operation.query for operation in operations}
    wanted: list[Any] = [(model, "validation" if model in inputs else "serialization") for model in models]
    references, definitions = models_json_schema(wanted, ref_template=_REF)
    return {model: references[(model, mode)] for model, mode in wanted}, definitions["$defs"]


def _operation(operation: Operation, references: dict[Any, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [operation.tag],
        "parameters": [*_path_parameters(operation), *_query_parameters(operation, references, schemas)],
        "responses": _responses(operation, references),
        "security": [] if operation.who is ANYBODY else [{"bearer": []}],
    }
    if operation.description:
        described["description"] = operation.description
    if operation.method in WRITES:
        described["parameters"].append(_KEY)
    if operation.body is not None:
        content = {operation.body_type: {"schema": references[operation.body]}}
        described["requestBody"] = {"required": True, "content": content}
    elif operation.body_type != "application/json":
        schema = {"type": "string"}
        described["requestBody"] = {"required": True, "content": {operation.body_type: {"schema": schema}}}
    return described


_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Your name for this write, 1 to 255 printable characters.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    found = []
    for kind, name in _PARAMETER.findall(operation.path):
        schema: dict[str, Any] = {"type": "string", "format": "uuid"} if kind == "uuid" else {"type": "string"}
        found.append({"name": name, "in": "path", "required": True, "schema": schema})
    return found


def _query_parameters(
    operation: Operation, references: dict[Any, Any], schemas: dict[str, Any]
) -> list[dict[str, Any]]:
    if operation.query is None:
        return []
    schema = schemas[references[operation.query]["$ref"].rsplit("/", 1)[1]]
    required = set(schema.get("required", []))
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _without_null(each)}
        for name, each in schema["properties"].items()
    ]


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A query parameter that is left out is not there; it is never the word null."""
    choices = [each for each in schema.get("anyOf", []) if each.get("type") != "null"]
    rest = {name: value for name, value in schema.items() if name not in ("anyOf", "default")}
    if not choices:
        return rest | ({"anyOf": schema["anyOf"]} if "anyOf" in schema else {})
    return rest | (choices[0] if len(choices) == 1 else {"anyOf": choices})


def _responses(operation: Operation, references: dict[Any, Any]) -> dict[str, Any]:
    described: dict[str, Any] = {}
    for status, model in operation.answers.items():
        described[str(status)] = {"description": phrase(status)}
        if model is not None:
            described[str(status)]["content"] = {"application/json": {"schema": references[model]}}
        elif operation.content_types != ("application/json",) and status == min(operation.answers):
            described[str(status)]["content"] = {each: {"schema": {}} for each in operation.content_types}
    problem = {"application/problem+json": {"schema": references[ProblemDocument]}}
    for status in operation.refusals:
        content = {} if status == URI_TOO_LONG else {"content": problem}
        described.setdefault(str(status), {"description": phrase(status)} | content)
    return described
