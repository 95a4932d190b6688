"""A stored mail leaves: looked up, rendered, handed over, and what came of it written down.

SMTP has no transaction with our database: a process that dies between the mail's last line and the commit of the
server's answer leaves a mail of which nobody knows. That span is kept short. The server gets the whole mail but its
last line, then the hand-over is committed, then the last line goes out, and the answer is kept with one statement
that PostgreSQL carries out even when we die right after sending it; all else that follows from it comes later.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import orjson
from sqlalchemy import select, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from libs.common.database import UnitOfWork, is_outage
from libs.common.fields import email as read_address
from libs.common.jobs import GiveUp, Job, RetryLater
from libs.common.logging import get_logger
from libs.common.problems import Invalid, NotFound, Problem
from libs.common.sealing import SealBroken
from services.notifications import calendars, queries, rendering
from services.notifications.domain import (
    PERIODIC_MAILS,
    SENDING,
    Addressee,
    Email,
    InOtherHands,
    NotSentYet,
    Outcome,
    Settled,
    one_line,
)
from services.notifications.handlers.pictures import inline_pictures
from services.notifications.handlers.telling import tell
from services.notifications.models import emails
from services.notifications.ports import Attachment, ClientDirectory, Company, Message, Outside

log = get_logger(__name__)

_INSIST_SECONDS = 60.0
_HIDDEN = "•••"

_KEEP_ANSWER = text("""
    UPDATE emails SET answer = CAST(:answer AS jsonb)
    WHERE id = CAST(:email_id AS uuid) AND handing_attempt = :attempt AND status = 'sending'
""")


class Nobody(Exception):
    """The person it was for is not to get it; the message says why."""


@dataclass(frozen=True, slots=True)
class Sending:
    """One attempt: it writes down how far it got. ``line``: an open connection, so that the answer waits for none."""

    outside: Outside
    job: Job
    to: Sequence[Addressee]
    text: str
    line: Connection

    def handing_over(self) -> None:
        with self.outside.transaction(self.job.context) as uow:
            email = _locked(uow, self.job)
            email.hand_over(self.job.attempt, self.to, self.text, uow.now, self.outside.patience)

    def answered(self, outcome: Outcome) -> None:
        arguments = {
            "email_id": self.job.payload["email_id"],
            "attempt": self.job.attempt,
            "answer": orjson.dumps(outcome.document()).decode(),
        }
        try:
            self.line.execute(_KEEP_ANSWER, arguments)
        except DBAPIError as error:
            log.warning("an answer could not be kept at once", error=str(error.orig))
        _insist(lambda: self._conclude(outcome))

    def _conclude(self, outcome: Outcome) -> None:
        with self.outside.transaction(self.job.context) as uow:
            email = _locked(uow, self.job)
            was_settled = email.settled
            email.answered(self.job.attempt, self.to, self.text, outcome, uow.now)
            if email.settled and not was_settled:
                tell(uow, email)


def send_outside(outside: Outside, job: Job) -> None:
    """One attempt to send; quiet when the mail needs no more, else an error that has it tried again."""
    try:
        _attempt(outside, job)
    except Settled:
        return
    except InOtherHands as error:
        raise RetryLater(str(error), error.seconds) from None
    except Nobody as error:
        with outside.transaction(job.context) as uow:
            _locked(uow, job).skip(str(error), uow.now)


def send_finished(_uow: UnitOfWork, _job: Job, _result: None) -> None:
    """Nothing is left to do: the end of a mail is written down with the server's answer."""


def send_retried(uow: UnitOfWork, job: Job, reason: str) -> None:
    """Show why the mail still waits."""
    _locked(uow, job).waited(job.attempt, reason, uow.now)


def send_failed(uow: UnitOfWork, job: Job, reason: str) -> None:
    """The mail is given up."""
    email = _locked(uow, job)
    if not email.settled:
        email.give_up(reason, uow.now)
        tell(uow, email)


def _attempt(outside: Outside, job: Job) -> None:
    with outside.read() as session:
        email = queries.email_to_send(session, job.payload["email_id"])
        if email is None or email.settled:
            return
        found = _person_here(session, email) if email.status != SENDING else None
    if email.status == SENDING:
        _recover(outside, job)
    else:
        _send(outside, job, email, found or _person_at_client(outside.clients, email))
    _try_again_unless_settled(outside, job)


def _recover(outside: Outside, job: Job) -> None:
    """What a dead attempt left."""
    with outside.transaction(job.context) as uow:
        email = _locked(uow, job)
        was_settled = email.settled
        email.recover(uow.now, outside.patience)
        if email.settled and not was_settled:
            tell(uow, email)


def _send(outside: Outside, job: Job, email: Email, found: Addressee) -> None:
    to = email.left_to_try([found])
    with outside.read() as session:
        company = queries.company(session)
        writer = queries.person(session, email.refs["sent_by"]) if email.refs.get("sent_by") else None
    token = _token(outside, email)
    pictures = inline_pictures(outside.painter, email)
    unsubscribe = _unsubscribe(outside, email, company)
    context = email.context | ({"token": token} if token else {}) | {"unsubscribe": unsubscribe}
    context |= {"pictures": [each.shown for each in pictures]}
    rendered = rendering.bodies(email.kind, email.subject, context, to[0].first_name, company)
    # The mail alone holds the token: not our copy of it, nor the event that tells of it.
    kept = rendered.text.replace(token, _HIDDEN) if token else rendered.text
    message = Message(
        message_id=email.message_id,
        to=to,
        subject=email.subject,
        text=rendered.text,
        html=rendered.html,
        date=outside.now(),
        # The address stays the company's, which its mail server may send from; answers go to who wrote.
        sender=replace(company.sender, name=f"{writer['name']} ({company.name})") if writer else company.sender,
        reply_to=writer["email"] if writer and writer["active"] else company.email,
        attachments=_attachments(outside, email, company),
        personal=writer is not None,
        inline=[each.inline for each in pictures],
        unsubscribe=unsubscribe,
    )
    try:
        with outside.connect() as line:
            outside.mailer.send(message, Sending(outside, job, to, kept, line))
    except ValueError as error:
        raise GiveUp(f"this can be no mail: {error}") from error


def _unsubscribe(outside: Outside, email: Email, company: Company) -> str | None:
    """Where mails like this one are ended; None of a kind that comes when something happens."""
    if outside.subscriptions is None or email.user_id is None or email.kind not in PERIODIC_MAILS:
        return None
    return f"{company.url}/unsubscribe/{outside.subscriptions.token(email.user_id, email.kind)}"


def _token(outside: Outside, email: Email) -> str:
    """The token of the link in a mail, "" where it has none; it is sealed until this moment."""
    sealed = email.context.get("sealed_token")
    if not sealed:
        return ""
    if outside.sealer is None:
        raise NotSentYet("the setting MAILED_LINK_KEY is missing, without which this mail's link cannot be read")
    try:
        return outside.sealer.open(sealed, email.context["sealed_about"])
    except SealBroken:
        raise NotSentYet("MAILED_LINK_KEY is not the gateway's, so this mail's link cannot be read") from None


def _try_again_unless_settled(outside: Outside, job: Job) -> None:
    with outside.read() as session:
        email = queries.email_to_send(session, job.payload["email_id"])
    if email is not None and not email.settled:
        raise NotSentYet(email.last_error or "the mail server did not take the mail")


def _person_here(session: Session, email: Email) -> Addressee | None:
    """The person the mail is for, as known now; None for a mail to a client or to any address."""
    if email.user_id is None:
        return None
    person = queries.person(session, email.user_id)
    if person is None:
        raise NotSentYet("the person this mail is for is not known here yet")
    if not person["active"]:
        raise Nobody("this person does not work here any more")
    if not email.refs.get("asked") and not queries.wants(session, email.user_id, email.kind):
        raise Nobody("this person switched this kind of mail off")
    return _addressee(person["email"], person["name"])


def _person_at_client(clients: ClientDirectory, email: Email) -> Addressee:
    """The client's contact as the clients service knows it now, else as the order named it."""
    address, name = email.address, email.name
    if email.client_id is not None:
        try:
            card = clients.card(email.client_id, email.contact_id)
            if card.get("email"):
                address, name = card["email"], card.get("contact_name")
        except NotFound:
            pass
        except Problem as problem:
            if address is None:
                raise NotSentYet(f"the client's address could not be asked for: {problem}") from None
    if not address:
        raise GiveUp("there is no address to send this to")
    return _addressee(address, name)


def _addressee(address: str, name: str | None) -> Addressee:
    try:
        return Addressee(read_address("address", address) or "", one_line(name))
    except Invalid as error:
        raise GiveUp(error.detail) from None


def _attachments(outside: Outside, email: Email, company: Company) -> list[Attachment]:
    files = [_attachment(outside, each) for each in email.attachments]
    if email.kind in calendars.MEETING_MAILS:
        files.append(calendars.invitation(email.context, email.created_at, company))
    return files


def _attachment(outside: Outside, named: dict[str, str]) -> Attachment:
    try:
        content = outside.documents.get(named["key"])
    except Problem as problem:
        raise NotSentYet(f"the attachment {named['filename']} could not be read: {problem}") from None
    return Attachment(named["filename"], named["content_type"], content)


def _locked(uow: UnitOfWork, job: Job) -> Email:
    statement = select(Email).where(emails.c.id == job.payload["email_id"]).with_for_update()
    email = uow.session.execute(statement).scalar_one_or_none()
    if email is None:
        raise Settled
    return email


def _insist(step: Callable[[], None]) -> None:
    """Wait out a database that restarts: what the server answered must not be forgotten."""
    end = time.monotonic() + _INSIST_SECONDS
    while True:
        try:
            step()
            return
        except Exception as error:
            if not is_outage(error) or time.monotonic() > end:
                raise
            time.sleep(0.5)
