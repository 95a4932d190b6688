"""For admins: how each way to the outside stands, and a check of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from libs.common.integrations import tested
from libs.common.problems import NotFound, Problem
from libs.common.rpc.client import Call
from services.gateway import integrations
from services.gateway.api import requests as r
from services.gateway.api.documents import Document
from services.gateway.api.routing import ADMIN, Routes

routes = Routes("integrations")


class CheckDocument(Document):
    """What a check found, in plain words."""

    at: datetime
    ok: bool
    message: str
    ms: int


class TestDocument(CheckDocument):
    name: str


class IntegrationDocument(Document):
    """``available`` is false where the owning service did not answer; then ``detail`` says so and the rest is null."""

    name: str
    label: str
    service: str
    available: bool
    configured: bool | None
    mode: Literal["live", "test", "sandbox", "built-in", "off"] | None
    detail: str
    last_success_at: datetime | None
    last_success: str | None
    last_error_at: datetime | None
    last_error: str | None
    counts: dict[str, int]
    last_test: CheckDocument | None


class Integrations(Document):
    items: list[IntegrationDocument]
    unavailable: list[str]


@routes.route("GET", "/integrations", who=ADMIN, answers=Integrations)
def list_integrations() -> dict[str, Any]:
    """The ways to the outside, mail and WhatsApp among them.

    For each: what is set up, what went well and wrong last, what the last check found.
    """
    answers = r.ask_many([Call(service, "integration_status") for service in integrations.SERVICES])
    items: list[dict[str, Any]] = []
    unavailable = []
    for service, found in zip(integrations.SERVICES, answers, strict=True):
        missing = isinstance(found, Problem)
        listed = integrations.unavailable_items(service, found.detail) if isinstance(found, Problem) else found["items"]
        items += [item | {"service": service, "available": not missing} for item in listed]
        unavailable += [service] if missing else []
    own = integrations.object_store_item(r.gateway().settings)
    items.append(own | {"service": "gateway", "available": True})
    with r.gateway().database.read() as session:
        checks = integrations.last_checks(session)
    return {"items": [item | {"last_test": checks.get(item["name"])} for item in items], "unavailable": unavailable}


@routes.route("POST", "/integrations/<name>/test", who=ADMIN, answers=TestDocument)
def test_integration(name: str) -> dict[str, Any]:
    """Ask the outside itself whether it answers, within about 8 seconds. Nothing is sent to anybody."""
    found = _asked(name)
    with r.gateway().database.unit_of_work(r.context()) as uow:
        return integrations.note(uow, name, found)


def _asked(name: str) -> dict[str, Any]:
    if name == integrations.OWN:
        return tested(name, {name: integrations.check_of(r.gateway().object_store)})
    if name not in integrations.OWNERS:
        raise NotFound("there is no such integration")
    service, _label = integrations.OWNERS[name]
    return r.ask(service, "test_integration", name=name)
