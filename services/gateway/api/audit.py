"""The audit log, for admins: search, export, and whether it is whole."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any, Literal

import orjson
from flask import Response, stream_with_context
from pydantic import AwareDatetime, Field

from libs.common.audit import notes
from libs.common.object_store import content_disposition
from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.routing import ADMIN, Routes
from services.gateway.api.values import Body, Name
from services.gateway.audit_log import Logs

routes = Routes("audit log")

Instant = Annotated[AwareDatetime, Field(description="With its offset from UTC, as in 2026-01-31T12:00:00Z.")]
COLUMNS = (
    "at service seq actor_id actor_role actor_name address action record record_id subject changes erased "
    "correlation_id hash".split()
)
# What a spreadsheet would take for a formula when a cell begins with it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class AuditSelection(Body):
    service: Literal["ai", "billing", "clients", "deals", "gateway", "notifications"] | None = None
    actor_id: Name | None = None
    record: Name | None = None
    record_id: Annotated[Name | None, Field(description="A row's id, or the id of whom its values are about.")] = None
    action: Name | None = None
    correlation_id: Name | None = None
    from_: Annotated[Instant | None, Field(alias="from")] = None
    to: Instant | None = None

    def given(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude_unset=True, by_alias=True)


class AuditFilters(AuditSelection, s.Page):
    pass


class AuditEntry(d.Document):
    """One thing that was done. ``changes`` holds each field's value before and after, ``[null, …]`` where there was
    none; personal values of whom the key was destroyed are left out, and ``erased`` says so."""

    at: datetime
    service: str
    seq: int
    action: str
    record: str
    record_id: str
    subject: str
    actor_id: str
    actor_role: str
    actor_name: str
    address: str
    correlation_id: str | None
    changes: dict[str, list[Any]]
    erased: bool
    hash: str


class AuditPage(d.ListOf[AuditEntry]):
    unavailable: list[str]


class Chain(d.Document):
    service: str
    entries: int
    last_seq: int
    last_hash: str | None
    ok: bool
    broken_at: int | None
    problem: str


class Chains(d.Document):
    ok: bool
    items: list[Chain]
    unavailable: list[str]


@routes.route("GET", "/audit", who=ADMIN, query=AuditFilters, answers=AuditPage)
def search_audit(query: AuditFilters) -> Response:
    """Who did what to which row, when, from where, before and after; newest first, of all services.

    `total` counts 10,000 at most in each service. Times are instants; `to` is not included. Values stand as they were
    kept: amounts in the smallest unit of their currency, under names that end in `_minor`.
    """
    return Response(orjson.dumps(found(query)), content_type="application/json")


@routes.route("GET", "/audit/export", who=ADMIN, query=AuditSelection, answers={200: None}, content_type="text/csv")
def export_audit(query: AuditSelection) -> Response:
    """The same as a CSV file, all of it. That it was taken is itself an entry."""
    given = query.given()
    # The first page is asked for before anything is answered: a service that is away is a refusal, no broken file.
    pages = logs().pages(given)
    first = next(pages)
    with r.gateway().database.unit_of_work(r.context()) as uow:
        actor = uow.actor.id
        notes.note(uow.session, uow.context, "exported", record="audit_log", record_id="", subject=actor, said=given)
    response = Response(stream_with_context(_written(first, pages)), content_type="text/csv; charset=utf-8")
    name = f"audit-log-{datetime.now(UTC):%Y-%m-%d}.csv"
    response.headers["Content-Disposition"] = content_disposition(name)
    return response


@routes.route("GET", "/audit/verify", who=ADMIN, answers=Chains)
def verify_audit() -> dict[str, Any]:
    """Whether every service's chain is whole, and still holds the end it had when it was checked last."""
    return logs().verified()


def found(query: AuditFilters) -> dict[str, Any]:
    """A page of entries, as it is answered."""
    given = query.given()
    cursor, limit = given.pop("cursor", None), given.pop("limit", None)
    return logs().page(given, cursor, limit)


def logs() -> Logs:
    """All logs, asked on behalf of this request."""
    return Logs(r.gateway().database, partial(r.ask_many, seconds=r.READ_SECONDS), r.context())


def _written(first: list[dict[str, Any]], rest: Iterator[list[dict[str, Any]]]) -> Iterator[str]:
    yield _lines([list(COLUMNS)])
    yield _lines([_row(entry) for entry in first])
    for entries in rest:
        yield _lines([_row(entry) for entry in entries])


def _row(entry: dict[str, Any]) -> list[str]:
    return [_cell(entry[name]) for name in COLUMNS]


def _cell(value: Any) -> str:
    """A value as a cell; an apostrophe keeps a spreadsheet from computing what somebody typed."""
    if isinstance(value, dict | list):
        written = orjson.dumps(value).decode()
    else:
        written = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return f"'{written}" if written.startswith(_FORMULA) else written


def _lines(rows: list[list[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue()
