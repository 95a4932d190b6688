"""Routes that say what they take, what they answer and who may call them.

Each route is declared once; Flask serves it and the OpenAPI document describes it from the same declaration, so
that the two cannot differ. Answers are not run through a schema again: services build them, and amounts are
written from integers.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeVar

from flask import Blueprint, Response, g
from pydantic import BaseModel, ValidationError

from libs.common.problems import Invalid
from services.gateway.api import requests
from services.gateway.api.answers import answer

View = TypeVar("View", bound=Callable[..., Any])
Answer = type[BaseModel] | None

# Answered by the web server itself, before a request reaches us.
URI_TOO_LONG = 414

# What changes something: it takes a key, and stands in the log of writes.
WRITES = ("POST", "PUT", "PATCH", "DELETE")

# Who may call: anybody, anybody signed in, or the roles named.
ANYBODY: frozenset[str] = frozenset({"anybody"})
SIGNED_IN: frozenset[str] = frozenset({"admin", "sales", "finance", "manager"})
ADMIN: frozenset[str] = frozenset({"admin"})
SALES: frozenset[str] = frozenset({"admin", "sales"})


@dataclass(frozen=True)
class Operation:
    """One route as the document shows it."""

    method: str
    path: str
    name: str
    summary: str
    description: str
    tag: str
    who: frozenset[str]
    body: type[BaseModel] | None
    query: type[BaseModel] | None
    answers: dict[int, Answer]
    refusals: tuple[int, ...]
    content_types: tuple[str, ...] = ("application/json",)
    body_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


class Routes:
    """The routes of one part of the API."""

    def __init__(self, tag: str, prefix: str = "/api/v1") -> None:
        self.blueprint = Blueprint(tag.replace(" ", "_"), __name__)
        self.operations: list[Operation] = []
        self._tag = tag
        self._prefix = prefix

    def route(
        self,
        method: str,
        path: str,
        *,
        who: frozenset[str] = SIGNED_IN,
        body: type[BaseModel] | None = None,
        query: type[BaseModel] | None = None,
        answers: dict[int, Answer] | Answer = None,
        refusals: Sequence[int] = (),
        content_type: str | tuple[str, ...] = "application/json",
        body_type: str = "application/json",
    ) -> Callable[[View], View]:
        """Declare a route. The view gets path parameters, and ``body`` and ``query`` as checked models."""
        shapes = answers if isinstance(answers, dict) else {200: answers}

        def declare(view: View) -> View:
            text = inspect.cleandoc(view.__doc__ or "").partition("\n")
            self.operations.append(
                Operation(
                    method=method,
                    path=self._prefix + path,
                    name=view.__name__,
                    summary=text[0].rstrip("."),
                    description=text[2].strip(),
                    tag=self._tag,
                    who=who,
                    body=body,
                    query=query,
                    answers=shapes,
                    refusals=_refusals(method, path, who, body or query, refusals),
                    content_types=(content_type,) if isinstance(content_type, str) else content_type,
                    body_type=body_type,
                )
            )
            handler = _handler(view, who, body if body_type == "application/json" else None, query, min(shapes))
            self.blueprint.add_url_rule(self._prefix + path, view.__name__, handler, methods=[method])
            return view

        return declare


def _handler(
    view: Callable[..., Any],
    who: frozenset[str],
    body: type[BaseModel] | None,
    query: type[BaseModel] | None,
    status: int,
) -> Callable[..., Response]:
    @functools.wraps(view)
    def handle(**path: Any) -> Response:
        if who is not ANYBODY:
            requests.sign_in(who)
        if body is not None:
            path["body"] = checked(body, requests.json_body())
        if query is not None:
            path["query"] = checked(query, requests.query_values(query))
        made = view(**path)
        return made if isinstance(made, Response) else answer(made, g.get("status", status))

    return handle


def checked(model: type[BaseModel], values: Any) -> Any:
    """The values as a model; Invalid names each field that does not fit."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise _invalid(error) from None


def _invalid(error: ValidationError) -> Invalid:
    named: dict[str, str] = {}
    for fault in error.errors(include_url=False, include_input=False, include_context=False):
        named.setdefault(_path(fault["loc"]), _plain(fault))
    faults = [{"field": field, "message": message} for field, message in named.items()]
    problem = Invalid("; ".join(f"{fault['field']}: {fault['message']}" for fault in faults[:3]))
    problem.extra = {"errors": faults}
    return problem


def _path(parts: tuple[int | str, ...]) -> str:
    """``lines.0.unit_price``; of a value that may be one of several kinds, the kinds that were tried are left out."""
    kept = [str(part) for part in parts if isinstance(part, int) or part.isidentifier()]
    return ".".join(kept) or "body"


def _plain(fault: Any) -> str:
    words = {"missing": "this is needed", "extra_forbidden": "there is no such field"}
    return words.get(fault["type"], str(fault["msg"]).removeprefix("Value error, "))


def _refusals(method: str, path: str, who: frozenset[str], takes: Any, more: Sequence[int]) -> tuple[int, ...]:
    """What any route of its kind may refuse with, beside what the route itself names."""
    # 400: a request line or a body that cannot be read. 404: an id in path, query or body that leads nowhere.
    found = {400, URI_TOO_LONG, 500, 503, *more}
    if who is not ANYBODY:
        found |= {401, 403, 404}
    if "<" in path:
        found |= {404}
    if takes is not None or method in WRITES:
        found |= {422}
    if method in WRITES and method != "DELETE":
        found |= {413, 415} if takes is not None else {413}
    if method in WRITES:
        found |= {409}
    return tuple(sorted(found))


def phrase(status: int) -> str:
    return HTTPStatus(status).phrase
