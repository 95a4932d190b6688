"""What was done to many clients, and merges: how far it is, who was left out, and the way back."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from libs.common.rpc.client import Call
from services.gateway.api import bulk
from services.gateway.web import parts, shell, words
from services.gateway.web.listing import given
from services.gateway.web.routing import SALES, Pages, done, is_part, local
from services.gateway.web.said import said
from services.gateway.web.toasts import Toast

pages = Pages("changes")

_PAGE = 30
# Where a page that looks by itself stops looking; at a second each, a quarter of an hour.
_LOOKS = 900
# Of reasons, and of clients to each, in a message that is gone in a few seconds; the page of the change has all.
_NAMED = 3
_DONE = {
    "add_tag": _l("Tag %(value)s added"),
    "remove_tag": _l("Tag %(value)s removed"),
    "set_status": _l("Status set to %(value)s"),
    "assign": _l("Given to %(value)s"),
    "delete": _l("Deleted"),
    "merge": _l("Two clients merged"),
}


@pages.get("/changes", who=SALES)
def changes() -> Any:
    """What was done lately, newest first."""
    found = parts.ask({"changes": Call("clients", "list_change_sets", {"limit": _PAGE} | given("cursor"))})
    return shell.page("changes/list.html", parts=found, title_of=title_of, about=about)


@pages.get("/changes/<uuid:change_set_id>", who=SALES)
def change(change_set_id: Any) -> Any:
    """One of them: how far it is, and what it left as it was."""
    found = parts.one("clients", "get_change_set", change_set_id=str(change_set_id))
    tries = int(request.args.get("tries", "0")[:4]) if request.args.get("tries", "0").isdigit() else _LOOKS
    goes_on = found["status"] in ("running", "undoing") and tries < _LOOKS
    shown = {"change": found, "title": title_of(found), "about": about(found), "goes_on": goes_on, "tries": tries}
    if is_part():
        return shell.fragment("changes/state.html", **shown)
    return shell.page("changes/change.html", **shown)


@pages.post("/change-sets/<uuid:change_set_id>/undo", who=SALES)
def undo(change_set_id: Any) -> Any:
    """Take back what was done to many."""
    made = bulk.undo_change_set(change_set_id)
    if made.get("status") == "undoing":
        return done(f"/changes/{change_set_id}")
    text = ngettext("%(num)s client is as it was", "%(num)s clients are as they were", made["restored"])
    text += left_out(made["refused"])
    return done(local(request.form.get("back", ""), list_again()), Toast(text))


def left_out(refused: list[dict[str, Any]], unnamed: int = 0) -> str:
    """Who was left as they were, and why, to stand behind a sentence: each reason once, with the first few by name.
    unnamed: how many more were, of whom nothing is said."""
    names: dict[str, list[str]] = {}
    for each in refused:
        names.setdefault(each["reason"], []).append(each["company_name"] or "?")
    told = sorted(names.items(), key=lambda reason: -len(reason[1]))
    parts = [_left(reason, clients) for reason, clients in told[:_NAMED]]
    if rest := unnamed + sum(len(clients) for _reason, clients in told[_NAMED:]):
        parts.append(ngettext("%(num)s more left as it was", "%(num)s more left as they were", rest))
    return "".join(f". {each}" for each in parts)


def _left(reason: str, clients: list[str]) -> str:
    named = clients[:_NAMED]
    if more := len(clients) - len(named):
        named.append(ngettext("%(num)s more", "%(num)s more", more))
    return str(
        ngettext(
            "%(num)s client left as it was: %(reason)s (%(clients)s)",
            "%(num)s clients left as they were: %(reason)s (%(clients)s)",
            len(clients),
            reason=said(reason),
            clients=", ".join(named),
        )
    )


def list_again() -> str:
    """The list of clients as it was filtered."""
    query = request.form.get("query", "")
    return f"/clients?{query}" if query and query.isprintable() else "/clients"


def title_of(change_set: dict[str, Any]) -> str:
    """What was done, in words."""
    value = change_set["value"]
    if change_set["action"] == "assign":
        value = shell.people().get(value, {}).get("name", _("nobody"))
    if change_set["action"] == "set_status":
        value = words.word(value)
    return str(_DONE[change_set["action"]]) % {
        "value": f"\u201c{value}\u201d" if "tag" in change_set["action"] else value
    }


def about(change_set: dict[str, Any]) -> str:
    """To which clients."""
    said = change_set["about"]
    if change_set["action"] == "merge":
        return str(_("%(other)s into %(survivor)s", other=said["other"], survivor=said["survivor"]))
    if said.get("one"):
        return str(said["one"])
    return str(ngettext("%(num)s client", "%(num)s clients", change_set["total"]))
