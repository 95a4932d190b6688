"""Finding what is there already."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from libs.common.problems import Invalid, Problem
from libs.common.rpc.client import Call
from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.routing import SALES, Routes
from services.gateway.api.values import Body, Id, Name, Word

routes = Routes("search")


class DuplicateQuery(s.Page):
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


class Twin(d.Document):
    """One of two clients that may be one."""

    id: str
    company_name: str
    industry: str | None
    status: str
    owner_id: str | None
    email: str | None
    phone: str | None
    city: str | None
    country: str | None
    lifetime_value: d.MoneyNumber
    currency: str


class Pair(d.Document):
    """Two clients that may be one, and why."""

    first: Twin
    second: Twin
    reasons: list[str]
    score: Annotated[int, Field(ge=0, le=100)]


class Duplicates(d.Document):
    """Of a client that is typed: ``Duplicate``s; of what is there: ``Pair``s, a page at a time."""

    items: list[Duplicate | Pair]
    next_cursor: str | None = None
    total: int | None = None


class PairNamed(Body):
    """``dismissed`` false takes it back."""

    first_id: Id
    second_id: Id
    dismissed: bool = True


class PairSaid(d.Document):
    first_id: str
    second_id: str
    dismissed: bool


class Merge(Body):
    """``choices`` says for a field whose value stays: ``this``, the client of the address, or ``other``.

    Fields are those of a client, and ``custom.<key>``. Without a choice this client's value stays, the other's where it
    has none, and tags are brought together.
    """

    other_id: Id
    choices: Annotated[dict[str, Literal["this", "other"]], Field(max_length=200)] = Field(default_factory=dict)


class MergedClient(d.ClientDocument):
    change_set_id: str


@routes.route("GET", "/clients/duplicates", query=DuplicateQuery, answers=Duplicates)
def find_duplicates(query: DuplicateQuery) -> dict[str, Any]:
    """Up to five clients that a new one may be a duplicate of, the likeliest first.

    Without a name, an address or a phone number: the pairs of clients that may be one, of which you may change both.
    """
    given = query.given()
    page = {name: given.pop(name) for name in ("limit", "cursor") if name in given}
    if given:
        return r.ask("clients", "find_duplicates", **given)
    if r.signed_in().actor.role not in SALES:
        return {"items": [], "next_cursor": None, "total": 0}
    return r.ask("clients", "list_duplicates", **page)


@routes.route("POST", "/clients/duplicates/dismiss", who=SALES, body=PairNamed, answers=PairSaid)
def dismiss_duplicate(body: PairNamed) -> dict[str, Any]:
    """Say that two clients are not the same, so that nobody is asked again."""
    return r.ask("clients", "dismiss_duplicate", **body.model_dump())


@routes.route("POST", "/clients/<uuid:client_id>/merge", who=SALES, body=Merge, answers=MergedClient)
def merge_clients(client_id: Any, body: Merge) -> dict[str, Any]:
    """Make one client of two: this one stays, and all that hangs on the other moves here, in every service.

    Its id leads here from now on. `change_set_id` is what undoes it: each then has its own again.
    """
    return r.ask("clients", "merge_clients", client_id=str(client_id), **body.model_dump())


class QuickQuery(Body):
    q: Annotated[Word, Field(description="A few letters.")]
    limit: Annotated[int, Field(ge=1, le=20)] = 5


class Found(d.Document):
    """A few of each kind that you may see; ``unavailable`` names services that did not answer."""

    clients: list[dict[str, Any]]
    contacts: list[dict[str, Any]]
    deals: list[dict[str, Any]]
    invoices: list[dict[str, Any]]
    unavailable: list[str]


_KINDS = {"clients": ("clients", "contacts"), "deals": ("deals",), "billing": ("invoices",)}


@routes.route("GET", "/quick-find", query=QuickQuery, answers=Found)
def quick_find(query: QuickQuery) -> dict[str, Any]:
    """A few clients, contacts, deals and invoices by a few letters, for a box that jumps to one."""
    calls = [Call(service, "quick_find", {"q": query.q, "limit": query.limit}) for service in _KINDS]
    found: dict[str, Any] = {"unavailable": []}
    for (service, kinds), answer in zip(_KINDS.items(), r.ask_many(calls), strict=True):
        if isinstance(answer, Invalid):
            raise answer
        if isinstance(answer, Problem):
            found["unavailable"].append(service)
        found |= {kind: answer[kind] if isinstance(answer, dict) else [] for kind in kinds}
    return found
