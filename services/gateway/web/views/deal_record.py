"""A deal's page: its stages, properties edited in place, what AI found, the brief, history, invoices, timeline."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from libs.common.problems import NotFound
from libs.common.rpc.client import Call
from services.gateway.api import custom_fields, scores
from services.gateway.api import deals as api
from services.gateway.api import schemas as s
from services.gateway.api.routing import checked
from services.gateway.web import chances, custom, forms, in_place, parts, shell, words
from services.gateway.web.editing import Field
from services.gateway.web.forms import Form
from services.gateway.web.in_place import Record
from services.gateway.web.routing import SALES, Pages, done
from services.gateway.web.toasts import Toast

pages = Pages("deal")

_TIMELINE = 25
# Those that a page which is open shows anew.
_PARTS = ("stages", "props", "way")
_ANALYSIS, _ANALYSES = "brief_analysis", 10
# At two seconds each: ten minutes.
_LOOKS = 300


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
    deal = parts.one("deals", "get_deal", deal_id=key)
    client, mine = {"client_id": deal["client_id"]}, {"deal_id": key}
    found = parts.ask(
        {
            "history": Call("deals", "history", mine),
            "invoices": Call("billing", "list_invoices", {"filters": mine, "limit": 20}),
            "client": Call("clients", "get_client", client),
            "contacts": Call("clients", "list_contacts", client),
            "timeline": Call("clients", "timeline", client | mine | {"limit": _TIMELINE}),
            "generations": _analyses(key),
            "standing": Call("ai", "score_standing"),
            "fields": custom_fields.call("deal"),
        }
    )
    why = scores.because(deal, found["standing"].value if found["standing"] else None)
    shown = _shown(deal, custom.fields_of(found["fields"])) | {"chances": chances, "because": why}
    return shell.page("deals/record.html", **shown, parts=found, form=Form({"type": "note", "only_deal": key}))


@pages.get("/deals/<uuid:deal_id>/parts/<name>")
def part(deal_id: Any, name: str) -> Any:
    """A part of the page as it is now, for one that is open."""
    if name not in _PARTS:
        raise NotFound(_("there is no such page"))
    key = str(deal_id)
    deal = parts.one("deals", "get_deal", deal_id=key)
    history = Call("deals", "history", {"deal_id": key}) if name == "way" else None
    found = parts.ask({"history": history, "fields": custom_fields.call("deal") if name == "props" else None})
    own = custom.fields_of(found["fields"]) if "fields" in found else []
    return shell.fragment(f"deals/{name}.html", **_shown(deal, own), parts=found)


@pages.get("/deals/<uuid:deal_id>/insights")
def insights(deal_id: Any) -> Any:
    """What AI found, as soon as it is there."""
    deal = parts.one("deals", "get_deal", deal_id=str(deal_id))
    found = parts.ask({"generations": _analyses(str(deal_id))})
    return shell.fragment("deals/insights.html", deal=deal, parts=found, **_reading(deal))


@pages.get("/deals/<uuid:deal_id>/analyses/<uuid:generation_id>")
def analysis(deal_id: Any, generation_id: Any) -> Any:
    """An earlier analysis of the deal's brief, as it was."""
    deal = parts.one("deals", "get_deal", deal_id=str(deal_id))
    made = parts.one("ai", "get_generation", generation_id=str(generation_id))
    if made["deal_id"] != deal["id"] or made["kind"] != _ANALYSIS or made["status"] != "done":
        raise NotFound(_("there is no such page"))
    return shell.page("deals/analysis.html", deal=deal, made=made)


@pages.get("/deals/<uuid:deal_id>/invoices")
def invoices(deal_id: Any) -> Any:
    """The deal's invoices; the draft of a deal just won is there a moment later."""
    deal = parts.one("deals", "get_deal", deal_id=str(deal_id))
    mine = {"filters": {"deal_id": str(deal_id)}, "limit": 20}
    found = parts.ask({"invoices": Call("billing", "list_invoices", mine)})
    tries = forms.whole("tries", request.args.get("tries", "0"))
    return shell.fragment("deals/invoices.html", deal=deal, part=found["invoices"], tries=tries)


@pages.post("/deals/<uuid:deal_id>/analyze", who=SALES)
def analyze(deal_id: Any) -> Any:
    """Have the brief analysed again."""
    api.analyze_deal(deal_id)
    before = urlencode({"waiting": "yes", "before": request.form.get("before", "")})
    return done(f"/deals/{deal_id}?{before}", Toast(_("The brief is being read again")))


@pages.get("/deals/<uuid:deal_id>/edit", who=SALES)
def edit(deal_id: Any) -> Any:
    """All properties in one form."""
    return in_place.show_form(_record(deal_id))


@pages.post("/deals/<uuid:deal_id>/edit", who=SALES)
def save(deal_id: Any) -> Any:
    """Save the form; where somebody else saved meanwhile, show both versions."""
    return in_place.save_form(_record(deal_id))


@pages.get("/deals/<uuid:deal_id>/fields/<name>", who=SALES)
def field(deal_id: Any, name: str) -> Any:
    """One property as an input, in its place."""
    return in_place.show_field(_record(deal_id), name)


@pages.post("/deals/<uuid:deal_id>/fields/<name>", who=SALES)
def save_field(deal_id: Any, name: str) -> Any:
    """Save one property."""
    return in_place.save_field(_record(deal_id), name)


def _shown(deal: dict[str, Any], own: list[custom.CustomField]) -> dict[str, Any]:
    return {"deal": deal, "fields": [*FIELDS, *own], "stages": words.STAGES, **_reading(deal)}


def _analyses(deal_id: str) -> Call:
    """The analyses of a deal's brief, newest first."""
    filters = {"deal_id": deal_id, "kind": _ANALYSIS}
    return Call("ai", "list_generations", {"filters": filters, "limit": _ANALYSES})


def _reading(deal: dict[str, Any]) -> dict[str, Any]:
    """Whether a brief is being read. ``before``: when the analysis was made that is to be followed by another;
    ``tries``: how often the page has looked, which it does not do for ever."""
    found = deal.get("ai_insights") or {}
    before, tries = request.args.get("before", ""), forms.whole("tries", request.args.get("tries", "0"))
    asked = "waiting" in request.args and found.get("analyzed_at", "") == before
    waiting = asked or bool(deal.get("brief") and not found)
    return {"waiting": waiting, "before": before, "tries": tries, "looks_again": waiting and tries < _LOOKS}


def _record(deal_id: Any) -> Record:
    return Record(
        kind="deal",
        base=f"/deals/{deal_id}",
        title="deal_name",
        fields=[*FIELDS, *custom.known("deal")],
        load=lambda: parts.one("deals", "get_deal", deal_id=str(deal_id)),
        update=custom.saving(lambda body: api.change_deal(deal_id, checked(s.DealChange, body))),
    )
