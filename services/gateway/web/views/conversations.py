"""Conversations on WhatsApp: the inbox, one conversation with its composer, and whose the unknown ones are."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, request
from flask_babel import gettext as _

from libs.common.problems import Invalid, Problem
from libs.common.rpc.client import Call
from services.gateway.api import conversations as api
from services.gateway.api import schemas as s
from services.gateway.api.routing import checked
from services.gateway.web import editing, forms, parts, picking, shell, toasts
from services.gateway.web.forms import Form
from services.gateway.web.listing import PAGE, given
from services.gateway.web.routing import SALES, Pages, done, is_part
from services.gateway.web.toasts import Toast
from services.gateway.web.views.client_record import to_change

pages = Pages("conversations")

_SHOWN = 50
_REFUSED = (404, 409)
_TEMPLATES = Call("notifications", "list_whatsapp_templates", {})


@pages.get("/conversations", who=SALES)
def inbox() -> Any:
    """Conversations, the latest first: all, those with something unread, or those of people nobody knows."""
    page = {"limit": PAGE} | given("cursor")
    query = checked(api.ConversationFilters, page | given("state", "q", "client_id"))
    found = parts.ask({"conversations": Call("notifications", "list_conversations", s.paged(query.given()))})
    shown: dict[str, Any] = {"parts": found, "state": query.state or "all", "q": query.q or ""}
    if not is_part():
        return shell.page("conversations/list.html", **shown)
    return shell.fragment("conversations/rows.html" if "cursor" in page else "conversations/body.html", **shown)


@pages.get("/conversations/<uuid:conversation_id>", who=SALES)
def show(conversation_id: Any) -> Any:
    """One conversation: what was said, and what can be answered now."""
    return _page(conversation_id, Form())


@pages.get("/conversations/<uuid:conversation_id>/thread", who=SALES)
def thread(conversation_id: Any) -> Any:
    """What was said, without the frame; with a cursor, what was said before."""
    page = given("cursor", "day")
    day = page.pop("day", "")
    found = _asked(conversation_id, **page)
    shown = {"parts": found, "conversation": found["conversation"].needed(), "day": day}
    if not is_part():
        return shell.page("conversations/older.html", **shown)
    return shell.fragment("conversations/bubbles.html" if page else "conversations/thread.html", **shown)


@pages.get("/conversations/<uuid:conversation_id>/answer", who=SALES)
def answer(conversation_id: Any) -> Any:
    """What can be answered now, without the frame: free text begins when they write."""
    mine = {"conversation_id": str(conversation_id)}
    found = parts.ask({"conversation": Call("notifications", "get_conversation", mine), "templates": _TEMPLATES})
    conversation = found["conversation"].needed()
    if not is_part() or conversation["state"] != "linked":
        return redirect(f"/conversations/{conversation_id}")
    shown: dict[str, Any] = {
        "action": f"/conversations/{conversation_id}",
        "swap": "",
        "person": _name(conversation) or conversation["profile_name"] or "",
    }
    return shell.fragment("conversations/answer.html", form=Form(), parts=found, conversation=conversation, **shown)


@pages.post("/conversations/<uuid:conversation_id>", who=SALES)
def write(conversation_id: Any) -> Any:
    """Send a text, or a template with what stands in its places."""
    form = forms.sent()
    try:
        api.send_message(conversation_id, checked(api.MessageNew, _typed(form)))
    except Problem as problem:
        if not editing.fits(problem) and problem.status not in _REFUSED:
            raise
        return _page(conversation_id, form.refused(problem), problem.status)
    return done(f"/conversations/{conversation_id}", Toast(_("The message is on its way")))


@pages.get("/clients/<uuid:client_id>/message", who=SALES)
def start(client_id: Any) -> Any:
    """The conversation with a client; where there is none yet, the templates that begin one."""
    there = parts.one("notifications", "list_conversations", **_of(client_id))["items"]
    if there:
        return redirect(f"/conversations/{there[0]['id']}")
    return _first(client_id, Form())


@pages.post("/clients/<uuid:client_id>/message", who=SALES)
def write_first(client_id: Any) -> Any:
    """Begin a conversation with a template."""
    form = forms.sent()
    try:
        made = api.start_message(client_id, checked(api.FirstMessage, _typed(form) | _to(form)))
    except Problem as problem:
        if not editing.fits(problem) and problem.status not in _REFUSED:
            raise
        return _first(client_id, form.refused(problem), problem.status)
    return done(f"/conversations/{made['conversation_id']}", Toast(_("The message is on its way")))


@pages.get("/clients/<uuid:client_id>/composer", who=SALES)
def composer(client_id: Any) -> Any:
    """What can be written to a client on WhatsApp now, in the composer of their timeline."""
    to_change(client_id)
    return _composer(client_id, Form()) if is_part() else redirect(f"/clients/{client_id}/message")


@pages.post("/clients/<uuid:client_id>/composer", who=SALES)
def compose(client_id: Any) -> Any:
    """Send it: in their conversation, or as the template that begins one."""
    form = forms.sent()
    try:
        conversation_id = _send(client_id, form)
    except Problem as problem:
        if not editing.fits(problem) and problem.status not in _REFUSED:
            raise
        return _composer(client_id, form.refused(problem), problem.status)
    toast = Toast(_("The message is on its way"))
    if not is_part():
        return done(f"/conversations/{conversation_id}", toast)
    response = _composer(client_id, Form())
    toasts.announce(response, toast)
    return response


@pages.post("/conversations/<uuid:conversation_id>/read", who=SALES)
def read(conversation_id: Any) -> Any:
    """It was opened."""
    api.read_conversation(conversation_id)
    return Response(status=204) if is_part() else done(f"/conversations/{conversation_id}")


@pages.post("/conversations/<uuid:conversation_id>/link", who=SALES)
def link(conversation_id: Any) -> Any:
    """It is a client's."""
    form = forms.sent()
    if "find" in form.values:
        return _page(conversation_id, form)
    return _settled(conversation_id, form, lambda: api.link_conversation(
        conversation_id, checked(api.Link, {"client_id": form.values.get("client_id", "")})
    ), _("The conversation is in the client's history now"))  # fmt: skip


@pages.post("/conversations/<uuid:conversation_id>/lead", who=SALES)
def lead(conversation_id: Any) -> Any:
    """It is somebody new."""
    form = forms.sent()
    named = {name: form.values[name] for name in ("first_name", "last_name", "company_name") if form.values.get(name)}
    return _settled(conversation_id, form, lambda: api.make_lead(conversation_id, checked(api.Lead, named)),
                    _("The lead was made"))  # fmt: skip


@pages.post("/conversations/<uuid:conversation_id>/dismiss", who=SALES)
def dismiss(conversation_id: Any) -> Any:
    """Nobody of ours is meant."""
    return _settled(conversation_id, forms.sent(), lambda: api.dismiss_conversation(conversation_id),
                    _("The conversation is put aside"))  # fmt: skip


def _settled(conversation_id: Any, form: Form, act: Any, said: str) -> Any:
    try:
        act()
    except Problem as problem:
        if not editing.fits(problem) and problem.status not in _REFUSED:
            raise
        return _page(conversation_id, form.refused(problem), problem.status)
    return done(f"/conversations/{conversation_id}", Toast(said))


def _typed(form: Form) -> dict[str, Any]:
    """The body that the API takes."""
    about = {"reply_to": form.values["reply_to"]} if form.values.get("reply_to") else {}
    if "template" not in form.values:
        return about | {"text": form.values.get("text", "")}
    name, _sign, language = form.values["template"].partition("|")
    if not language:
        raise Invalid(_("Choose a template."), field="template")
    places = [each for each in request.form.getlist("place") if each.strip()]
    return about | {"template": {"name": name, "language": language, "parameters": places}}


def _of(client_id: Any) -> dict[str, Any]:
    """What asks for the latest conversation with a client."""
    return {"filters": {"client_id": str(client_id)}, "limit": 1}


def _to(form: Form) -> dict[str, str]:
    return {"contact_id": form.values["contact_id"]} if form.values.get("contact_id") else {}


def _send(client_id: Any, form: Form) -> str:
    there = parts.one("notifications", "list_conversations", **_of(client_id))["items"]
    if there:
        api.send_message(there[0]["id"], checked(api.MessageNew, _typed(form)))
        return str(there[0]["id"])
    made = api.start_message(client_id, checked(api.FirstMessage, _typed(form) | _to(form)))
    return str(made["conversation_id"])


def _asked(conversation_id: Any, **page: Any) -> dict[str, Any]:
    mine = {"conversation_id": str(conversation_id)}
    return parts.ask(
        {
            "conversation": Call("notifications", "get_conversation", mine),
            "messages": Call("notifications", "list_messages", mine | {"limit": _SHOWN} | page),
        }
    )


def _page(conversation_id: Any, form: Form, status: int = 200) -> Any:
    found = _asked(conversation_id)
    conversation = found["conversation"].needed()
    typed = form.values.get(picking.SEARCH_FIELD, "")
    is_known = conversation["state"] == "linked"
    more = parts.ask({"templates": _TEMPLATES, "clients": None if is_known else picking.offered(typed)})
    picked = {"clients": [], "more": 0} if is_known else picking.choices(more["clients"], None)
    picked["person"] = _name(conversation)
    return shell.page(
        "conversations/show.html", status, form=form, parts=found | more, conversation=conversation, **picked
    )


def _name(conversation: dict[str, Any], contacts: parts.Part | None = None) -> str:
    """The contact's name as we keep it; "" for who is none."""
    if not conversation["client_id"] or not conversation["contact_id"]:
        return ""
    mine = {"client_id": conversation["client_id"]}
    found = contacts or parts.ask({"contacts": Call("clients", "list_contacts", mine)})["contacts"]
    known = (each for each in found.get("items", []) if each["id"] == conversation["contact_id"])
    return next((f"{each['first_name']} {each['last_name'] or ''}".strip() for each in known), "")


def _composer(client_id: Any, form: Form, status: int = 200) -> Any:
    mine = {"client_id": str(client_id)}
    found = parts.ask(
        {
            "conversations": Call("notifications", "list_conversations", _of(client_id)),
            "contacts": Call("clients", "list_contacts", mine),
            "templates": _TEMPLATES,
        }
    )
    there = found["conversations"].needed()
    conversation = there["items"][0] if there["items"] else None
    person = _name(conversation, found["contacts"]) if conversation else ""
    shown = {"conversation": conversation, "several": there["total"] > 1, "person": person}
    return shell.fragment(
        "conversations/composer.html", status, form=form, parts=found, client={"id": str(client_id)}, **shown
    )


def _first(client_id: Any, form: Form, status: int = 200) -> Any:
    mine = {"client_id": str(client_id)}
    found = parts.ask(
        {
            "client": Call("clients", "get_client", mine),
            "contacts": Call("clients", "list_contacts", mine),
            "templates": _TEMPLATES,
        }
    )
    return shell.page("conversations/first.html", status, form=form, parts=found, client=found["client"].needed())
