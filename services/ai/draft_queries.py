"""Drafts of e-mails as people see them: the text beside its checks, what was changed in it, and where it went."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from libs.common.clock import business_date
from libs.common.database import Business
from libs.common.identity import Actor
from libs.common.ids import is_id
from libs.common.pages import keyset, limit_of, page
from libs.common.problems import Invalid, NotFound
from services.ai import access
from services.ai.email_drafts import Attachment, MailContext, check, difference
from services.ai.models import email_drafts, generations

_MADE = (
    "provider model prompt_version milliseconds attempts cost_micro_usd input_tokens output_tokens stands_in_because"
    " problem input output"
).split()
_OWN = (
    "id deal_id client_id contact_id user_id subject body attachments sent_at sent_by sent_by_name confirmed"
    " mail_status mail_problem sent_to created_at updated_at version"
).split()
_JOINED = email_drafts.join(generations, generations.c.id == email_drafts.c.id)
_WHOLE = [
    *(email_drafts.c[name] for name in _OWN),
    *(generations.c[name] for name in _MADE),
    generations.c.status.label("made"),
]
_LISTED = [
    *(email_drafts.c[name] for name in _OWN if name not in ("body", "confirmed")),
    *(generations.c[name] for name in ("provider", "model", "stands_in_because")),
    generations.c.status.label("made"),
]


def list_drafts(session: Session, actor: Actor, deal_id: str, limit: int | None, cursor: str | None) -> dict[str, Any]:
    """A deal's drafts, newest first, without their texts."""
    if not is_id(deal_id):
        raise Invalid("deal_id is an id", field="deal_id")
    size = limit_of(limit)
    wanted = (email_drafts.c.deal_id == deal_id) & access.drafts_scope(actor)
    keys = [(email_drafts.c.created_at, True), (email_drafts.c.id, True)]
    statement = select(*_LISTED).select_from(_JOINED).where(wanted)
    rows, next_cursor = page(
        session.execute(keyset(statement, keys, cursor, size)).all(), size, lambda row: (row.created_at, row.id)
    )
    total = session.execute(select(func.count()).select_from(email_drafts).where(wanted)).scalar_one()
    items = [_without_keys(dict(row._mapping)) for row in rows]
    return {"items": [_with_status(each) for each in items], "next_cursor": next_cursor, "total": total}


def draft(session: Session, actor: Actor, draft_id: str, business: Business, now: Any) -> dict[str, Any]:
    """One draft, whole. NotFound unless the actor may see it."""
    seen = select(*_WHOLE).select_from(_JOINED).where(email_drafts.c.id == draft_id, access.drafts_scope(actor))
    row = session.execute(seen).first() if is_id(draft_id) else None
    if row is None:
        raise NotFound("there is no such draft, or it is not yours to see")
    return document(dict(row._mapping), business_date(now, business.zone))


def made(session: Session, draft_id: str) -> str:
    """How far the writing of a draft is, whoever asks: ``waiting``, ``done`` or ``failed``."""
    status: str = session.execute(select(generations.c.status).where(generations.c.id == draft_id)).scalar_one()
    return status


def document(row: dict[str, Any], today: date) -> dict[str, Any]:
    """A row as people get it. Checks are made anew, of the text as it stands; a mail that left keeps its day."""
    kept, output = row.pop("input"), row.pop("output") or {}
    context = context_of(kept["known"], row["attachments"])
    day = today if row["sent_at"] is None else context.day
    ready = row["made"] == "done"
    checks = check(row["subject"], row["body"], context, day) if ready else ()
    generated = {"subject": output.get("subject", ""), "body": output.get("body", "")}
    changed = ready and (generated["subject"], generated["body"]) != (row["subject"], row["body"])
    return _with_status(_without_keys(row)) | {
        "to": kept["to"],
        "words": context.words,
        "purpose": context.purpose,
        "tone": context.tone,
        "language": context.language,
        "missing": list(context.missing),
        "known": _known(context),
        "removed": output.get("removed", []),
        "checks": [each.document() for each in checks],
        "generated": generated,
        "changed": changed,
        "difference": difference(generated["body"], row["body"]) if changed else [],
    }


def context_of(known: dict[str, Any], attachments: list[dict[str, Any]]) -> MailContext:
    """What was known when the mail was drafted, with what is attached to it now."""
    files = [Attachment(each["filename"], each["kind"]) for each in attachments]
    return MailContext.of(
        known | {"attachments": [{"filename": each.filename, "source": each.source} for each in files]}
    )


def _known(context: MailContext) -> dict[str, Any]:
    """The part of the context that is shown beside the draft."""
    kept = context.document()
    return {name: kept[name] for name in ("client", "contact", "deal", "people", "activities", "invoices", "company")}


def _with_status(row: dict[str, Any]) -> dict[str, Any]:
    made = row.pop("made")
    status = "sent" if row["sent_at"] else {"done": "ready"}.get(made, made)
    return {"status": status} | row


def _without_keys(row: dict[str, Any]) -> dict[str, Any]:
    """Where bytes lie in the store is nobody's to know."""
    shown = [{name: each[name] for name in ("kind", "id", "filename")} for each in row["attachments"]]
    return row | {"attachments": shown}
