"""The request at hand: its body, its actor, its context."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

import orjson
from flask import current_app, g, request
from limits import parse
from limits.strategies import FixedWindowRateLimiter
from pydantic import BaseModel
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import UnsupportedMediaType

from libs.common import commands
from libs.common.context import Context
from libs.common.database import UnitOfWork
from libs.common.identity import Actor, system_actor
from libs.common.ids import new_id
from libs.common.problems import BadRequest, Forbidden, Invalid, Unauthorized
from libs.common.rpc.client import Call
from services.gateway.accounts import api_keys, cookies, sessions
from services.gateway.accounts.client import Client
from services.gateway.wiring import GatewayRuntime

READ_SECONDS, WRITE_SECONDS = 8.0, 12.0
_KEY = re.compile(r"[!-~]{1,255}")


@dataclass
class Journal:
    """What this request did, for its trace."""

    correlation_id: str = field(default_factory=new_id)
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    started: float = field(default_factory=time.perf_counter)
    calls: list[dict[str, Any]] = field(default_factory=list)


def gateway() -> GatewayRuntime:
    """The runtime of the process that serves this request."""
    runtime: GatewayRuntime = current_app.extensions["crm"]
    return runtime


def journal() -> Journal:
    """The journal of this request."""
    if "journal" not in g:
        g.journal = Journal()
    found: Journal = g.journal
    return found


def address() -> str:
    """Where the request came from, as far as our own proxies can tell."""
    return request.remote_addr or ""


def client() -> Client:
    """From where the caller talks to us."""
    return Client(address(), request.headers.get("User-Agent", ""))


def limited(name: str, limit: str, whose: str) -> bool:
    """Whether this one is past a limit in the notation of ``limits``; it is counted."""
    limiter: FixedWindowRateLimiter = current_app.extensions["intake_limiter"]
    return not limiter.hit(parse(limit), name, whose)


def sign_in(who: frozenset[str]) -> None:
    """Find out who calls; Unauthorized without a live session, Forbidden in another role."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    cookie = request.cookies.get(cookies.NAME)
    if scheme.lower() == "bearer" and token.strip().startswith(api_keys.PREFIX):
        part, _dot, route = (request.endpoint or "").rpartition(".")
        asked = (request.method, part.replace("_", " "), route)
        g.signed_in = api_keys.signed_in(gateway().database, token.strip(), *asked)
    elif scheme.lower() == "bearer" and token.strip():
        session_id = current_app.extensions["access_tokens"].session_of(token.strip())
        g.signed_in = sessions.signed_in(gateway().database, session_id)
    elif cookie and not scheme:
        sign_in_browser(cookie)
    else:
        raise Unauthorized("send an access token: Authorization: Bearer <token>; POST /api/v1/auth/login gives one")
    if g.signed_in.actor.role not in who:
        raise Forbidden("your role does not allow this")


def sign_in_browser(cookie: str) -> None:
    """Find out whose cookie it is; Forbidden when a mutation was not sent by a page of ours."""
    settings = gateway().settings
    g.signed_in = sessions.of_cookie(gateway().database, settings, cookie)
    cookies.check(settings, request, cookie)


def signed_in() -> sessions.SignedIn:
    """The person who calls."""
    found: sessions.SignedIn = g.signed_in
    return found


def context(actor: Actor | None = None) -> Context:
    """The context of this request: its person (or the gateway itself), key and deadline."""
    mutates = request.method not in ("GET", "HEAD", "OPTIONS")
    found = Context(
        actor=actor or (g.signed_in.actor if "signed_in" in g else system_actor("gateway")),
        correlation_id=journal().correlation_id,
        idempotency_key=idempotency_key() if mutates else None,
        address=address(),
    )
    return found.within(WRITE_SECONDS if mutates else READ_SECONDS)


def idempotency_key() -> str:
    """The caller's key, else one of our own: RabbitMQ may hand a call to a service twice."""
    given: str | None = request.headers.get("Idempotency-Key", g.get("form_key"))
    if given is None:
        return journal().correlation_id
    if not _KEY.fullmatch(given):
        raise Invalid("an Idempotency-Key has 1 to 255 printable characters and no spaces", field="Idempotency-Key")
    return given


def once(method: str, arguments: dict[str, Any], handler: Callable[[UnitOfWork], Any]) -> Any:
    """Run a command of the gateway's own; sent again with its key, it answers what it answered first.

    arguments: what tells whether a repeat is the same request. No secret belongs in it: its hash is kept.
    """
    with gateway().database.unit_of_work(context()) as uow:
        new, response = commands.begin(uow, method, arguments)
        if new:
            # As JSON already, so that the repeat is the same to the letter.
            response = orjson.loads(orjson.dumps(handler(uow), option=orjson.OPT_NON_STR_KEYS | orjson.OPT_UTC_Z))
            commands.finish(uow, method, response)
    return response


def ask(service: str, method: str, *, as_: Actor | None = None, **arguments: Any) -> dict[str, Any]:
    """Ask a service on behalf of this request; its problems are raised."""
    started = time.perf_counter()
    try:
        answer = gateway().rpc.call(context(as_), service, method, seconds=_seconds(), **arguments)
        return cast(dict[str, Any], answer)
    finally:
        note_call(f"{service}.{method}", started)


def ask_many(calls: list[Call], seconds: float = 5.0) -> list[Any]:
    """Ask several services at once; a problem stands in the place of an answer that did not come."""
    started = time.perf_counter()
    try:
        return gateway().rpc.call_many(context(), calls, seconds=seconds)
    finally:
        note_call(", ".join(str(call) for call in calls), started)


def calls_made() -> int:
    """How many RPC calls this request made so far."""
    return sum(len(call["name"].split(", ")) for call in journal().calls)


def note_call(name: str, started: float) -> None:
    """Write an RPC call into the journal."""
    milliseconds = round((time.perf_counter() - started) * 1000, 1)
    offset = round((started - journal().started) * 1000, 1)
    journal().calls.append({"name": name, "offset_ms": offset, "ms": milliseconds})


def json_body() -> Any:
    """The body as JSON, numbers exact; BadRequest when it cannot be read."""
    kind = request.mimetype
    if kind not in ("", "application/json") and not kind.endswith("+json"):
        raise UnsupportedMediaType("send JSON with Content-Type: application/json")
    raw = request.get_data(cache=False)
    if not raw:
        raise BadRequest("a JSON body is needed")
    try:
        # orjson refuses what JSON does not allow (NaN, half a surrogate pair); json keeps decimals exact.
        read = orjson.loads(raw)
        document = json.loads(raw, parse_float=Decimal, object_pairs_hook=_object)
    except (ValueError, ArithmeticError, RecursionError):
        raise BadRequest("the body is not valid JSON") from None
    check_depth(read, "the body")
    return document


def check_depth(document: Any, name: str) -> None:
    """BadRequest where JSON is nested deeper than one service can tell another, in what it wraps around it."""
    try:
        orjson.dumps([[[[[[[[document]]]]]]]])
    except TypeError:
        raise BadRequest(f"{name} is nested too deep") from None


def sent_file() -> FileStorage:
    """The field ``file`` of a form; Invalid where there is none."""
    if request.mimetype != "multipart/form-data":
        raise UnsupportedMediaType("send multipart/form-data with the field file")
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid("a file is needed", field="file")
    return file


def query_values(model: type[BaseModel]) -> dict[str, Any]:
    """Query parameters; one that is given twice is a list where the model takes one."""
    values: dict[str, Any] = {}
    for name in request.args:
        given = request.args.getlist(name)
        takes_list = "list" in str(model.model_fields[name].annotation) if name in model.model_fields else False
        if len(given) > 1 and not takes_list:
            raise Invalid(f"{name} is given more than once", field=name)
        values[name] = given if takes_list else given[0]
        if any("\x00" in each for each in given):
            raise Invalid(f"{name} holds a character that cannot be searched for", field=name)
    return values


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names differ: of two amounts under one name nobody can tell which was meant."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Invalid(f"{name} is given more than once", field=name)
        found[name] = value
    return found


def _seconds() -> float:
    return READ_SECONDS if request.method in ("GET", "HEAD") else WRITE_SECONDS
