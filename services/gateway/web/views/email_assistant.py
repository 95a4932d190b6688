"""The e-mail assistant: what is known, the wish, the draft beside its checks, and "Send & Log"."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext as _

from libs.common.problems import Problem
from libs.common.rpc.client import Call
from services.gateway.api import email_drafts as api
from services.gateway.api.routing import checked
from services.gateway.web import forms, mail_words, parts, shell
from services.gateway.web.editing import fits
from services.gateway.web.forms import Form
from services.gateway.web.routing import SALES, Pages, done
from services.gateway.web.toasts import Toast

pages = Pages("email_assistant")

_WISH: dict[str, forms.Reader] = dict.fromkeys(("context", "purpose", "tone", "language"), forms.text)


@pages.get("/deals/<uuid:deal_id>/email", who=SALES)
def assistant(deal_id: Any) -> Any:
    """What is known of the deal, and the form for the wish."""
    return _assistant(str(deal_id), Form({"purpose": "follow_up", "tone": "friendly"}))


@pages.post("/deals/<uuid:deal_id>/email", who=SALES)
def draft(deal_id: Any) -> Any:
    """Have it drafted; the page of the draft shows how far that is."""
    form = forms.sent()
    try:
        body = checked(api.EmailWish, forms.read(_WISH, form.values) | {"deal_id": str(deal_id)})
        made = api.order(body)
    except Problem as problem:
        if not fits(problem):
            raise
        return _assistant(str(deal_id), form.refused(problem), problem.status)
    return done(f"/email-drafts/{made['id']}")


@pages.get("/email-drafts/<uuid:draft_id>")
def show(draft_id: Any) -> Any:
    """The draft beside its checks; after sending, where it went."""
    return _draft(str(draft_id))


@pages.get("/email-drafts/<uuid:draft_id>/state")
def state(draft_id: Any) -> Any:
    """How far the draft, or its mail, is; the whole page is loaded anew once that changes."""
    found = parts.one("ai", "get_email_draft", draft_id=str(draft_id))
    tries = forms.whole("tries", request.args.get("tries", "0"))
    response = shell.fragment("mails/state.html", draft=found, tries=tries)
    if found["status"] != "waiting" and found["mail_status"] != "queued":
        response.headers["HX-Refresh"] = "true"
    return response


@pages.post("/email-drafts/<uuid:draft_id>", who=SALES)
def save(draft_id: Any) -> Any:
    """Keep what was changed, and check it anew."""
    form = forms.sent()
    try:
        _save(draft_id, form)
    except Problem as problem:
        return _refused(draft_id, form, problem)
    return done(f"/email-drafts/{draft_id}#checks", Toast(_("Checked again")))


@pages.post("/email-drafts/<uuid:draft_id>/send", who=SALES)
def send(draft_id: Any) -> Any:
    """Keep what was changed, then send it; what is unsupported has to be confirmed, as the page showed it."""
    form = forms.sent()
    try:
        shown = forms.whole("version", form.values.get("version", "0"))
        before, made = _save(draft_id, form)
        if made is not before and _unsupported(made) - _unsupported(before):
            return _draft(str(draft_id), Form(), 409, unconfirmed=True)
        version = shown if made is before else made["version"]
        body = {"confirm": forms.flag("confirm", form.values.get("confirm", "")), "version": version}
        api.send_email_draft(draft_id, checked(api.EmailSend, body))
    except Problem as problem:
        if "unsupported" in problem.extra:
            return _draft(str(draft_id), Form(), 409, unconfirmed=True)
        return _refused(draft_id, form, problem)
    return done(f"/email-drafts/{draft_id}", Toast(_("The mail is on its way")))


@pages.post("/email-drafts/<uuid:draft_id>/again", who=SALES)
def again(draft_id: Any) -> Any:
    """A new draft of a mail that did not leave."""
    try:
        made = api.redraft_email(draft_id)
    except Problem as problem:
        return _refused(draft_id, forms.sent(), problem)
    return done(f"/email-drafts/{made['id']}", Toast(_("Drafted again; nothing was sent yet")))


def _unsupported(draft: dict[str, Any]) -> set[tuple[str, str]]:
    return {(each["kind"], each["text"].casefold()) for each in draft["checks"] if each["status"] == "unsupported"}


def _save(draft_id: Any, form: Form) -> tuple[dict[str, Any], dict[str, Any]]:
    """The draft before and after: what differs from what is kept is written; else both are the same."""
    kept: dict[str, Any] = parts.one("ai", "get_email_draft", draft_id=str(draft_id))
    typed: dict[str, Any] = {name: form.values.get(name, "").replace("\r\n", "\n") for name in ("subject", "body")}
    typed["attachments"] = [_choice(each) for each in request.form.getlist("attachment")]
    now = {name: kept[name] for name in ("subject", "body")}
    now["attachments"] = [{"kind": each["kind"], "id": each["id"]} for each in kept["attachments"]]
    changes = {name: value for name, value in typed.items() if value != now[name]}
    if not changes or kept["status"] == "sent":
        return kept, kept
    version = forms.whole("version", form.values.get("version", "0"))
    body = checked(api.EmailDraftChange, changes | {"version": version})
    changed: dict[str, Any] = api.change_email_draft(draft_id, body)
    return kept, changed


def _choice(value: str) -> dict[str, str]:
    kind, _colon, file_id = value.partition(":")
    return {"kind": kind, "id": file_id}


def _refused(draft_id: Any, form: Form, problem: Problem) -> Any:
    """The page again, with what was typed and what is wrong with it."""
    if not fits(problem) and problem.status != 409:
        raise problem
    return _draft(str(draft_id), form.refused(problem), problem.status)


def _assistant(deal_id: str, form: Form, status: int = 200) -> Any:
    deal = parts.one("deals", "get_deal", deal_id=deal_id)
    client = {"client_id": deal["client_id"]}
    found = parts.ask(
        {
            "contacts": Call("clients", "list_contacts", client),
            "timeline": Call("clients", "timeline", client | {"limit": 5}),
            "invoices": Call("billing", "list_invoices", {"filters": client, "limit": 5}),
            "drafts": Call("ai", "list_email_drafts", {"deal_id": deal_id, "limit": 10}),
        }
    )
    return shell.page("mails/assistant.html", status, deal=deal, parts=found, form=form, **_words())


def _draft(draft_id: str, form: Form | None = None, status: int = 200, *, unconfirmed: bool = False) -> Any:
    draft = parts.one("ai", "get_email_draft", draft_id=draft_id)
    client = {"client_id": draft["client_id"]}
    open_ = draft["status"] == "ready"
    found = parts.ask(
        {
            "deal": Call("deals", "get_deal", {"deal_id": draft["deal_id"]}),
            "documents": Call("clients", "list_documents", client) if open_ else None,
            "invoices": Call("billing", "list_invoices", {"filters": client, "limit": 20}) if open_ else None,
        }
    )
    values = {"subject": draft["subject"], "body": draft["body"], "version": draft["version"]}
    typed = form if form is not None and form.values else Form(values)
    checks = sorted(draft["checks"], key=lambda each: bool(each["status"] == "supported"))
    pieces = mail_words.marked(draft["body"], checks)
    shown = {"draft": draft, "parts": found, "form": typed, "checks": checks, "pieces": pieces, "tries": 0}
    return shell.page("mails/draft.html", status, unconfirmed=unconfirmed, **shown, **_words())


def _words() -> dict[str, Any]:
    return {
        "purposes": mail_words.PURPOSES,
        "tones": mail_words.TONES,
        "languages_of_mails": mail_words.LANGUAGES,
        "kinds": mail_words.KINDS,
        "draft_words": mail_words.STATUSES,
        "missing_words": mail_words.MISSING,
        "source_words": mail_words.source,
    }
