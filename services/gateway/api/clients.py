"""Clients and what hangs on them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from flask import Response, redirect
from pydantic import Field

from libs.common.problems import Forbidden, Invalid, NotFound
from services.gateway.accounts import users
from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.client_filters import to_service
from services.gateway.api.custom import with_custom
from services.gateway.api.routing import ADMIN, Routes
from services.gateway.api.tasks import ActivityFilters, assignee_role
from services.gateway.api.values import Body

routes = Routes("clients")


class Upload(Body):
    """multipart/form-data"""

    file: Annotated[str, Field(json_schema_extra={"format": "binary"})]


class Stretch(d.Document):
    text: str
    found: bool


class HitField(d.Document):
    """One of the company's own fields, and whose it is."""

    of: Literal["client", "contact", "deal"]
    key: str
    label: str


class Hit(d.Document):
    """A text of the client that was found. ``field``: company_name, contact, notes, deal, activity, document, custom or
    details; ``own``: of ``custom``, in which of the company's own fields; ``snippet``: plain text in pieces, those that
    were found marked."""

    field: str
    source_id: str
    snippet: list[Stretch]
    own: HitField | None = None


class FoundClient(d.ClientDocument):
    """``hits``: up to three, where something was searched for."""

    hits: list[Hit] | None = None


class FoundClients(d.ListOf[FoundClient]):
    """``fuzzy``: nothing has the words of ``q`` as they were typed, and these have words that are nearly those.
    ``cards``: of how many in ``total`` only the public card shows, where there are any; exports are without them."""

    fuzzy: bool | None = None
    cards: int | None = None


@routes.route("GET", "/clients", query=s.ClientFilters, answers=FoundClients)
def list_clients(query: s.ClientFilters) -> dict[str, Any]:
    """Clients you may see. Active clients of others show as their public card."""
    return r.ask("clients", "list_clients", **list_arguments(query))


def list_arguments(query: s.ClientFilters) -> dict[str, Any]:
    """What the clients service is asked for a list, as the query says it."""
    given = query.given()
    page: dict[str, Any] = {name: given.pop(name) for name in ("sort", "limit", "cursor") if name in given}
    segment_id = given.pop("segment_id", None)
    if query.min_deal_value is not None:
        given["min_deal_value"] = query.min_deal_value
    filters = to_service(given, r.gateway().settings.base_currency)
    if segment_id is not None:
        segment = r.ask("clients", "get_segment", segment_id=segment_id)
        filters = _both(segment["filters"], filters)
        page = {"sort": segment["sort"]} | page
    if str(page.get("sort") or "").removeprefix("-") == "owner":
        page["owners"] = _by_name()
    return page | {"filters": filters}


def _both(segment: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """A segment's filters and those beside it. Where the two say something else of one thing, both hold."""
    within = {name: value for name, value in segment.items() if name != "fuzzy" and given.get(name, value) != value}
    if "q" in within and "fuzzy" in segment:
        within["fuzzy"] = segment["fuzzy"]
    rest = {name: value for name, value in segment.items() if name not in within}
    return rest | given | ({"within": within} if within else {})


def _by_name() -> list[str]:
    """Everybody's id in the order of their names, which the clients service does not know."""
    with r.gateway().database.read() as session:
        people = users.directory(session)["items"]
    return [str(each["id"]) for each in sorted(people, key=lambda each: str(each["name"]).casefold())]


@routes.route("POST", "/clients", body=s.ClientNew, answers={201: d.ClientDocument})
def create_client(body: s.ClientNew) -> dict[str, Any]:
    """Create a client; likely duplicates are named in `possible_duplicates`, never refused."""
    check_owner(body.owner_id)
    given = with_custom(body.given(), body.custom)
    if body.contact is not None:
        given["contact"] = with_custom(given["contact"], body.contact.custom)
    return r.ask("clients", "create_client", data=given)


@routes.route("GET", "/clients/tags", answers=d.ListOf[d.Tag])
def list_tags() -> dict[str, Any]:
    """The tags that are in use."""
    return r.ask("clients", "list_tags")


@routes.route("GET", "/clients/<uuid:client_id>", answers=d.ClientDocument)
def get_client(client_id: Any) -> dict[str, Any]:
    """One client."""
    return r.ask("clients", "get_client", client_id=str(client_id))


@routes.route("PATCH", "/clients/<uuid:client_id>", body=s.ClientChange, answers=d.ClientDocument)
def change_client(client_id: Any, body: s.ClientChange) -> dict[str, Any]:
    """Change fields of a client. Send the `version` you loaded to be told of somebody else's change."""
    return r.ask("clients", "update_client", client_id=str(client_id), **_changes(body))


@routes.route("DELETE", "/clients/<uuid:client_id>", answers=d.Deleted)
def delete_client(client_id: Any) -> dict[str, Any]:
    """Take a client out of every list; `change_set_id` is what brings it back."""
    return r.ask("clients", "delete_client", client_id=str(client_id))


@routes.route("POST", "/clients/<uuid:client_id>/assign", who=ADMIN, body=s.Assignment, answers=d.ClientDocument)
def assign_client(client_id: Any, body: s.Assignment) -> dict[str, Any]:
    """Give a client to a sales rep, who is told by mail; null takes it back."""
    check_owner(body.owner_id)
    return r.ask("clients", "assign_client", client_id=str(client_id), owner_id=body.owner_id)


@routes.route("GET", "/clients/<uuid:client_id>/contacts", answers=d.ListOf[d.ContactDocument])
def list_contacts(client_id: Any) -> dict[str, Any]:
    """A client's people, the primary contact first."""
    return r.ask("clients", "list_contacts", client_id=str(client_id))


@routes.route("POST", "/clients/<uuid:client_id>/contacts", body=s.ContactNew, answers={201: d.ContactDocument})
def create_contact(client_id: Any, body: s.ContactNew) -> dict[str, Any]:
    """Add a person to a client."""
    return r.ask("clients", "create_contact", client_id=str(client_id), data=with_custom(body.given(), body.custom))


@routes.route("PATCH", "/contacts/<uuid:contact_id>", body=s.ContactChange, answers=d.ContactDocument)
def change_contact(contact_id: Any, body: s.ContactChange) -> dict[str, Any]:
    """Change a contact."""
    return r.ask("clients", "update_contact", contact_id=str(contact_id), **_changes(body))


@routes.route("DELETE", "/contacts/<uuid:contact_id>", answers=d.Done)
def delete_contact(contact_id: Any) -> dict[str, Any]:
    """Remove a contact."""
    return r.ask("clients", "delete_contact", contact_id=str(contact_id))


@routes.route(
    "GET", "/clients/<uuid:client_id>/activities", query=ActivityFilters, answers=d.ListOf[d.ActivityDocument]
)
def list_activities(client_id: Any, query: ActivityFilters) -> dict[str, Any]:
    """What happened with a client, newest first; `types` may be given more than once."""
    return r.ask("clients", "list_activities", client_id=str(client_id), **query.given())


@routes.route("POST", "/clients/<uuid:client_id>/activities", body=s.ActivityNew, answers={201: d.ActivityDocument})
def log_activity(client_id: Any, body: s.ActivityNew) -> dict[str, Any]:
    """Log a call, an e-mail, a meeting, a note or a task. A task without `assignee_id` is yours."""
    role = assignee_role(body.assignee_id)
    if body.deal_id is not None:
        _check_deal(str(client_id), body.deal_id)
    return r.ask("clients", "log_activity", client_id=str(client_id), data=body.given(), assignee_role=role)


@routes.route("GET", "/clients/<uuid:client_id>/timeline", query=ActivityFilters, answers=d.ListOf[d.ActivityDocument])
def timeline(client_id: Any, query: ActivityFilters) -> dict[str, Any]:
    """Everything that happened with a client, newest first."""
    return r.ask("clients", "timeline", client_id=str(client_id), **query.given())


@routes.route("GET", "/clients/<uuid:client_id>/documents", answers=d.ListOf[d.DocumentDocument])
def list_documents(client_id: Any) -> dict[str, Any]:
    """A client's documents, newest first."""
    return r.ask("clients", "list_documents", client_id=str(client_id))


@routes.route(
    "POST",
    "/clients/<uuid:client_id>/documents",
    body=Upload,
    body_type="multipart/form-data",
    answers={201: d.DocumentDocument},
)
def upload_document(client_id: Any) -> dict[str, Any]:
    """Add a document: multipart/form-data with the field `file`."""
    file = r.sent_file()
    prepared = r.ask(
        "clients",
        "prepare_document",
        client_id=str(client_id),
        filename=file.filename,
        content_type=file.mimetype or "application/octet-stream",
    )
    # The bytes go straight to the object store; only their measure travels on the bus.
    stored = r.gateway().object_store.put(prepared["key"], file.stream, file.mimetype or "application/octet-stream")
    return r.ask(
        "clients",
        "complete_document",
        document_id=prepared["document_id"],
        size=stored.size,
        sha256=stored.sha256,
    )


@routes.route("DELETE", "/documents/<uuid:document_id>", answers=d.Done)
def delete_document(document_id: Any) -> dict[str, Any]:
    """Remove a document and its file, for good."""
    return r.ask("clients", "delete_document", document_id=str(document_id))


@routes.route("GET", "/documents/<uuid:document_id>", answers={302: None})
def get_document(document_id: Any) -> Response:
    """Download a document: answers with a link that is good for five minutes."""
    found = r.ask("clients", "document_link", document_id=str(document_id))
    return redirect(found["url"])  # type: ignore[return-value]  # werkzeug's response is Flask's here


def _changes(body: s.ClientChange | s.ContactChange) -> dict[str, Any]:
    taken = s.changes(body)
    return taken | {"changes": with_custom(taken["changes"], body.custom)}


def _check_deal(client_id: str, deal_id: str) -> None:
    """What happened is about a deal of this client, which its service knows and the person may see."""
    try:
        deal = r.ask("deals", "get_deal", deal_id=deal_id)
    except NotFound:
        deal = {}
    if deal.get("client_id") != client_id:
        raise Invalid("this is no deal of this client", field="deal_id")


def check_owner(owner_id: str | None, field: str = "owner_id") -> None:
    """Clients belong to people in sales and to admins; the field is what a refusal names."""
    if owner_id is None:
        return
    signed_in = r.signed_in().actor
    if signed_in.role == "sales" and owner_id != signed_in.id:
        raise Forbidden("only an admin may give a client to somebody else")
    with r.gateway().database.read() as session:
        if not users.can_own(session, owner_id):
            raise Invalid("this is nobody who can own clients: an active person in sales or an admin", field=field)
