"""The Flask application: routes, errors, limits, and the log of requests."""

from __future__ import annotations

import time
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from uuid import UUID

from flask import Flask, Response, g, jsonify, request
from limits.strategies import FixedWindowRateLimiter
from sqlalchemy import insert, text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix

from libs.common.context import Context
from libs.common.database import is_outage
from libs.common.ids import new_id
from libs.common.logging import get_logger
from libs.common.money import MoneyError
from libs.common.problems import BadRequest, Invalid, NotFound, Problem, TooLarge, Unavailable
from services.gateway import observing
from services.gateway.accounts import cookies, watching
from services.gateway.accounts.sessions import AccessTokens
from services.gateway.api import (
    accounts,
    ai,
    api_keys,
    audit,
    bulk,
    clients,
    company,
    conversations,
    custom_fields,
    deals,
    email_drafts,
    exports,
    guide,
    import_previews,
    imports,
    intake,
    integrations,
    invoices,
    joining,
    me,
    meetings,
    notes,
    notices,
    operations,
    own_sessions,
    people_lists,
    personal_data,
    pipeline,
    previews,
    rates,
    requests,
    scores,
    search,
    second_factor,
    segments,
    shadowing,
    targets,
    tasks,
    webhooks,
)
from services.gateway.api.answers import problem_answer
from services.gateway.api.openapi import document
from services.gateway.api.reports import figures, files, mailed
from services.gateway.api.routing import WRITES
from services.gateway.audit_log import VISITOR
from services.gateway.models import request_log
from services.gateway.rate_limits import DatabaseStorage
from services.gateway.web import site
from services.gateway.web.patience import Patience
from services.gateway.web.reference import reference_page
from services.gateway.wiring import GatewayRuntime

log = get_logger(__name__)

FORBIDDEN = 403

ROUTES = (
    intake.routes,
    accounts.routes,
    joining.routes,
    people_lists.routes,
    me.routes,
    own_sessions.routes,
    second_factor.routes,
    api_keys.routes,
    search.routes,
    bulk.routes,
    imports.routes,
    import_previews.routes,
    exports.routes,
    clients.routes,
    segments.routes,
    shadowing.routes,
    personal_data.routes,
    tasks.routes,
    meetings.routes,
    rates.routes,
    custom_fields.routes,
    deals.routes,
    pipeline.routes,
    scores.routes,
    figures.routes,
    files.routes,
    mailed.routes,
    targets.routes,
    notes.routes,
    invoices.routes,
    previews.routes,
    notices.routes,
    ai.routes,
    email_drafts.routes,
    guide.routes,
    conversations.routes,
    webhooks.routes,
    company.routes,
    integrations.routes,
    operations.routes,
    audit.routes,
    operations.root_routes,
)


def create_app(runtime: GatewayRuntime) -> Flask:
    """The application on a runtime."""
    return settle(routed(), runtime)


def settle(app: Flask, runtime: GatewayRuntime) -> Flask:
    """Let an application answer from a runtime, and from no other that it had before."""
    settings = runtime.settings
    app.config["MAX_CONTENT_LENGTH"] = settings.max_document_bytes
    app.extensions["crm"] = runtime
    app.extensions["access_tokens"] = AccessTokens(settings.actor_private_key, settings.access_minutes)
    app.extensions["intake_limiter"] = FixedWindowRateLimiter(DatabaseStorage(runtime.database))
    app.extensions["patience"] = Patience()
    inner = Flask.wsgi_app.__get__(app)
    if settings.trusted_proxies:
        inner = ProxyFix(inner, x_for=settings.trusted_proxies, x_proto=1)
    app.wsgi_app = observing.Observed(inner)  # type: ignore[method-assign]  # as Flask's manual does it
    return app


def routed() -> Flask:
    """The application with all its routes and pages, on no runtime yet. Hundreds of routes take half a second."""
    app = Flask(__name__, static_folder=None, template_folder="web/templates")
    app.json.sort_keys = False  # type: ignore[attr-defined]  # Flask's own provider has it
    app.url_map.strict_slashes = False
    for routes in ROUTES:
        app.register_blueprint(routes.blueprint)
    site.install(app)
    app.before_request(_begin)
    app.after_request(_end)
    app.register_error_handler(Exception, _as_problem)
    app.add_url_rule("/openapi.json", "openapi", lambda: jsonify(_document()))
    app.add_url_rule("/docs", "docs", lambda: reference_page(_document()))
    return app


@cache
def _document() -> dict[str, Any]:
    return document([each for routes in ROUTES for each in routes.operations], _version())


def _version() -> str:
    try:
        return version("amo-crm")
    except PackageNotFoundError:
        return "0.1.0"


# Meta: a webhook's body has up to 3 MB.
_LARGEST_DELIVERY = 3 * 1024 * 1024


def _begin() -> Response | None:
    requests.journal()
    if request.path.startswith("/api/v1/intake/") and request.method == "OPTIONS":
        return Response(status=204)
    largest = requests.gateway().settings.max_body_bytes
    if request.path == "/api/v1/webhooks/whatsapp":
        largest = max(largest, _LARGEST_DELIVERY)
    if request.mimetype != "multipart/form-data" and (request.content_length or 0) > largest:
        raise TooLarge(f"a body has at most {largest:,} bytes")
    return None


def _end(response: Response) -> Response:
    journal = requests.journal()
    observing.note(request, g.signed_in.actor.id if "signed_in" in g else "", journal.correlation_id)
    response.headers["X-Correlation-Id"] = journal.correlation_id
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cache-Control", "no-store")
    if cookies.is_secure(requests.gateway().settings, request):
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    _allow_origin(response)
    if request.method in WRITES:
        _write_log(response)
    if response.status_code == FORBIDDEN:
        _note_refusal()
    return response


def _note_refusal() -> None:
    """Who was not let do what, for the audit log."""
    who = g.signed_in.actor if "signed_in" in g else VISITOR
    context = Context(actor=who, correlation_id=requests.journal().correlation_id, address=requests.address())
    arguments = request.view_args or {}
    said = {"method": request.method, "path": observing.shown_path(request.path, arguments)}
    row = next((str(value) for value in arguments.values() if isinstance(value, UUID)), "")
    watching.refused(requests.gateway().database, context, said, row)


def _allow_origin(response: Response) -> None:
    """Browsers of the websites we were told of may post forms; nobody else may call across origins."""
    origin = request.headers.get("Origin")
    allowed = [each.strip() for each in requests.gateway().settings.intake_origins.split(",") if each.strip()]
    if request.path.startswith("/api/v1/intake/") and origin in allowed:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Allow-Methods"] = "POST"
        response.headers["Access-Control-Allow-Headers"] = "Content-Type, Idempotency-Key"
        response.headers["Vary"] = "Origin"


def _write_log(response: Response) -> None:
    """One row a write, for its trace. A log that cannot be written does not undo what was done."""
    journal = requests.journal()
    row = {
        "id": new_id(),
        "correlation_id": journal.correlation_id,
        "method": request.method,
        "path": observing.shown_path(request.path, request.view_args),
        "status": response.status_code,
        "actor_id": g.signed_in.actor.id if "signed_in" in g else "",
        "address": requests.address(),
        "started_at": journal.started_at,
        "milliseconds": round((time.perf_counter() - journal.started) * 1000, 1),
        "calls": journal.calls,
    }
    try:
        with requests.gateway().database.engine.begin() as connection:
            # Nobody waits for the disk: the last rows before a power cut may be missing.
            connection.execute(text("SET LOCAL synchronous_commit = off"))
            connection.execute(insert(request_log).values(row))
    except SQLAlchemyError as error:
        log.warning("the request log could not be written", error=type(error).__name__)


def _as_problem(error: Exception) -> Response:
    problem = _problem_of(error)
    if problem.status >= 500 and not isinstance(error, Problem):
        log.error("a request failed", path=observing.shown_path(request.path, request.view_args), exc_info=error)
    problem.extra = {"correlation_id": requests.journal().correlation_id} | problem.extra
    response = site.refused(problem) if site.wants_page() else problem_answer(problem)
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return response


def _problem_of(error: Exception) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, MoneyError):
        return Invalid(str(error), field=getattr(error, "field", None))
    if isinstance(error, RequestEntityTooLarge):
        return TooLarge("this is larger than we take")
    if isinstance(error, HTTPException):
        return _problem_of_http(error)
    if is_outage(error):
        return Unavailable("the gateway's database is not answering; try again in a moment")
    return Problem("this could not be done; the error was recorded")


def _problem_of_http(error: HTTPException) -> Problem:
    code = error.code or 500
    if code == 404:
        return NotFound("there is no such page")
    problem: Any = BadRequest(error.description or "the request could not be read")
    if code != 400:
        # 405, 415 and their like keep their own status.
        problem.status, problem.code, problem.title = code, error.name.lower().replace(" ", "_"), error.name
    return problem  # type: ignore[no-any-return]  # a BadRequest with another status
