"""Clients as a list: filters, sorting, columns, what is done to many at once; and making a new one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from libs.common import conditions
from libs.common.problems import Problem
from libs.common.rpc.client import Call
from services.gateway.api import bulk
from services.gateway.api import clients as api
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.routing import checked
from services.gateway.web import custom, editing, forms, parts, picking, shell, words
from services.gateway.web.filtering import chips_of
from services.gateway.web.formats import day
from services.gateway.web.forms import Form
from services.gateway.web.listing import PAGE, Chip, Column, given, listing
from services.gateway.web.routing import ADMIN, SALES, Pages, done, is_part
from services.gateway.web.toasts import Toast
from services.gateway.web.views import changes
from services.gateway.web.views.client_filters import FILTERS, is_changed, known_fields, own_fields, tabs_of

pages = Pages("clients")

NAME = Column("company_name", _l("Company"), "company_name")
COLUMNS = (
    Column("status", _l("Status"), "status"),
    Column("owner", _l("Owner"), "owner"),
    Column("industry", _l("Industry"), "industry"),
    Column("lifetime_value", _l("Lifetime value"), "lifetime_value", numeric=True),
    Column("deal_value", _l("Greatest deal"), "deal_value", numeric=True),
    Column("open_deals", _l("Open deals"), "open_deals", numeric=True),
    Column("last_activity", _l("Last activity"), "last_activity_at"),
    Column("tags", _l("Tags")),
    Column("place", _l("Place"), "city"),
    Column("state", _l("State"), "state"),
    Column("country", _l("Country"), "country"),
    Column("source", _l("Source"), "source"),
    Column("created", _l("Created"), "created_at"),
    Column("changed", _l("Changed"), "updated_at"),
)
_TEXTS = ("company_name email phone website industry status source address city state country notes owner_id").split()
CLIENT: dict[str, forms.Reader] = dict.fromkeys(_TEXTS, forms.text) | {"tags": forms.words}
CONTACT: dict[str, forms.Reader] = dict.fromkeys(("first_name", "last_name", "email", "phone", "job_title"), forms.text)


@pages.get("/clients")
def list_clients() -> Any:
    """All clients a person may see; more come as the end of the list is reached."""
    filters = given(*FILTERS)
    page = given("sort", "cursor") | {"limit": PAGE}
    query = checked(s.ClientFilters, filters | page)
    more = "cursor" in page and is_part()
    asked: dict[str, Call | None] = {"clients": Call("clients", "list_clients", api.list_arguments(query))}
    if not more:
        asked |= {"segments": Call("clients", "list_segments", {})} | (own_fields() if query.where else {})
    if not is_part():
        asked["tags"] = Call("clients", "list_tags", {})
    found = parts.ask(asked)
    template = "clients/rows.html" if more else "clients/results.html" if is_part() else "clients/list.html"
    show = shell.fragment if is_part() else shell.page
    shown = tabs_of(found["segments"], request.args.get("segment")) if not more else {}
    chips = chips_of(conditions.parsed(query.where), known_fields(found)) if query.where and not more else ()
    changed = is_changed(shown.get("segment"))
    return show(template, parts=found, listing=_listing(chips), filters=filters, changed=changed, **shown)


@pages.post("/clients/bulk", who=SALES)
def change_many() -> Any:
    """Do one thing to every client that was ticked; the message that follows takes it back. What deletes is asked for
    once more."""
    action, value = request.form.get("action", ""), request.form.get("value", "")
    if action == "assign":
        value = request.form.get("owner_id", "")
    elif action == "set_status":
        value = request.form.get("status", "")
    if action == "delete":
        value = ""
    which: dict[str, Any] = {"ids": request.form.getlist("ids")}
    if request.form.get("matching"):
        which = {"filter": _filtered(request.form.get("query", ""))}
    if action == "delete" and "sure" not in request.form:
        return _sure(which)
    made = bulk.change_clients(checked(bulk.BulkChange, which | {"action": action, "value": value or None}))
    if made["status"] == "running":
        return done(f"/changes/{made['change_set_id']}")
    text = _changed(action, made["changed"])
    unnamed = made["total"] - made["changed"] - made["unchanged"] - len(made["refused"])
    text += changes.left_out(made["refused"], max(unnamed, 0))
    undo = f"/change-sets/{made['change_set_id']}/undo" if made["changed"] else None
    return done(changes.list_again(), Toast(text, undo))


@pages.get("/clients/new", who=SALES)
def new() -> Any:
    """The form for a new client."""
    return _form(Form({"status": "prospect"} | given(*CLIENT)))


@pages.get("/clients/options")
def options() -> Any:
    """The clients that fit the letters typed, to choose one for something new."""
    found = parts.ask({"clients": picking.offered(request.args.get(picking.SEARCH_FIELD, ""))})
    found["clients"].needed()
    only = [each["id"] for each in found["clients"].get("items", [])][:1] if request.args.get("client_q") else []
    form = Form({"client_id": only[0] if only else ""})
    return shell.fragment("clients/options.html", form=form, **picking.choices(found["clients"], None))


@pages.get("/clients/similar", who=SALES)
def similar() -> Any:
    """Clients that what is being typed may already be; it is shown, and nobody is held up."""
    return shell.fragment("clients/similar.html", similar=_similar(given("company_name", "email", "phone")))


@pages.post("/clients/new", who=SALES)
def create() -> Any:
    """Make a client. Likely duplicates are shown once, with all that was typed kept; then it is the person's word."""
    form = forms.sent()
    try:
        own = custom.typed(form, "client")
        data = forms.read(CLIENT, form.values)
        typed = {name.removeprefix("contact_"): value for name, value in form.values.items() if "contact_" in name}
        contact = forms.read(CONTACT, typed)
        body = checked(s.ClientNew, data | own | ({"contact": contact} if contact else {}))
        if "sure" not in form.values and (found := _similar(data).get("items")):
            return _form(form, similar={"items": found})
        made = api.create_client(body)
    except Problem as problem:
        if not editing.fits(problem):
            raise
        form.refused(custom.at_inputs(problem)).errors |= _contact_errors(form.errors)
        return _form(form, problem.status)
    return done(f"/clients/{made['id']}", Toast(_("%(name)s is a client now", name=made["company_name"])))


@pages.post("/clients/<uuid:client_id>/assign", who=ADMIN)
def assign(client_id: Any) -> Any:
    """Give a client to somebody, who is told by mail."""
    before = request.form.get("previous", "")
    made = api.assign_client(client_id, checked(s.Assignment, {"owner_id": request.form.get("owner_id") or None}))
    who = shell.people().get(made["owner_id"] or "", {}).get("name", _("nobody"))
    text = _("%(client)s belongs to %(name)s now", client=made["company_name"], name=who)
    back = None if "undone" in request.form else f"/clients/{client_id}/assign"
    return done(f"/clients/{client_id}", Toast(text, back, {"owner_id": before, "undone": "yes"}))


def _form(form: Form, status: int = 200, similar: dict[str, Any] | None = None) -> Any:
    return shell.page("clients/new.html", status, form=form, similar=similar, custom=custom.of("client"))


def _contact_errors(errors: dict[str, str]) -> dict[str, str]:
    """Faults of the contact, under the names its fields have here."""
    return {f"contact_{name.removeprefix('contact.')}": text for name, text in errors.items() if "contact." in name}


def _similar(typed: dict[str, Any]) -> dict[str, Any]:
    names: dict[str, Any] = {
        name: str(typed[name])[:200] for name in ("company_name", "email", "phone") if typed.get(name)
    }
    if not names:
        return {"items": []}
    try:
        return r.ask("clients", "find_duplicates", **names)
    except Problem:
        # A hint that cannot be given holds nobody up.
        return {"items": []}


def _sure(which: dict[str, Any]) -> Any:
    """Whether they are to be deleted, where no script asked it."""
    ids = which.get("ids", [])
    number = len(ids) if "ids" in which else _matching(which["filter"])
    return shell.page("clients/sure.html", ids=ids, number=number, back=changes.list_again())


def _matching(filters: dict[str, Any]) -> int:
    query = checked(s.ClientFilters, filters | {"limit": 1})
    return int(r.ask("clients", "list_clients", **api.list_arguments(query))["total"])


def _changed(action: str, number: int) -> str:
    if action == "delete":
        return str(ngettext("%(num)s client deleted", "%(num)s clients deleted", number))
    return str(ngettext("%(num)s client changed", "%(num)s clients changed", number))


def _filtered(query: str) -> dict[str, Any]:
    """The filters of the list that was looked at."""
    return {name: value for name, value in parse_qsl(query) if name in FILTERS}


def _listing(more_chips: Sequence[Chip] = ()) -> Any:
    people = shell.people()
    labels = {
        "q": (_("Search"), str),
        "status": (_("Status"), words.word),
        "industry": (_("Industry"), str),
        "state": (_("State"), str),
        "country": (_("Country"), str),
        "city": (_("City"), str),
        "source": (_("Source"), words.word),
        "tag": (_("Tag"), str),
        "owner_id": (_("Owner"), lambda id: _("Nobody yet") if id == "none" else people.get(id, {}).get("name", "?")),
        "created_from": (_("Created since"), day),
        "min_deal_value": (_("Deal of at least"), str),
        "shadowed": (_("Shadowed"), lambda _value: _("by me")),
        "unanswered": (_("Waiting for an answer"), lambda value: _("yes") if value == "true" else _("no")),
    }
    made = listing("clients", NAME, COLUMNS, labels)
    return replace(made, chips=(*made.chips, *more_chips))
