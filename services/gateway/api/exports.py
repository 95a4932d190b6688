"""Taking data away: the lists, with their filters, as CSV and XLSX; and everything at once, as the import takes it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from typing import Any

from flask import Response, stream_with_context
from pydantic import BaseModel
from sqlalchemy import func, select

from libs.common import conditions
from libs.common.object_store import content_disposition
from libs.reporting.sheets import CSV_TYPE, XLSX_TYPE
from services.gateway.api import clients, custom_fields, invoices
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.client_filters import from_service
from services.gateway.api.deal_filters import DealFilters
from services.gateway.api.routing import ADMIN, Routes
from services.gateway.models import users
from services.gateway.taking import Columns, Row, Rows, csv_pieces, xlsx_pieces, zip_pieces

routes = Routes("exports")

ZIP_TYPE = "application/zip"
_PAGE = 1000
_INVOICES_PAGE = 200
_VERSION = frozenset({"version"})

FIELDS = Columns("custom_fields", "entity key label kind options archived".split())
SEGMENTS = Columns("segments", "name shared owner filters sort currency".split())
CLIENTS = Columns(
    "clients",
    "id company_name email phone website industry status source address city state country notes tags owner owner_id"
    " lifetime_value currency last_activity_at waiting_since created_at updated_at version".split(),
    frozenset({"lifetime_value"}),
    _VERSION,
    entity="client",
)
CONTACTS = Columns(
    "contacts",
    "id client_id company_name first_name last_name email phone job_title is_primary created_at updated_at"
    " version".split(),
    numbers=_VERSION,
    entity="contact",
)
DEALS = Columns(
    "deals",
    "id deal_name client_id company_name deal_value currency stage source description expected_close_date"
    " actual_close_date created_on lost_reason history tags owner owner_id ai_score updated_at version".split(),
    frozenset({"deal_value"}),
    _VERSION | {"ai_score"},
    entity="deal",
)
ACTIVITIES = Columns(
    "activities",
    "id client_id company_name contact_id deal_id type subject description occurred_at due_at done_at assignee"
    " assignee_id actor_name created_at updated_at version".split(),
    numbers=_VERSION,
)
INVOICES = Columns(
    "invoices",
    "id invoice_number status overdue client_id company_name deal_id amount tax discount_percent tax_percent currency"
    " due_date paid_date payment_method payment_reference description created_at updated_at version".split(),
    frozenset({"amount", "tax"}),
    _VERSION | {"discount_percent", "tax_percent"},
)


@dataclass(frozen=True)
class Export:
    """One list that can be taken away: its columns, the filters it takes, and what asks for its rows.

    asked: what the service is asked for, as the query says it: ``{filters}``, and the order where it keeps one.
    """

    columns: Columns
    query: type[BaseModel]
    pages: Callable[[dict[str, Any]], Iterator[list[Row]]]
    asked: Callable[[Any], dict[str, Any]]


def _pages(
    service: str, method: str, limit: int = _PAGE, **more: Any
) -> Callable[[dict[str, Any]], Iterator[list[Row]]]:
    def pages(asked: dict[str, Any]) -> Iterator[list[Row]]:
        cursor: str | None = None
        while True:
            found = r.ask(service, method, **more, **asked, limit=limit, cursor=cursor)
            yield found["items"]
            if (cursor := found["next_cursor"]) is None:
                return

    return pages


def _of_clients(query: s.ClientFilters) -> dict[str, Any]:
    return _whole(clients.list_arguments(query))


def _about_clients(query: s.ClientFilters) -> dict[str, Any]:
    return {"filters": clients.list_arguments(query)["filters"]}


def _of_deals(query: DealFilters) -> dict[str, Any]:
    return _whole(s.paged(query.given()))


def _of_invoices(query: s.InvoiceFilters) -> dict[str, Any]:
    return _whole(s.paged(invoices.filters_of(query)))


def _whole(asked: dict[str, Any]) -> dict[str, Any]:
    """All of a list in its order, instead of one page of it."""
    return {name: value for name, value in asked.items() if name not in ("limit", "cursor")}


EXPORTS = (
    Export(CLIENTS, s.ClientFilters, _pages("clients", "export_page", what="clients"), _of_clients),
    Export(CONTACTS, s.ClientFilters, _pages("clients", "export_page", what="contacts"), _about_clients),
    Export(DEALS, DealFilters, _pages("deals", "export_deals"), _of_deals),
    Export(ACTIVITIES, s.ClientFilters, _pages("clients", "export_page", what="activities"), _about_clients),
    Export(INVOICES, s.InvoiceFilters, _pages("billing", "list_invoices", _INVOICES_PAGE), _of_invoices),
)


def columns_of(export: Export) -> Columns:
    """The columns of a list as they are today: with one for each field that the company made, archived ones too, since
    records keep their values."""
    entity = export.columns.entity
    if entity is None:
        return export.columns
    fields = r.ask(custom_fields.OWNERS[entity], "list_custom_fields", entity=entity)["items"]
    return export.columns.with_own([each["key"] for each in fields])


def own_fields() -> Rows:
    """The fields that the company made, as rows: of choices the options, as JSON."""
    for entity, service in custom_fields.OWNERS.items():
        for each in r.ask(service, "list_custom_fields", entity=entity)["items"]:
            yield field_row(each)


def field_row(field: Row) -> Row:
    """A field as a row of such a list."""
    return {**field, "options": json.dumps(field["options"], ensure_ascii=False) if field["options"] else ""}


def own_segments() -> Rows:
    """The segments that whoever asks is offered, as rows."""
    pages = _pages("clients", "export_page", what="segments")({"filters": {}})
    found = [row for page in pages for row in page]
    return segment_rows(found, _addresses(), r.gateway().settings.base_currency)


def segment_rows(found: Iterable[Row], people: Mapping[str, str], base: str) -> Rows:
    """Segments as rows of such a list, in an order that is the same everywhere. Their owners, and the people whom their
    filters name, stand there by address; amounts in major units of ``currency``. people: addresses by id."""

    def known(value: Any) -> Any:
        return [known(each) for each in value] if isinstance(value, list) else people.get(str(value), value)

    def row_of(row: Row) -> Row:
        filters = from_service(row["filters"], base)
        if "owner_id" in filters:
            filters["owner_id"] = known(filters["owner_id"])
        if "where" in filters:
            named = partial(_person_named, known)
            filters["where"] = conditions.with_values(filters["where"], named)
        said = {"owner": known(row["owner_id"]), "filters": conditions.as_json(filters, in_order=True)}
        return {**row, **said, "currency": base}

    return iter(sorted(map(row_of, found), key=lambda row: (row["name"].lower(), row["owner"], row["filters"])))


def _person_named(known: Callable[[Any], Any], field: Any, value: Any, _at: str) -> Any:
    return known(value) if field == "owner_id" else value


def rows(export: Export, asked: dict[str, Any]) -> Rows:
    """All rows, page after page. The first is asked for at once: a refusal is an answer and no broken file."""
    pages, people = export.pages(asked), _addresses()
    first = next(pages)
    return (_with_people(row, people) for page in chain([first], pages) for row in page)


def _with_people(row: Row, people: dict[str, str]) -> Row:
    """Owners by address too, since their ids mean nothing elsewhere."""
    named = {"owner": row.get("owner_id"), "assignee": row.get("assignee_id")}
    return {**row, **{name: people.get(str(user_id), "") for name, user_id in named.items()}}


def _addresses() -> dict[str, str]:
    """What the import knows people by: their addresses, the names of those who have none."""
    with r.gateway().database.read() as session:
        rows = session.execute(select(users.c.id, func.coalesce(users.c.email, users.c.name).label("known_by")))
        return {row.id: row.known_by for row in rows}


def _file(pieces: Iterator[bytes], name: str, kind: str) -> Response:
    response = Response(stream_with_context(pieces), content_type=kind)
    response.headers["Content-Disposition"] = content_disposition(name)
    return response


def _name(what: str, ending: str) -> str:
    return f"{what}-{datetime.now(UTC):%Y-%m-%d}.{ending}"


def _declare(export: Export, ending: str, kind: str) -> None:
    name = export.columns.name

    def view(query: Any) -> Response:
        found, columns = rows(export, export.asked(query)), columns_of(export)
        if ending == "csv":
            pieces = csv_pieces(columns, found)
        else:
            pieces = _begun(xlsx_pieces(columns, found, r.gateway().settings.base_currency))
        return _file(pieces, _name(name, ending), kind)

    view.__name__ = f"export_{name}_{ending}"
    about = {"contacts": "The people of the clients", "activities": "What happened with the clients"}
    what, order = about.get(name, f"The {name}"), "" if name in about else "in the order of `sort`, "
    view.__doc__ = (
        f"{what} that the filters of the list let through, {order}as {ending.upper()}.\n\n"
        "Columns carry the API's names, the company's own fields as in `client.custom.region`; amounts are in major "
        "units; what you see as a public card only is not in it. "
        "Text that a spreadsheet would run has an apostrophe before it."
    )
    path = f"/{name}/export.{ending}"
    routes.route("GET", path, query=export.query, answers={200: None}, content_type=kind)(view)


def _begun(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces, once the first of them is there: what is refused is refused before anything is sent."""
    return chain([next(pieces)], pieces)


for _export in EXPORTS:
    _declare(_export, "csv", CSV_TYPE)
    _declare(_export, "xlsx", XLSX_TYPE)


@routes.route("GET", "/export.zip", who=ADMIN, answers={200: None}, content_type=ZIP_TYPE)
def export_everything() -> Response:
    """The company's own fields, clients, contacts, deals, activities and invoices as CSV files of one archive, and your
    segments with those that are shared.

    `POST /imports` takes it as it is, but for the invoices.
    """
    tables: list[tuple[Columns, Callable[[], Rows]]] = [(FIELDS, own_fields), (SEGMENTS, own_segments)]
    tables += [(columns_of(each), partial(rows, each, {"filters": {}})) for each in EXPORTS]
    return _file(_begun(zip_pieces(tables)), _name("crm", "zip"), ZIP_TYPE)
