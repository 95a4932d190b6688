"""Clients that may be one: the list of work, and two side by side, field by field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext as _

from libs.common.problems import Problem
from libs.common.rpc.client import Call
from services.gateway.api import custom_fields
from services.gateway.api import search as api
from services.gateway.api.routing import checked
from services.gateway.web import custom, editing, forms, parts, shell
from services.gateway.web.editing import Field
from services.gateway.web.forms import Form
from services.gateway.web.listing import given
from services.gateway.web.routing import SALES, Pages, done, is_part
from services.gateway.web.toasts import Toast
from services.gateway.web.views import client_record

pages = Pages("duplicates")

_PAGE = 25
_CANDIDATES = 10
_CHOICE = "choose."


@dataclass(frozen=True)
class Line:
    """One field of both: what each has, and whose is offered to stay. input: what the choice is called."""

    field: Field
    input: str
    this: str
    other: str
    chosen: str

    @property
    def differs(self) -> bool:
        return self.this != self.other


@pages.get("/clients/duplicates", who=SALES)
def duplicates() -> Any:
    """The pairs that may be one, the likeliest first."""
    found = parts.ask({"pairs": Call("clients", "list_duplicates", {"limit": _PAGE} | given("cursor"))})
    template = "duplicates/pairs.html" if is_part() else "duplicates/list.html"
    return (shell.fragment if is_part() else shell.page)(template, parts=found)


@pages.post("/clients/duplicates/dismiss", who=SALES)
def dismiss() -> Any:
    """Two that are two; the message that follows takes it back."""
    named = {name: request.form.get(name, "") for name in ("first_id", "second_id")}
    back = "again" in request.form
    api.dismiss_duplicate(checked(api.PairNamed, named | {"dismissed": not back}))
    if back:
        return done("/clients/duplicates", Toast(_("They are on the list again")))
    toast = Toast(_("They are two, and not asked about again"), "/clients/duplicates/dismiss", named | {"again": "yes"})
    return done("/clients/duplicates", toast)


@pages.get("/clients/<uuid:client_id>/merge", who=SALES)
def choose(client_id: Any) -> Any:
    """With which other client this one is to be merged."""
    client = client_record.to_change(client_id)
    typed = request.args.get("q", "").strip()[:100]
    near = {"company_name": client["company_name"], "email": client["email"], "phone": client["phone"]}
    asked = {name: value for name, value in near.items() if value}
    search = {"filters": {"q": typed}, "sort": "company_name", "limit": _CANDIDATES}
    found = parts.ask(
        {
            "near": None if typed else Call("clients", "find_duplicates", asked | {"exclude_id": client["id"]}),
            "found": Call("clients", "list_clients", search) if typed else None,
        }
    )
    listed = found["found" if typed else "near"]
    others = [each for each in listed.get("items", []) if each["id"] != client["id"] and each["access"] == "write"]
    return shell.page("duplicates/choose.html", client=client, part=listed, others=others, typed=typed)


@pages.get("/clients/<uuid:client_id>/merge/<uuid:other_id>", who=SALES)
def compare(client_id: Any, other_id: Any) -> Any:
    """Both side by side: for each field whose value stays."""
    return _page(str(client_id), str(other_id), Form())


@pages.post("/clients/<uuid:client_id>/merge/<uuid:other_id>", who=SALES)
def merge(client_id: Any, other_id: Any) -> Any:
    """Make one of them; the message that follows makes two again."""
    form = forms.sent()
    chosen = {name: value for name, value in form.values.items() if name.startswith(_CHOICE) and value}
    choices = {name.removeprefix(_CHOICE): value for name, value in chosen.items()}
    try:
        made = api.merge_clients(client_id, checked(api.Merge, {"other_id": str(other_id), "choices": choices}))
    except Problem as problem:
        if not editing.fits(problem):
            raise
        return _page(str(client_id), str(other_id), form.refused(problem), problem.status)
    undo = f"/change-sets/{made['change_set_id']}/undo"
    toast = Toast(_("They are one client now: %(name)s", name=made["company_name"]), undo)
    return done(f"/clients/{made['id']}", toast)


def _page(this_id: str, other_id: str, form: Form, status: int = 200) -> Any:
    both = {"this": {"client_id": this_id}, "other": {"client_id": other_id}}
    calls: dict[str, Call | None] = {"fields": custom_fields.call("client")}
    for side, named in both.items():
        calls[side] = Call("clients", "get_client", named)
        calls[f"{side}_contacts"] = Call("clients", "list_contacts", named)
        calls[f"{side}_deals"] = Call("deals", "totals", {"filters": named})
        calls[f"{side}_invoices"] = Call("billing", "totals", {"filters": named})
    found = parts.ask(calls)
    this, other = found["this"].needed(), found["other"].needed()
    fields = [*client_record.FIELDS, *custom.fields_of(found["fields"])]
    lines = [_line(form, field, this, other) for field in fields]
    return shell.page(
        "duplicates/compare.html", status, this=this, other=other, lines=lines, form=form, parts=found, counted=_counted
    )


def _counted(side: str, found: dict[str, Any]) -> Sequence[tuple[str, Any]]:
    """How much hangs on one of them, where the service that knows answers."""
    asked = (("contacts", _("Contacts"), "total"), ("deals", _("Deals"), "count"), ("invoices", _("Invoices"), "count"))
    return [(label, found[f"{side}_{name}"].get(key, "?")) for name, label, key in asked]


def _line(form: Form, field: Field, this: dict[str, Any], other: dict[str, Any]) -> Line:
    name = f"custom.{field.key}" if isinstance(field, custom.CustomField) else field.name
    ours, theirs = field.typed(this), field.typed(other)
    together = "" if field.kind == "tags" else "this" if ours or not theirs else "other"
    return Line(field, _CHOICE + name, ours, theirs, str(form.values.get(_CHOICE + name, together)))
