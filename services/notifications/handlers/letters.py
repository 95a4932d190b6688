"""Mails that a person wrote, or had written, to a client."""

from __future__ import annotations

from libs.common.database import UnitOfWork
from libs.common.events import Envelope
from services.notifications import events
from services.notifications.handlers.posting import post


def on_email_ordered(uow: UnitOfWork, event: events.EmailOrdered, _envelope: Envelope) -> None:
    """The mail is stored as it was written; where it goes is looked up when it leaves, and nowhere else."""
    refs = {
        "draft_id": event.draft_id,
        "deal_id": event.deal_id,
        "contact_id": event.contact_id,
        "sent_by": event.sent_by,
        "sent_by_name": event.sent_by_name,
    }
    context = {"subject_line": event.subject, "words": event.text}
    files = [each.model_dump() for each in event.attachments]
    about = {"client_id": event.client_id, "contact_id": event.contact_id}
    post(uow, "letter", context, refs=refs, attachments=files, **about)
