"""Forms for visitors: the contact form, the brief in six stages, and both on other websites.

What a visitor typed into the brief is kept under a cookie until it is sent: back and forth, through a closed tab, with
or without scripts. The services never see a draft.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from flask import Response, make_response, redirect, request
from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from libs.common.problems import Problem
from services.gateway.accounts import cookies
from services.gateway.api import intake
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.routing import checked
from services.gateway.models import brief_drafts
from services.gateway.web import briefs, editing, forms, shell
from services.gateway.web.briefs import STAGES
from services.gateway.web.forms import Form
from services.gateway.web.routing import Pages

pages = Pages("public_forms")

COOKIE = "crm_brief"
_DAYS = 7
_TEXTS = "company_name company_email first_name last_name email phone job_title industry message website".split()
CONTACT: dict[str, forms.Reader] = dict.fromkeys(_TEXTS, forms.text)


@pages.get("/contact", who=None)
def contact() -> Any:
    """The contact form."""
    return shell.page("public/contact.html", form=Form())


@pages.post("/contact", who=None)
def send_contact() -> Any:
    """Send it: kept first, so that it is not lost even when the services are down."""
    form = forms.sent()
    try:
        intake.submit_contact(checked(s.ContactForm, forms.read(CONTACT, form.values)))
    except Problem as problem:
        if not editing.fits(problem) and problem.status != 429:
            raise
        return shell.page("public/contact.html", problem.status, form=form.refused(problem))
    return redirect("/contact/thanks", 303)


@pages.get("/contact/thanks", who=None)
def contact_thanks() -> Any:
    """It arrived."""
    return shell.page("public/thanks.html", brief=False)


@pages.get("/brief", who=None)
@pages.get("/brief/<int:number>", who=None)
def stage(number: int = 1) -> Any:
    """One stage of the wizard; an earlier one is always open, a later one when those before it are filled in."""
    typed = _kept()
    reached = briefs.reached(typed)
    if number < 1 or number > min(reached, len(STAGES)):
        return redirect(f"/brief/{min(reached, len(STAGES))}")
    return _stage(number, Form(dict(typed)))


@pages.post("/brief/<int:number>", who=None)
def keep_stage(number: int) -> Any:
    """Keep what was typed, then go on or back; the last stage sends the brief."""
    form, typed = forms.sent(), _kept()
    if not 1 <= number <= len(STAGES):
        return redirect("/brief")
    typed |= {name: form.values.get(name, "")[: briefs.LONGEST] for name in STAGES[number - 1].fields}
    token = _keep(typed)
    if "back" in form.values:
        return _with_cookie(redirect(f"/brief/{max(1, number - 1)}", 303), token)
    try:
        briefs.check(STAGES[number - 1], typed)
        if number < len(STAGES):
            return _with_cookie(redirect(f"/brief/{number + 1}", 303), token)
        intake.submit_brief(briefs.brief(typed))
    except Problem as problem:
        if not editing.fits(problem) and problem.status != 429:
            raise
        faulty = briefs.stage_of(problem, number)
        shown = Form(typed, key=form.key).refused(briefs.renamed(problem))
        return _with_cookie(_stage(faulty, shown, problem.status), token)
    _forget()
    response = make_response(redirect("/brief/thanks", 303))
    response.delete_cookie(COOKIE, path="/brief")
    return response


@pages.get("/brief/thanks", who=None)
def brief_thanks() -> Any:
    """It arrived."""
    return shell.page("public/thanks.html", brief=True)


@pages.get("/embed/contact.js", who=None)
def embed() -> Response:
    """The contact form for other websites: a script that puts it where its tag stands."""
    words = {
        "first": _("First name"), "last": _("Last name"), "email": _("E-mail address"), "company": _("Company"),
        "phone": _("Phone"), "message": _("How can we help?"), "send": _("Send"), "sending": _("Sending…"),
        "thanks": _("Thank you! We will answer soon."),
        "failed": _("This could not be sent. Please try again in a moment."),
    }  # fmt: skip
    base = r.gateway().settings.public_url
    response = make_response(shell.script("embed.js", {"words": words, "base": base}))
    response.content_type = "text/javascript; charset=utf-8"
    response.headers["Cache-Control"] = "public, max-age=300"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _stage(number: int, form: Form, status: int = 200) -> Response:
    shown = {"stages": STAGES, "number": number, "form": form, "summary": briefs.summary(form.values)}
    return shell.page("public/brief.html", status, **shown)


def _kept() -> dict[str, str]:
    """What this visitor typed so far."""
    with r.gateway().database.read() as session:
        mine = select(brief_drafts.c.form).where(brief_drafts.c.token_hash == _digest(request.cookies.get(COOKIE, "")))
        found: dict[str, str] | None = session.execute(mine).scalar_one_or_none()
    return dict(found) if found else {}


def _keep(typed: dict[str, str]) -> str:
    token = request.cookies.get(COOKIE) or secrets.token_urlsafe(32)
    with r.gateway().database.unit_of_work(r.context()) as uow:
        statement = insert(brief_drafts).values(token_hash=_digest(token), form=typed, updated_at=uow.now)
        taken = {"form": statement.excluded.form, "updated_at": statement.excluded.updated_at}
        uow.session.execute(statement.on_conflict_do_update(index_elements=["token_hash"], set_=taken))
    return token


def _forget() -> None:
    with r.gateway().database.unit_of_work(r.context()) as uow:
        mine = brief_drafts.c.token_hash == _digest(request.cookies.get(COOKIE, ""))
        uow.session.execute(delete(brief_drafts).where(mine))


def _with_cookie(response: Any, token: str) -> Response:
    made: Response = make_response(response)
    age = _DAYS * 86_400
    secure = cookies.is_secure(r.gateway().settings, request)
    made.set_cookie(COOKIE, token, max_age=age, httponly=True, samesite="Lax", secure=secure, path="/brief")
    return made


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
