"""Telling the others what became of a mail."""

from __future__ import annotations

from libs.common.database import UnitOfWork
from services.notifications.domain import FAILED, SENT, UNKNOWN, Email, Note
from services.notifications.events import EmailFailed, EmailSent
from services.notifications.handlers.posting import notify_of

TEXT_LENGTH = 20_000


def tell(uow: UnitOfWork, email: Email) -> None:
    """Tell the end of a mail, once it has one. A mail nobody can vouch for is told as failed, with what is known."""
    uow.session.flush()
    facts = {
        "email_id": email.id,
        "kind": email.kind,
        "client_id": email.client_id,
        "to": email.addresses(),
        "subject": email.subject,
        "text": email.text[:TEXT_LENGTH],
        "refs": {name: value for name, value in email.refs.items() if value is not None},
        "sent_at": email.settled_at if email.status == SENT else None,
        "version": email.version,
    }
    if email.status == SENT:
        uow.outbox.add(EmailSent(**facts), of=email)
    elif email.status in (FAILED, UNKNOWN):
        error = email.last_error or "the mail was not taken"
        uow.outbox.add(EmailFailed(**facts, error=error), of=email)
        _tell_writer(uow, email, error)


def _tell_writer(uow: UnitOfWork, email: Email, error: str) -> None:
    """Who wrote a mail hears that it did not get there; of other mails the services they belong to say so."""
    writer, draft_id = email.refs.get("sent_by"), email.refs.get("draft_id")
    if not writer or not draft_id:
        return
    title = "Your mail may not have arrived" if email.status == UNKNOWN else "Your mail was not delivered"
    note = Note("mail_failed", f"{title}: {email.subject}", error, "View Draft", f"/email-drafts/{draft_id}")
    notify_of(uow, email.id, [writer], note)
