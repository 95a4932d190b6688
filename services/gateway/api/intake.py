"""Forms from websites: anybody may send one, and none is lost."""

from __future__ import annotations

import time
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask import current_app, g, request
from limits import parse
from limits.strategies import FixedWindowRateLimiter
from pydantic import BaseModel

from libs.common.ids import new_id
from libs.common.problems import Invalid, Problem, TooManyRequests, Unavailable
from services.gateway import intake
from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.routing import ANYBODY, Routes

routes = Routes("intake")

# How long the sender waits for the services before the form is left to the worker.
_SECONDS = 4.0
_STEPS = {"contact": "clients.submit_contact", "brief": "clients.submit_contact, deals.submit_brief"}
_TAKEN: dict[int, type[BaseModel] | None] = {201: d.Receipt, 202: d.Receipt}
_LOOPBACK = ("127.0.0.1", "::1")


@routes.route("POST", "/intake/contact", who=ANYBODY, body=s.ContactForm, answers=_TAKEN, refusals=(429,))
def submit_contact(body: s.ContactForm) -> dict[str, Any]:
    """Send a contact form.

    201 when it is in; 202 when it is kept and will be played in later. Sent again, it answers the same reference.
    """
    return _take("contact", body, _person(body, ""))


@routes.route("POST", "/intake/brief", who=ANYBODY, body=s.BriefForm, answers=_TAKEN, refusals=(429,))
def submit_brief(body: s.BriefForm) -> dict[str, Any]:
    """Send a project brief: the six stages of the wizard in one."""
    currency = body.budget.currency
    budget = s.minor(body.budget.model_dump(), currency, "min", "max", at="budget.")
    if budget["min_minor"] > budget["max_minor"]:
        raise Invalid("the budget's lower end is above its upper end", field="budget.min")
    features = body.features if isinstance(body.features, list) else _listed(body.features)
    brief = {
        "vision_title": body.vision.title,
        "vision_summary": body.vision.summary,
        "audience": body.audience,
        "features": features,
        "design": body.design,
        "timeline_weeks": body.timeline_weeks,
        "budget_min_minor": budget["min_minor"],
        "budget_max_minor": budget["max_minor"],
        "currency": currency,
    }
    return _take("brief", body, {"contact": _person(body.contact, "contact."), "brief": brief})


@routes.route("GET", "/intake/<uuid:reference>", who=frozenset({"admin", "sales"}), answers=d.IntakeState)
def intake_state(reference: Any) -> dict[str, Any]:
    """What became of a form."""
    with r.gateway().database.read() as session:
        return intake.state(session, str(reference))


def _take(kind: str, body: Any, form: dict[str, Any]) -> dict[str, Any]:
    if body.website:
        # A program filled in what people do not see: it is thanked and not heard.
        return {"reference": new_id()}
    _limit()
    runtime = r.gateway()
    key = request.headers.get("Idempotency-Key") and r.idempotency_key()
    with runtime.database.unit_of_work(r.context()) as uow:
        reference, _new = intake.keep(uow, kind, form, r.address(), key)
    r.journal().correlation_id = reference
    g.status = _play_in(kind, form, reference)
    return {"reference": reference}


def _play_in(kind: str, form: dict[str, Any], reference: str) -> int:
    """Give the form to the services now if they answer; 201 when they did, 202 when the worker will."""
    runtime = r.gateway()
    with runtime.database.read() as session:
        state = intake.state(session, reference)
    if state["status"] != "waiting":
        return 201

    started = time.perf_counter()
    try:
        done = intake.play_in(runtime.rpc, reference, kind, form, _SECONDS)
    except Unavailable:
        return 202
    except Problem as problem:
        if problem.status >= 500:
            return 202
        with runtime.database.unit_of_work(r.context()) as uow:
            intake.mark_refused(uow, reference, problem.detail)
        raise
    finally:
        r.note_call(_STEPS[kind], started)
    with runtime.database.unit_of_work(r.context()) as uow:
        intake.mark_done(uow, reference, done)
    return 201


def _person(person: s.Person, at: str) -> dict[str, Any]:
    """The person's fields; addresses are checked here, so that a kept form is a good form."""
    given = {name: value for name, value in person.model_dump(exclude={"website"}).items() if value not in (None, "")}
    for name in ("email", "company_email"):
        if name in given:
            try:
                given[name] = validate_email(given[name], check_deliverability=False).normalized
            except EmailNotValidError as error:
                raise Invalid(f"{given[name]!r} is not an e-mail address: {error}", field=at + name) from None
    return given


def _listed(text: str) -> list[str]:
    """Features typed as one text: a list by commas or lines."""
    parts = text.replace("\n", ",").split(",")
    return [part.strip()[:500] for part in parts if part.strip()][:100]


def _limit() -> None:
    """Refuse an address that sends too many; forms from this machine are not counted."""
    address = r.address()
    if address in _LOOPBACK:
        return
    limiter: FixedWindowRateLimiter = current_app.extensions["intake_limiter"]
    if not limiter.hit(parse(r.gateway().settings.intake_rate_limit), "intake", address):
        raise TooManyRequests("too many forms from your address; wait a minute and send it again", retry_after=60)
