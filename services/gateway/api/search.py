"""Finding what is there already."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api.routing import Routes
from services.gateway.api.values import Body, Id, Name, Word

routes = Routes("search")


class DuplicateQuery(Body):
    company_name: Name | None = None
    email: Name | None = None
    phone: Word | None = None
    exclude_id: Id | None = None


class Duplicate(d.Document):
    """What of a client is public, and why it may be the same company."""

    id: str
    company_name: str
    industry: str | None
    status: str
    owner_id: str | None
    access: Literal["write", "read", "card"]
    reasons: list[str]
    score: Annotated[int, Field(ge=0, le=100)]


class Duplicates(d.Document):
    items: list[Duplicate]


@routes.route("GET", "/clients/duplicates", query=DuplicateQuery, answers=Duplicates)
def find_duplicates(query: DuplicateQuery) -> dict[str, Any]:
    """Up to five clients that a new one may be a duplicate of, the likeliest first."""
    return r.ask("clients", "find_duplicates", **query.given())
