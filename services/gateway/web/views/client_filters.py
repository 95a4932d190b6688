"""Building a filter of clients, and saving it as a segment."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import request
from flask_babel import gettext as _

from libs.common import conditions
from libs.common.problems import Invalid, Problem
from libs.common.rpc.client import Call
from services.gateway.api import clients as api
from services.gateway.api import custom_fields, segments
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.client_filters import in_address
from services.gateway.api.routing import checked
from services.gateway.web import parts, shell
from services.gateway.web.filtering import Builder, Fields, fields
from services.gateway.web.listing import given
from services.gateway.web.routing import SIGNED_IN, Pages, done
from services.gateway.web.toasts import Toast

pages = Pages("client_filters")

# What a list of clients is filtered by; segments keep these.
FILTERS = (
    "q status industry state country city source tag owner_id created_from min_deal_value shadowed unanswered where"
    " fuzzy"
).split()


def own_fields() -> dict[str, Call]:
    """The calls for the fields that the company defined, which clients are filtered by too."""
    of = {"own_fields": "client", "contact_fields": "contact", "deal_fields": "deal"}
    return {name: custom_fields.call(entity) for name, entity in of.items()}


def known_fields(found: dict[str, parts.Part]) -> Fields:
    """All fields, by what services answered to those calls."""
    return fields(found.get("own_fields"), found.get("contact_fields"), found.get("deal_fields"))


@pages.get("/clients/filter")
def build() -> Any:
    """The form in which conditions are put together; applied, it leads back to the list."""
    known = known_fields(parts.ask(dict(own_fields())))
    sent = request.args.to_dict(flat=False)
    if "rest" not in sent:
        builder = Builder.of_tree(_where(request.args.get("where")), known)
        return _form(builder, _rest(request.args.items(multi=True)))
    builder, rest = Builder.of_form(sent, known), _rest(parse_qsl(request.args["rest"]))
    if (do := request.args.get("do", "")) != "apply":
        builder.do(do)
        return _form(builder, rest)
    try:
        tree = builder.tree()
        where = conditions.as_json(tree) if tree is not None else ""
        # The service says what does not fit before anybody is sent there.
        query = checked(s.ClientFilters, {"limit": 1} | ({"where": where} if where else {}))
        r.ask("clients", "list_clients", **api.list_arguments(query))
    except Invalid as problem:
        builder.refuse(problem)
        return _form(builder, rest, 422)
    return done(_address([*rest, ("where", where)]))


@pages.get("/clients/values")
def values() -> Any:
    """What stands in a field already and holds the letters typed, to be chosen."""
    typed = next((value for name, value in request.args.items() if name.endswith("value")), "")
    found = r.ask("clients", "client_values", field=request.args.get("field", ""), typed=typed[:100])
    return shell.fragment("clients/values.html", values=found["items"])


@pages.get("/clients/segments")
def tabs() -> Any:
    """The segments as tabs, each with how many clients it finds."""
    found = parts.ask({"segments": Call("clients", "list_segments", {"counts": True})})
    return shell.fragment("clients/segments.html", **tabs_of(found["segments"], request.args.get("segment")))


def tabs_of(part: parts.Part, active: str | None) -> dict[str, Any]:
    """``{tabs, segment}``: what the tabs are made of, and the one that is shown."""
    items = [segments.shown(each) for each in part.get("items", [])]
    for each in items:
        kept = in_address(each["filters"]) | ({"sort": each["sort"]} if each["sort"] else {})
        each["address"] = _address([*kept.items(), ("segment", each["id"])])
    return {"tabs": items, "segment": next((each for each in items if each["id"] == active), None)}


def is_changed(segment: dict[str, Any] | None) -> bool:
    """Whether the list shows something else than its segment says."""
    if segment is None:
        return False
    kept = in_address(segment["filters"]) | ({"sort": segment["sort"]} if segment["sort"] else {})
    return bool(kept != in_address(given(*FILTERS, "sort")))


@pages.post("/clients/segments", who=SIGNED_IN)
def save() -> Any:
    """Save what the list shows under a name."""
    form = request.form
    body = _body(form.get("query", "")) | {"name": form.get("name", ""), "shared": form.get("shared") == "true"}
    made = segments.create_segment(checked(segments.SegmentNew, body))
    return done(_of(made), Toast(_("Saved as %(name)s", name=made["name"])))


@pages.post("/clients/segments/<uuid:segment_id>", who=SIGNED_IN)
def change(segment_id: Any) -> Any:
    """Keep what the list shows under the name it has, or another name, or who is offered it."""
    form = request.form
    body: dict[str, Any] = _body(form.get("query", "")) if form.get("what") == "filters" else {}
    if form.get("what") == "name":
        body = {"name": form.get("name", ""), "shared": form.get("shared") == "true"}
    made = segments.change_segment(segment_id, checked(segments.SegmentChange, body))
    return done(_of(made), Toast(_("%(name)s is saved", name=made["name"])))


@pages.post("/clients/segments/<uuid:segment_id>/delete", who=SIGNED_IN)
def delete(segment_id: Any) -> Any:
    """Forget a segment."""
    segments.delete_segment(segment_id)
    return done("/clients", Toast(_("The segment is deleted; its clients are as they were.")))


def _form(builder: Builder, rest: list[tuple[str, str]], status: int = 200) -> Any:
    values = {"builder": builder, "rest": urlencode(rest), "back": _address(rest)}
    if request.headers.get("HX-Request") == "true":
        return shell.fragment("clients/filter.html", 200, **values)
    return shell.page("clients/filter_page.html", status, **values)


def _rest(pairs: Any) -> list[tuple[str, str]]:
    """What else the list is filtered and sorted by."""
    keep = (*FILTERS, "sort", "segment")
    return [(name, value) for name, value in pairs if name in keep and name != "where" and value]


def _address(pairs: list[tuple[str, str]]) -> str:
    query = urlencode([(name, value) for name, value in pairs if value])
    return f"/clients?{query}" if query else "/clients"


def _where(text: str | None) -> Any:
    try:
        return conditions.parsed(text) if text else None
    except Problem:
        return None


def _body(query: str) -> dict[str, Any]:
    """The filters and the order of a list's address, as a segment's body has them."""
    sent = dict(parse_qsl(query[:20_000]))
    shown = checked(s.ClientFilters, {name: value for name, value in sent.items() if name in (*FILTERS, "sort")})
    filters = shown.model_dump(exclude_unset=True, exclude={"sort", "where"})
    if shown.created_from:
        filters["created_from"] = str(shown.created_from)
    if shown.where:
        filters["where"] = conditions.parsed(shown.where)
    return {"filters": filters, "sort": shown.sort}


def _of(segment: dict[str, Any]) -> str:
    kept = in_address(segment["filters"]) | ({"sort": segment["sort"]} if segment["sort"] else {})
    return _address([*kept.items(), ("segment", segment["id"])])
