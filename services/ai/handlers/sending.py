""" "Send & Log": a draft is locked and its mail ordered, once; what became of the mail is written down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from libs.common.clock import business_date
from libs.common.database import UnitOfWork
from libs.common.events import Envelope
from libs.common.fields import flag
from libs.common.ids import is_id
from libs.common.problems import Conflict
from services.ai.draft_queries import context_of
from services.ai.email_drafts import check
from services.ai.events import AttachedFile, EmailFailed, EmailOrdered, EmailOutcome, EmailSent
from services.ai.handlers import drafting
from services.ai.models import draft_refusals, email_drafts, generations


class Unconfirmed(Conflict):
    """Something is unsupported, and nobody said of this version that they saw it."""

    def __init__(self, unsupported: list[dict[str, Any]], version: int) -> None:
        told = "the mail says what nothing known backs; confirm it, or change it"
        super().__init__(told, unsupported=unsupported, current_version=version)


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    version: int


def send_email_draft(
    uow: UnitOfWork, draft_id: str, confirm: bool, version: int | None, files: list[dict[str, Any]]
) -> dict[str, Any]:
    """Send it, once: a repeat answers what was sent. Conflict while something is unsupported and nobody confirmed it.

    confirm: what is unsupported in ``version`` was seen; without a version, in the one that was refused to the actor.
    files: what the owners of the attachments answered just now.
    """
    flag("confirm", confirm)
    if drafting.locked_row(uow, draft_id).sent_at is not None:
        return drafting.shown(uow, draft_id)
    row = drafting.locked(uow, draft_id, version)
    unsupported = _unsupported(uow, row)
    if unsupported and not (confirm and (version is not None or _refused(uow, row) == row.version)):
        raise Unconfirmed(unsupported, row.version)
    attachments = drafting.of_client(files, row.client_id)
    sent = {"sent_at": uow.now, "sent_by": uow.actor.id, "sent_by_name": uow.actor.name, "mail_status": "queued"}
    now = drafting.change(uow, draft_id, sent | {"confirmed": unsupported, "attachments": attachments})
    event = EmailOrdered(
        draft_id=row.id,
        client_id=row.client_id,
        contact_id=row.contact_id,
        deal_id=row.deal_id,
        subject=row.subject,
        text=row.body,
        attachments=[AttachedFile(**{name: each[name] for name in AttachedFile.model_fields}) for each in attachments],
        sent_by=uow.actor.id,
        sent_by_name=uow.actor.name,
        version=now,
    )
    uow.outbox.add(event, of=_Row(row.id, now))
    return drafting.shown(uow, draft_id)


def note_refusal(uow: UnitOfWork, draft_id: str, version: int) -> None:
    """The actor was told what is unsupported in this version, and may confirm that."""
    row = {"draft_id": draft_id, "user_id": uow.actor.id, "version": version}
    told = insert(draft_refusals).values(**row)
    uow.session.execute(told.on_conflict_do_update(index_elements=["draft_id", "user_id"], set_={"version": version}))


def _refused(uow: UnitOfWork, row: Any) -> int | None:
    """The version of the draft that was last refused to the actor."""
    mine = (draft_refusals.c.draft_id == row.id, draft_refusals.c.user_id == uow.actor.id)
    return uow.session.execute(select(draft_refusals.c.version).where(*mine)).scalar()


def on_email_sent(uow: UnitOfWork, event: EmailSent, _envelope: Envelope) -> None:
    """Where the mail went."""
    _note(uow, event, {"mail_status": "sent", "mail_problem": None, "sent_to": event.to})


def on_email_failed(uow: UnitOfWork, event: EmailFailed, _envelope: Envelope) -> None:
    """Why it did not get there; a mail that left after all stays sent."""
    _note(uow, event, {"mail_status": "failed", "mail_problem": event.error[:500]}, unless="sent")


def _note(uow: UnitOfWork, event: EmailOutcome, values: dict[str, Any], unless: str = "") -> None:
    draft_id = event.refs.get("draft_id")
    if not is_id(draft_id):
        return
    changed = values | {"updated_at": uow.now, "version": email_drafts.c.version + 1}
    mine = (email_drafts.c.id == draft_id, email_drafts.c.sent_at.isnot(None), email_drafts.c.mail_status != unless)
    uow.session.execute(update(email_drafts).where(*mine).values(**changed))


def _unsupported(uow: UnitOfWork, row: Any) -> list[dict[str, Any]]:
    """What nothing backs, of the text as it would leave now."""
    kept = uow.session.execute(generations.select().where(generations.c.id == row.id)).one().input
    context = context_of(kept["known"], row.attachments)
    checks = check(row.subject, row.body, context, business_date(uow.now, uow.business.zone))
    return [each.document() for each in checks if each.status == "unsupported"]
