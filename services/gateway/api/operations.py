"""For those who run it: traces, dead letters, health, metrics, and the files that links lead to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, stream_with_context
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import select

from libs.common import dead_letters, health, telemetry
from libs.common import trace as trace_of
from libs.common.object_store import content_disposition
from libs.common.problems import NotFound, Problem
from libs.common.rpc.client import Call
from services.gateway import intake
from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api.answers import answer
from services.gateway.api.routing import ADMIN, ANYBODY, Routes
from services.gateway.models import request_log

routes = Routes("operations")
root_routes = Routes("health", prefix="")

SERVICES = ("clients", "deals", "billing", "notifications", "ai")
_RECENT = ("correlation_id", "method", "path", "status", "actor_id", "started_at", "milliseconds")
_UNKNOWN = {"ready": False, "database": None, "broker": None}


@routes.route("GET", "/traces/<reference>", who=ADMIN, answers=d.Trace)
def get_trace(reference: str) -> dict[str, Any]:
    """Every hop of one request through the services, with milliseconds, oldest first."""
    if "\x00" in reference or len(reference) > 100:
        raise NotFound("there is no request of this reference")
    answers = r.ask_many([Call(service, "trace", {"reference": reference}) for service in SERVICES])
    with r.gateway().database.read() as session:
        hops = [*_own_hops(session, reference), *trace_of.hops(session, "gateway", reference)]
    missing = []
    for service, found in zip(SERVICES, answers, strict=True):
        if isinstance(found, Problem):
            missing.append(service)
        else:
            hops += found
    if not hops:
        raise NotFound("there is no request of this reference")
    return {"reference": reference, "hops": sorted(hops, key=lambda hop: str(hop["at"])), "unavailable": missing}


@routes.route("GET", "/dead-letters", who=ADMIN, answers=d.DeadLetters)
def list_dead_letters() -> dict[str, Any]:
    """Events that could not be applied, of all services, newest first."""
    answers = r.ask_many([Call(service, "list_dead_letters", {"limit": 200}) for service in SERVICES])
    with r.gateway().database.read() as session:
        items = [row | {"service": "gateway"} for row in dead_letters.listed(session)]
    for found in answers:
        items += [] if isinstance(found, Problem) else found
    missing = [service for service, found in zip(SERVICES, answers, strict=True) if isinstance(found, Problem)]
    items.sort(key=lambda item: str(item["created_at"]), reverse=True)
    return {"items": items, "next_cursor": None, "total": len(items), "unavailable": missing}


@routes.route("POST", "/dead-letters/<uuid:letter_id>/replay", who=ADMIN, answers=d.Done)
def replay_dead_letter(letter_id: Any) -> dict[str, Any]:
    """Send a dead letter to its service again."""
    calls = [Call(service, "replay_dead_letter", {"letter_id": str(letter_id)}) for service in SERVICES]
    answers = r.ask_many(calls)
    found = [each for each in answers if not isinstance(each, NotFound)]
    if not found:
        raise NotFound("there is no such dead letter")
    if isinstance(found[0], Problem):
        raise found[0]
    return dict(found[0])


@routes.route("GET", "/status", who=ADMIN, answers=d.Ready)
def status() -> dict[str, Any]:
    """How each service is: database, broker, unsent events, dead letters; and the forms that wait."""
    state = _readiness()
    answers = r.ask_many([Call(service, "readiness") for service in SERVICES])
    services = {
        service: _UNKNOWN | {"problem": found.detail} if isinstance(found, Problem) else found
        for service, found in zip(SERVICES, answers, strict=True)
    }
    return state | {"services": {"gateway": state} | services}


@root_routes.route("GET", "/health", who=ANYBODY, answers=d.Health)
def get_health() -> dict[str, Any]:
    """Whether this process answers."""
    return {"alive": True}


@root_routes.route("GET", "/ready", who=ANYBODY, answers={200: None, 503: None})
def get_ready() -> Response:
    """Whether the gateway can do its work: database and broker. Dead letters of all services show, never fail it."""
    state = _readiness()
    if state["ready"]:
        asked = r.ask_many([Call(name, "readiness") for name in SERVICES], seconds=3.0)
        answers = dict(zip(SERVICES, asked, strict=True))
        lost = [found["dead_letters"] or 0 for found in answers.values() if not isinstance(found, Problem)]
        state["dead_letters"] = (state["dead_letters"] or 0) + sum(lost)
        state["unavailable"] = [name for name, found in answers.items() if isinstance(found, Problem)]
    return answer(state, 200 if state["ready"] else 503)


@root_routes.route("GET", "/metrics", who=ANYBODY, answers={200: None}, content_type="text/plain")
def get_metrics() -> Response:
    """Metrics for Prometheus, of all workers of this address together."""
    return Response(telemetry.exposition(), content_type=CONTENT_TYPE_LATEST)


@root_routes.route("GET", "/files/<token>", who=ANYBODY, answers={200: None}, content_type="application/octet-stream")
def get_file(token: str) -> Response:
    """The file that a short-lived link leads to."""
    store = r.gateway().object_store
    key, filename, content_type = store.opened(token)
    response = Response(stream_with_context(store.stream(key)), content_type=content_type)
    response.headers["Content-Disposition"] = content_disposition(filename)
    # What somebody uploaded must not run as a page of ours.
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def recent_requests(limit: int = 15) -> list[dict[str, Any]]:
    """The writes that came last, to choose one whose way is of interest."""
    columns = [request_log.c[name] for name in _RECENT]
    newest = select(*columns).order_by(request_log.c.started_at.desc()).limit(limit)
    with r.gateway().database.read() as session:
        return [dict(row._mapping) for row in session.execute(newest)]


def _readiness() -> dict[str, Any]:
    runtime = r.gateway()
    state = health.readiness(runtime)
    if state["database"]:
        with runtime.database.read() as session:
            state["forms_waiting"] = intake.waiting(session)
    return state


def _own_hops(session: Any, reference: str) -> list[dict[str, Any]]:
    """The requests of this reference at the gateway, and the calls they made."""
    hops = []
    for row in session.execute(select(request_log).where(request_log.c.correlation_id == reference)):
        name = f"{row.method} {row.path} → {row.status}"
        hops.append(_hop("http", name, row.started_at, row.milliseconds))
        for call in row.calls:
            at = row.started_at + timedelta(milliseconds=call["offset_ms"])
            hops.append(_hop("rpc call", call["name"], at, call["ms"]))
    return hops


def _hop(kind: str, name: str, at: Any, milliseconds: float | None) -> dict[str, Any]:
    hop = {"service": "gateway", "kind": kind, "name": name, "at": at, "ms": milliseconds}
    return hop | {"event_id": None, "detail": None}
