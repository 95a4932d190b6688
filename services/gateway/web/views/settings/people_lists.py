"""Bringing in a list of people as a person does it: choose a file, see what each line does, say so."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from pydantic import TypeAdapter, ValidationError

from libs.common.problems import Invalid, Problem
from services.gateway.api import people_lists as api
from services.gateway.api import requests as r
from services.gateway.people_lists import reading
from services.gateway.people_lists.reading import Line
from services.gateway.web import editing, forms, shell
from services.gateway.web.forms import Form
from services.gateway.web.routing import ADMIN, Pages, done
from services.gateway.web.said import refusal
from services.gateway.web.toasts import Toast

pages = Pages("settings_people_lists")

OUTCOMES = {
    "created": (_l("Comes in, cannot sign in yet"), "qualified"),
    "invited": (_l("Is invited by mail"), "sent"),
    "updated": (_l("Is changed"), "proposal"),
    "unchanged": (_l("Is here already"), "void"),
    "bad": (_l("Stays out"), "lost"),
}
# The lines travel through the page that shows them; a form may hold no more than this beside its other fields.
_MOST_BYTES = 450_000
_LINES = TypeAdapter(list[Line])


@pages.get("/settings/people/list", who=ADMIN)
def choose() -> Any:
    """Where a list is chosen."""
    return shell.page("settings/people_list.html", form=Form())


@pages.post("/settings/people/list", who=ADMIN)
def look() -> Any:
    """What each line of the file would do; nothing is done yet."""
    forms.sent()
    try:
        file = r.sent_file()
        return _preview(reading.read(file.stream, file.filename or ""), Form())
    except Problem as problem:
        if not editing.fits(problem):
            raise
        return shell.page("settings/people_list.html", problem.status, form=Form().refused(problem))


@pages.post("/settings/people/list/confirm", who=ADMIN)
def confirm() -> Any:
    """Bring in what was looked at."""
    form = forms.sent()
    lines = _sent_lines(form)
    try:
        counts = api.bring(lines, form.values.get("only_good") == "true")["counts"]
    except Problem as problem:
        if not editing.fits(problem):
            raise
        return _preview(lines, Form(problem=refusal(problem.detail)), problem.status)
    return done("/settings/people", Toast(_brought(counts)))


def _preview(lines: list[Line], form: Form, status: int = 200) -> Any:
    kept = orjson.dumps([asdict(each) for each in lines]).decode()
    if len(kept.encode()) > _MOST_BYTES:
        raise Invalid("this list is too long for a page; bring it in in two parts", field="file")
    found = api.preview(lines)
    coming = sum(found["counts"][each] for each in ("created", "invited", "updated"))
    shown = {"found": found, "counts": found["counts"], "coming": coming, "outcomes": OUTCOMES, "kept": kept}
    return shell.page("settings/people_preview.html", status, form=form, **shown)


def _sent_lines(form: Form) -> list[Line]:
    try:
        lines = _LINES.validate_json(form.values.get("lines", ""), strict=True)
    except ValidationError:
        raise Invalid("this list cannot be read any more; choose its file again", field="file") from None
    if not 0 < len(lines) <= reading.MOST:
        raise Invalid("this list cannot be read any more; choose its file again", field="file")
    return lines


def _brought(counts: dict[str, int]) -> str:
    """What became of the list, in one sentence for each outcome there is."""
    texts = (
        ngettext("%(num)s person came in.", "%(num)s people came in.", counts["created"]),
        ngettext("%(num)s was invited.", "%(num)s were invited.", counts["invited"]),
        ngettext("%(num)s was changed.", "%(num)s were changed.", counts["updated"]),
        ngettext("%(num)s line stayed out.", "%(num)s lines stayed out.", counts["bad"]),
    )
    told = [text for text, name in zip(texts, ("created", "invited", "updated", "bad"), strict=True) if counts[name]]
    return " ".join(told) or str(_("Everybody was here already."))
