"""Deals as a list, and making a new one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from libs.common import conditions
from libs.common.problems import Problem
from libs.common.rpc.client import Call
from services.gateway.api import custom_fields
from services.gateway.api import deals as api
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.deal_filters import DealFilters
from services.gateway.api.routing import checked
from services.gateway.web import custom, editing, forms, of_segment, parts, picking, shell, words
from services.gateway.web.formats import day
from services.gateway.web.forms import Form
from services.gateway.web.listing import PAGE, Column, Listing, given, listing
from services.gateway.web.routing import SALES, Pages, done, is_part
from services.gateway.web.toasts import Toast

pages = Pages("deals")

NAME = Column("deal_name", _l("Deal"), "deal_name")
COLUMNS = (
    Column("company", _l("Client"), "company_name"),
    Column("stage", _l("Stage"), "stage"),
    Column("value", _l("Value"), "deal_value", numeric=True),
    Column("closes", _l("Closes"), "expected_close_date"),
    Column("owner", _l("Owner")),
    Column("probability", _l("Probability"), numeric=True),
    Column("score", _l("AI score"), numeric=True),
    Column("source", _l("Source")),
    Column("tags", _l("Tags")),
    Column("created", _l("Created"), "created_at"),
)
FILTERS = (
    "q stage owner_id client_id segment_id tag source currency closing_from closing_to created_from closed_from "
    "closed_to closes_from closes_to undated stagnant idle_days"
).split()
DEAL: dict[str, forms.Reader] = {
    "deal_name": forms.text,
    "client_id": forms.text,
    "deal_value": forms.amount,
    "currency": forms.text,
    "stage": forms.text,
    "source": forms.text,
    "description": forms.text,
    "expected_close_date": forms.text,
    "owner_id": forms.text,
    "tags": forms.words,
}


@pages.get("/deals")
def list_deals() -> Any:
    """All deals a person may see, with what they add up to; more come as the end of the list is reached."""
    filters = given(*FILTERS)
    if isinstance(filters.get("stage"), str):
        filters["stage"] = [filters["stage"]]
    page = given("sort", "cursor") | {"limit": PAGE}
    typed = {name: value for name, value in request.args.items() if custom.is_filter(name) and value.strip()}
    # What was typed is read by what the fields are; without it they are only offered.
    own = custom.of("deal") if typed else []
    query = checked(DealFilters, filters | custom.filters(typed, own) | page)
    more = "cursor" in page and is_part()
    arguments = s.paged(query.given())
    found = parts.ask(
        {
            "deals": Call("deals", "list_deals", arguments),
            "totals": None if more else Call("deals", "totals", {"filters": arguments["filters"]}),
            "segment": None if more else of_segment.one(query.segment_id),
            "fields": None if typed or is_part() else custom_fields.call("deal"),
        }
    )
    template = "deals/rows.html" if more else "deals/results.html" if is_part() else "deals/list.html"
    show = shell.fragment if is_part() else shell.page
    own = own or custom.fields_of(found.get("fields"))
    listed = _listing(found.get("segment"), own)
    look: dict[str, Any] = {"filters": filters | typed, "own": own, "taken": _taken_away(query)}
    return show(template, parts=found, listing=listed, stages=words.STAGES, **look)


@pages.get("/deals/new", who=SALES)
def new() -> Any:
    """The form for a new deal."""
    base = {"currency": r.gateway().settings.base_currency, "stage": "lead"}
    return _form(Form(base | given(*DEAL)))


@pages.post("/deals/new", who=SALES)
def create() -> Any:
    """Make a deal."""
    form = forms.sent()
    if "find" in form.values:
        return _form(form)
    try:
        own = custom.typed(form, "deal")
        made = api.create_deal(checked(s.DealNew, forms.read(DEAL, form.values) | own))
    except Problem as problem:
        if not editing.fits(problem):
            raise
        return _form(form.refused(custom.at_inputs(problem)), problem.status)
    return done(f"/deals/{made['id']}", Toast(_("The deal was created")))


def _form(form: Form, status: int = 200) -> Any:
    typed = form.values.get(picking.SEARCH_FIELD, "")
    wanted = {"clients": picking.offered(typed), "client": picking.chosen(form.values.get("client_id"))}
    found = parts.ask(wanted | {"fields": custom_fields.call("deal")})
    own = custom.fields_of(found["fields"])
    picked = picking.choices(found["clients"], found.get("client"))
    return shell.page("deals/new.html", status, form=form, parts=found, stages=words.STAGES, custom=own, **picked)


def _taken_away(query: DealFilters) -> str:
    """The address of this list's files, as the API takes its filters."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if not custom.is_filter(name)]
    own = query.model_dump(include={"custom", custom.FROM, custom.TO, custom.CONTAINS}, exclude_unset=True)
    return urlencode([*kept, *((name, conditions.as_json(values)) for name, values in own.items() if values)])


def _yes_or_no(value: str) -> str:
    return str(_("yes") if value == "true" else _("no"))


def _listing(segment: parts.Part | None, own: list[custom.CustomField]) -> Listing:
    people = shell.people()
    labels = {
        "q": (_("Search"), str),
        "stage": (_("Stage"), words.word),
        "owner_id": (_("Owner"), lambda id: _("Nobody yet") if id == "none" else people.get(id, {}).get("name", "?")),
        "client_id": (_("Client"), lambda _id: _("only one")),
        "segment_id": of_segment.chip(segment),
        "tag": (_("Tag"), str),
        "source": (_("Source"), words.word),
        "currency": (_("Currency"), str),
        "closing_from": (_("Closes from"), day),
        "closing_to": (_("Closes until"), day),
        "created_from": (_("Created since"), day),
        "closed_from": (_("Closed since"), day),
        "closed_to": (_("Closed until"), day),
        "closes_from": (_("Closed or closing from"), day),
        "closes_to": (_("Closed or closing until"), day),
        "undated": (_("Without a closing date"), _yes_or_no),
        "stagnant": (_("Standing still"), _yes_or_no),
        "idle_days": (_("Without activity"), lambda value: ngettext("%(num)s day", "%(num)s days", int(value))),
    }
    return listing("deals", NAME, COLUMNS, labels | custom.chips(own))
