"""A deal's page: its stages, properties edited in place, what AI found, the brief, history, invoices, timeline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from libs.common.problems import Problem
from libs.common.rpc.client import Call
from services.gateway.api import deals as api
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.routing import checked
from services.gateway.web import editing, forms, parts, shell, words
from services.gateway.web.editing import Field, Merge
from services.gateway.web.forms import Form
from services.gateway.web.routing import SALES, Pages, done
from services.gateway.web.toasts import Toast

pages = Pages("deal")

_TIMELINE = 25


def _owners() -> list[tuple[str, str]]:
    return [(each["id"], each["name"]) for each in shell.owners()]


FIELDS = (
    Field("deal_name", _l("Deal"), needed=True, longest=300),
    Field("deal_value", _l("Value"), "amount", longest=30),
    Field("expected_close_date", _l("Expected to close"), "date"),
    Field("owner_id", _l("Owner"), "choice", options=_owners),
    Field("source", _l("Source"), needed=True, longest=60),
    Field("tags", _l("Tags"), "tags", longest=600),
    Field("description", _l("Description"), "area", longest=20_000),
)


@pages.get("/deals/<uuid:deal_id>")
def show(deal_id: Any) -> Any:
    """Everything about one deal."""
    key = str(deal_id)
    deal = r.ask("deals", "get_deal", deal_id=key)
    client, mine = {"client_id": deal["client_id"]}, {"deal_id": key}
    found = parts.ask(
        {
            "history": Call("deals", "history", mine),
            "invoices": Call("billing", "list_invoices", {"filters": mine, "limit": 20}),
            "client": Call("clients", "get_client", client),
            "contacts": Call("clients", "list_contacts", client),
            "timeline": Call("clients", "timeline", client | mine | {"limit": _TIMELINE}),
            "generations": Call("ai", "list_generations", {"filters": mine, "limit": 5}),
        }
    )
    return shell.page("deals/record.html", **_shown(deal), parts=found, form=Form({"type": "note", "only_deal": key}))


@pages.get("/deals/<uuid:deal_id>/insights")
def insights(deal_id: Any) -> Any:
    """What AI found, as soon as it is there."""
    deal = r.ask("deals", "get_deal", deal_id=str(deal_id))
    return shell.fragment("deals/insights.html", deal=deal, waiting="waiting" in request.args)


@pages.get("/deals/<uuid:deal_id>/invoices")
def invoices(deal_id: Any) -> Any:
    """The deal's invoices; the draft of a deal just won is there a moment later."""
    deal = r.ask("deals", "get_deal", deal_id=str(deal_id))
    mine = {"filters": {"deal_id": str(deal_id)}, "limit": 20}
    found = parts.ask({"invoices": Call("billing", "list_invoices", mine)})
    tries = forms.whole("tries", request.args.get("tries", "0"))
    return shell.fragment("deals/invoices.html", deal=deal, part=found["invoices"], tries=tries)


@pages.post("/deals/<uuid:deal_id>/analyze", who=SALES)
def analyze(deal_id: Any) -> Any:
    """Have the brief analysed again."""
    api.analyze_deal(deal_id)
    return done(f"/deals/{deal_id}?waiting=yes", Toast(_("The brief is being read again")))


@pages.get("/deals/<uuid:deal_id>/edit", who=SALES)
def edit(deal_id: Any) -> Any:
    """All properties in one form."""
    deal = r.ask("deals", "get_deal", deal_id=str(deal_id))
    return shell.page("deals/edit.html", deal=deal, form=editing.form_of(deal, FIELDS), fields=FIELDS)


@pages.post("/deals/<uuid:deal_id>/edit", who=SALES)
def save(deal_id: Any) -> Any:
    """Save the form; where somebody else saved meanwhile, show both versions."""
    form, key = forms.sent(), str(deal_id)
    try:
        saved = editing.save(form, FIELDS, _update(deal_id), _load(deal_id))
    except Problem as problem:
        if not editing.fits(problem):
            raise
        name = {"id": key, "deal_name": form.values.get("was.deal_name", "")}
        return shell.page("deals/edit.html", problem.status, deal=name, form=form.refused(problem), fields=FIELDS)
    if isinstance(saved, Merge):
        action, back = f"/deals/{key}/edit", f"/deals/{key}"
        return shell.page("conflict.html", 409, merge=saved, form=form, fields=FIELDS, action=action, back=back)
    return done(f"/deals/{key}", Toast(_("Saved")))


@pages.get("/deals/<uuid:deal_id>/fields/<name>", who=SALES)
def field(deal_id: Any, name: str) -> Any:
    """One property as an input, in its place; ``?read`` gives the property back as it is."""
    chosen, base = editing.one(FIELDS, name), f"/deals/{deal_id}"
    deal = r.ask("deals", "get_deal", deal_id=str(deal_id))
    if "read" in request.args:
        return shell.fragment("edit/prop.html", record=deal, field=chosen, base=base)
    return shell.fragment("edit/field.html", form=editing.form_of(deal, [chosen]), field=chosen, base=base)


@pages.post("/deals/<uuid:deal_id>/fields/<name>", who=SALES)
def save_field(deal_id: Any, name: str) -> Any:
    """Save one property; the list of them comes back, with everybody's changes."""
    form, chosen, base = forms.sent(), editing.one(FIELDS, name), f"/deals/{deal_id}"
    try:
        saved = editing.save(form, [chosen], _update(deal_id), _load(deal_id))
    except Problem as problem:
        if not editing.fits(problem):
            raise
        return editing.in_place(
            shell.fragment("edit/field.html", form=form.refused(problem), field=chosen, base=base), chosen
        )
    if isinstance(saved, Merge):
        clash = saved.clashes[0]
        shown = shell.fragment("edit/clash.html", clash=clash, version=saved.version, field=chosen, base=base)
        return editing.in_place(shown, chosen)
    return shell.fragment("deals/props.html", deal=saved, fields=FIELDS)


def _shown(deal: dict[str, Any]) -> dict[str, Any]:
    waiting = "waiting" in request.args or (deal.get("brief") and not deal.get("ai_insights"))
    return {"deal": deal, "fields": FIELDS, "stages": words.STAGES, "waiting": bool(waiting)}


def _load(deal_id: Any) -> Callable[[], dict[str, Any]]:
    return lambda: r.ask("deals", "get_deal", deal_id=str(deal_id))


def _update(deal_id: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda body: api.change_deal(deal_id, checked(s.DealChange, body))
