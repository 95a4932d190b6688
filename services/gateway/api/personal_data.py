"""What is known of one person, and erasing them: for admins."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import orjson
from flask import Response
from pydantic import Field

from libs.common.erasure import searching
from libs.common.object_store import content_disposition
from libs.common.problems import Problem
from libs.common.rpc.client import Call
from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.routing import ADMIN, Routes
from services.gateway.api.values import Body
from services.gateway.erasure import ERASURE

routes = Routes("personal data")

_SERVICES = ("ai", "billing", "clients", "deals", "notifications")
# Every table is looked through.
_SECONDS = 20.0

Service = Literal["ai", "billing", "clients", "deals", "gateway", "notifications"]


class KnownRow(d.Document):
    """``what`` is the table, ``data`` the row as it is kept: amounts in the smallest unit of their currency."""

    what: str
    id: str
    data: dict[str, Any]


class PersonalData(d.Document):
    """``missing``: services that did not answer; ask again for what they know."""

    contact_id: str
    taken_at: datetime
    services: dict[str, list[KnownRow]]
    missing: list[str]


class Erase(Body):
    reason: Annotated[str, Field(min_length=1, max_length=1000, description="Why; it stands on the receipt.")]
    version: int | None = None


class ErasedRows(d.Document):
    what: str
    rows: int


class KeptRow(d.Document):
    what: str
    id: str
    why: str


class ErasurePart(d.Document):
    """What one service did. ``again_at``: when it looks for copies that were on their way; ``final``: it has. What was
    overwritten in outbox, inbox, dead letters, commands and jobs goes as a whole after ``rows_go_after_days``."""

    service: Service
    swept_at: datetime
    again_at: datetime
    changed: list[ErasedRows]
    kept: list[KeptRow]
    audit_keys: int
    rows_go_after_days: int
    final: bool


class ErasureReceipt(d.Document):
    """``status``: asked (the services ``missing`` have not answered), erased, or settled: nothing is on its way."""

    id: str
    contact_id: str
    client_id: str
    reason: str
    asked_by: str
    asked_by_name: str
    asked_at: datetime
    erased_at: datetime | None
    settled_at: datetime | None
    status: Literal["asked", "erased", "settled"]
    missing: list[Service]
    parts: list[ErasurePart]
    version: int


@routes.route("GET", "/contacts/<uuid:contact_id>/personal-data", who=ADMIN, answers=PersonalData)
def get_personal_data(contact_id: Any) -> Response:
    """Every row of every service that names the person, as a file."""
    found = known(str(contact_id))
    response = Response(orjson.dumps(found, option=orjson.OPT_INDENT_2), content_type="application/json")
    response.headers["Content-Disposition"] = content_disposition(f"personal-data-{contact_id}.json")
    return response


@routes.route("POST", "/contacts/<uuid:contact_id>/erase", who=ADMIN, body=Erase, answers={202: ErasureReceipt})
def erase_contact(contact_id: Any, body: Erase) -> dict[str, Any]:
    """Erase the person in every service, but for what the law wants kept; the receipt fills as services answer.

    Sent again while a service has not answered, all are told again. It cannot be undone.
    """
    return r.ask("clients", "erase_contact", contact_id=str(contact_id), reason=body.reason, version=body.version)


@routes.route("GET", "/erasures", who=ADMIN, query=s.Page, answers=d.ListOf[ErasureReceipt])
def list_erasures(query: s.Page) -> dict[str, Any]:
    """All receipts, newest first."""
    return r.ask("clients", "list_erasures", **query.given())


@routes.route("GET", "/erasures/<uuid:erasure_id>", who=ADMIN, answers=ErasureReceipt)
def get_erasure(erasure_id: Any) -> dict[str, Any]:
    """What was erased where, what is kept and why, and when the rest goes."""
    return r.ask("clients", "get_erasure", erasure_id=str(erasure_id))


def known(contact_id: str) -> dict[str, Any]:
    """Everything known of a person, of all services at once."""
    person = r.ask("clients", "person", contact_id=contact_id)
    calls = [Call(service, "personal_data", {"person": person}) for service in _SERVICES]
    answers = dict(zip(_SERVICES, r.ask_many(calls, seconds=_SECONDS), strict=True))
    with r.gateway().database.read() as session:
        own = searching.known(session, r.context().actor, ERASURE, person)
    found = {name: answer for name, answer in answers.items() if not isinstance(answer, Problem)}
    return {
        "contact_id": contact_id,
        "taken_at": datetime.now(UTC).isoformat(),
        "services": found | {"gateway": own},
        "missing": [name for name in _SERVICES if name not in found],
    }
