"""The board: a column for each stage, cards that are dragged or moved by keys, more of them while scrolling."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext as _

from libs.common.problems import Invalid
from libs.common.rpc.client import Call
from services.gateway.api import deals as api
from services.gateway.api import schemas as s
from services.gateway.api.deal_filters import BoardFilters
from services.gateway.api.routing import checked
from services.gateway.web import choices, forms, parts, shell, toasts, words
from services.gateway.web.listing import given
from services.gateway.web.routing import SALES, Pages, done, is_part, local
from services.gateway.web.toasts import Toast
from services.gateway.web.words import word

pages = Pages("board")

_CARDS = 25
_FILTERS = "q owner_id client_id tag source closing_from closing_to".split()


@pages.get("/deals/board")
def board() -> Any:
    """All deals by stage, with counts, sums and weighted sums."""
    filters = checked(BoardFilters, given(*_FILTERS)).given()
    found = parts.ask({"board": Call("deals", "board", {"filters": filters, "limit": _CARDS})})
    if is_part():
        found["board"].needed()
        return shell.fragment("deals/lanes.html", parts=found, **_look())
    return shell.page("deals/board.html", parts=found, filters=filters, **_look())


@pages.get("/deals/board/<stage>")
def column(stage: str) -> Any:
    """More cards of one column."""
    if stage not in words.STAGES:
        raise Invalid(_("There is no such stage."), field="stage")
    filters = checked(BoardFilters, given(*_FILTERS)).given() | {"stage": [stage]}
    page = checked(s.Page, given("cursor") | {"limit": _CARDS}).given()
    found = parts.one("deals", "list_deals", filters=filters, sort="-stage_since", **page)
    show = shell.fragment if is_part() else shell.page
    template = "deals/cards.html" if is_part() else "deals/column.html"
    return show(template, page=found, stage=stage, **_look())


@pages.post("/deals/<uuid:deal_id>/stage", who=SALES)
def move(deal_id: Any) -> Any:
    """Move a deal to another stage; the message that follows takes it back."""
    reason = request.form.get("lost_reason", "").strip()
    body: dict[str, Any] = {"stage": request.form.get("stage", "")} | ({"lost_reason": reason} if reason else {})
    if version := request.form.get("version", ""):
        body["version"] = forms.whole("version", version)
    made = api.move_deal(deal_id, checked(s.StageMove, body))
    toast = Toast(_("%(deal)s is in %(stage)s now", deal=made["deal_name"], stage=word(made["stage"])))
    if made["previous_stage"] != made["stage"]:
        undo = {"stage": made["previous_stage"], "back": request.form.get("back", "")}
        undo["version"] = str(made["version"])
        undo |= {"lost_reason": made["previous_lost_reason"]} if made["previous_lost_reason"] else {}
        toast = Toast(toast.text, f"/deals/{deal_id}/stage", undo)
    if not is_part():
        back = request.form.get("back", "")
        return done(local(back, f"/deals/{deal_id}"), toast)
    filters = checked(BoardFilters, given(*_FILTERS)).given()
    found = parts.one("deals", "board", filters=filters, limit=1)
    response = shell.fragment("deals/moved.html", columns=found["columns"], deal=made, **_look())
    toasts.announce(response, toast)
    return response


def _look() -> dict[str, Any]:
    # In words once for the page: a hundred and fifty cards each say all of them.
    stages = {stage: str(label) for stage, label in words.STAGES.items()}
    return {
        "shown": choices.chosen("board.fields"),
        "compact": choices.chosen("board.compact"),
        "stages": stages,
        "moves": {stage: _("To %(stage)s", stage=label) for stage, label in stages.items()},
        "all_fields": (
            ("company", _("Client")),
            ("value", _("Value")),
            ("closes", _("Closes")),
            ("owner", _("Owner")),
            ("score", _("AI score")),
            ("tags", _("Tags")),
        ),
    }
