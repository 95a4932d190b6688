"""The company whose name stands on invoices and mails; the stages' weights; the form for other websites."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from libs.common.problems import Problem
from libs.common.rpc.client import Call
from services.gateway.api import company as api
from services.gateway.api import pipeline
from services.gateway.api import requests as r
from services.gateway.api.routing import checked
from services.gateway.web import editing, forms, parts, shell, words
from services.gateway.web.editing import Field
from services.gateway.web.forms import Form
from services.gateway.web.routing import ADMIN, Pages, done
from services.gateway.web.toasts import Toast

pages = Pages("settings_company")

FIELDS = (
    Field("name", _l("Name"), needed=True),
    Field("email", _l("E-mail address"), "email", needed=True),
    Field("website", _l("Website"), longest=500),
    Field("address", _l("Address"), "area", longest=1000),
    Field("payment_instructions", _l("Payment instructions, printed on invoices"), "area", longest=1000),
    Field("training_url", _l("Link to your training materials"), longest=500),
)


@pages.get("/settings", who=ADMIN)
def company() -> Any:
    """Who we are."""
    found = api.get_company()
    return shell.page("settings/company.html", form=editing.form_of(found, FIELDS), company_now=found, fields=FIELDS)


@pages.post("/settings", who=ADMIN)
def save_company() -> Any:
    """Save it; two admins' changes are brought together."""
    form = forms.sent()
    try:
        saved = editing.save(form, FIELDS, lambda body: api.change_company(_checked(body)), api.get_company)
    except Problem as problem:
        if not editing.fits(problem):
            raise
        shown = {"form": form.refused(problem), "company_now": api.get_company(), "fields": FIELDS}
        return shell.page("settings/company.html", problem.status, **shown)
    if isinstance(saved, editing.Merge):
        shown = {"merge": saved, "form": form, "fields": FIELDS, "action": "/settings", "back": "/settings"}
        return shell.page("conflict.html", 409, **shown)
    return done("/settings", Toast(_("Saved")))


@pages.get("/settings/stages", who=ADMIN)
def stages() -> Any:
    """How likely a deal of each stage is to be won."""
    return _stages(Form())


@pages.post("/settings/stages", who=ADMIN)
def save_stages() -> Any:
    """Set the weights; boards, deals and sums count with them at once."""
    form = forms.sent()
    readers = {stage: forms.whole for stage in words.STAGES if stage not in ("won", "lost")}
    try:
        pipeline.change_stage_weights(checked(pipeline.WeightsChange, forms.read(readers, form.values)))
    except Problem as problem:
        if not editing.fits(problem):
            raise
        return _stages(form.refused(problem), problem.status)
    return done("/settings/stages", Toast(_("Saved")))


@pages.get("/settings/embed", who=frozenset({"admin", "sales"}))
def embed() -> Any:
    """The line that puts the contact form on another website, and the sites that may use it."""
    settings = r.gateway().settings
    origins = [each.strip() for each in settings.intake_origins.split(",") if each.strip()]
    tag = f'<script src="{settings.public_url}/embed/contact.js" async></script>'
    return shell.page(
        "settings/embed.html", tag=tag.replace(" async", ""), origins=origins, public_url=settings.public_url
    )


def _checked(body: dict[str, Any]) -> api.CompanyChange:
    given = {name: "" if value is None else value for name, value in body.items()}
    made: api.CompanyChange = checked(api.CompanyChange, given)
    return made


def _stages(form: Form, status: int = 200) -> Any:
    found = parts.ask({"weights": Call("deals", "stage_weights")})
    for each in found["weights"].get("items", []):
        form.values.setdefault(each["stage"], str(each["weight"]))
    return shell.page("settings/stages.html", status, form=form, parts=found)
