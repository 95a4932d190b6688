"""Telling the others what became of a mail."""

from __future__ import annotations

from libs.common.database import UnitOfWork
from services.notifications.domain import FAILED, SENT, UNKNOWN, Email
from services.notifications.events import EmailFailed, EmailSent

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
        uow.outbox.add(EmailFailed(**facts, error=email.last_error or "the mail was not taken"), of=email)
