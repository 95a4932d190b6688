"""Messages leave: one conversation at a time, in the order they were written.

HTTP has no transaction with our database. The hand-over is committed before the request: a worker that dies then, or
that gets no answer, leaves a message of which nobody knows, and that is not sent again. WhatsApp gives our own id of a
message back with each status of it, so the first status that comes settles it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.engine import Row
from sqlalchemy.orm import Session

from libs.common.database import UnitOfWork
from libs.common.jobs import Job, RetryLater
from services.notifications.whatsapp import applying, conversations, identifying, pacing, progress, telling
from services.notifications.whatsapp.domain import (
    FAILED,
    QUEUED,
    SENDING,
    SENT,
    UNKNOWN,
    Fault,
    fault_of,
    window_ends,
)
from services.notifications.whatsapp.domain.faults import AGAIN, GIVEN_UP, TOO_OLD, WINDOW_CLOSED
from services.notifications.whatsapp.models import messages
from services.notifications.whatsapp.ports import Accepted, Line, NoAnswer, NotReached, Outside, Refused

JOB = "send_whatsapp"
PATIENCE = timedelta(days=3)
# Beyond the time an answer may take: the request has to get there, too.
_MARGIN = timedelta(seconds=30)
_TURN_SECONDS, _OUTAGE_SECONDS, _LONGEST_OUTAGE = 1.0, 5.0, 300.0


@dataclass(frozen=True, slots=True)
class Leaving:
    """A message that is about to be handed over. wait: seconds until its turn; attempt: counts from 1."""

    message_id: str
    to: dict[str, str]
    content: dict[str, Any]
    wait: float
    attempt: int


def send_outside(outside: Outside, job: Job) -> Line:
    """Hand over what waits in a conversation, until nothing waits or a pause is due (RetryLater)."""
    while True:
        with outside.transaction(job.context) as uow:
            leaving = _next(uow, outside, job.payload["conversation_id"])
        if isinstance(leaving, float):
            raise RetryLater("it is not its turn yet", leaving)
        if leaving is None:
            return outside.line
        if leaving.wait > 0:
            outside.pause(leaving.wait)
        if not _hand_over(outside, job, leaving):
            return outside.line


def send_finished(uow: UnitOfWork, job: Job, line: Line) -> None:
    """What was written while the last one left is sent by the next job, unless nothing can be sent at all."""
    conversation_id = job.payload["conversation_id"]
    waits = exists().where(messages.c.conversation_id == conversation_id, messages.c.status == QUEUED)
    if line.open and not pacing.is_blocked(uow, line) and uow.session.execute(select(waits)).scalar_one():
        order(uow, conversation_id)


def send_failed(uow: UnitOfWork, job: Job, reason: str) -> None:
    """A fault of our own for a month: what waits is given up, in words."""
    waiting = (messages.c.conversation_id == job.payload["conversation_id"], messages.c.status == QUEUED)
    fault = Fault(-1, reason[:500], AGAIN)
    for message_id in uow.session.execute(select(messages.c.id).where(*waiting)).scalars().all():
        progress.further(uow, message_id, FAILED, uow.now, fault)


def order(uow: UnitOfWork, conversation_id: str) -> None:
    """Have a conversation's messages sent; before anything of it is locked."""
    uow.jobs.wake(JOB, {"conversation_id": conversation_id}, conversation_id)


def resume_sending(uow: UnitOfWork, line: Line) -> None:
    """Order what waits without a job: after a stop, or with a new token."""
    if not line.open or pacing.is_blocked(uow, line):
        return
    statement = select(messages.c.conversation_id).where(messages.c.status.in_([QUEUED, SENDING])).distinct()
    for conversation_id in uow.session.execute(statement).scalars().all():
        order(uow, conversation_id)


def _next(uow: UnitOfWork, outside: Outside, conversation_id: str) -> Leaving | float | None:
    """The message that leaves now; seconds until it may; None when nothing waits or nothing can be sent."""
    found = conversations.locked(uow, [conversation_id])
    if not found or not outside.line.open or pacing.is_blocked(uow, outside.line):
        return None
    conversation = found[0]
    if (busy := _in_other_hands(uow, outside, conversation)) > 0:
        return busy
    message = _oldest(uow.session, conversation_id, QUEUED)
    while message is not None and (fault := _hopeless(uow, conversation, message)) is not None:
        progress.further(uow, message.id, FAILED, uow.now, fault)
        message = _oldest(uow.session, conversation_id, QUEUED)
    if message is None:
        return None
    if (seconds := pacing.rest(conversation.handed_at, outside.line, uow.now)) > 0:
        return seconds
    moment = pacing.turn(uow, outside.line)
    if moment is None:
        return _TURN_SECONDS
    conversations.change(uow, conversation_id, handed_at=moment)
    progress.write(uow, message.id, status=SENDING, handed_at=moment, attempts=message.attempts + 1, error=None)
    wait = (moment - uow.now).total_seconds()
    return Leaving(message.id, _to(conversation), _content(message), wait, message.attempts + 1)


def _in_other_hands(uow: UnitOfWork, outside: Outside, conversation: Row[Any]) -> float:
    """Seconds for which another attempt may still get its answer. One that must be dead leaves its message unknown."""
    message = _oldest(uow.session, conversation.id, SENDING)
    if message is None:
        return 0.0
    patience = timedelta(seconds=outside.line.answer_seconds) + _MARGIN
    left: float = (message.handed_at + patience - uow.now).total_seconds()
    if left > 0:
        return left
    progress.further(uow, message.id, UNKNOWN, uow.now)
    return 0.0


def _hopeless(uow: UnitOfWork, conversation: Row[Any], message: Row[Any]) -> Fault | None:
    if message.created_at + PATIENCE < uow.now:
        return fault_of(TOO_OLD)
    if not conversation.number and not conversation.bsuid:
        return fault_of(GIVEN_UP)
    if message.template is None and window_ends(conversation.last_inbound_at, uow.now) is None:
        return fault_of(WINDOW_CLOSED)
    return None


def _hand_over(outside: Outside, job: Job, leaving: Leaving) -> bool:
    """One request and what came of it; False when nothing more is to be sent for now."""
    try:
        accepted = outside.provider.send(leaving.to, leaving.content, leaving.message_id)
    except Refused as error:
        return _refused(outside, job, leaving, error.fault)
    except NotReached as error:
        with outside.transaction(job.context) as uow:
            _requeue(uow, leaving.message_id)
        raise RetryLater(
            str(error), min(_OUTAGE_SECONDS * 2.0 ** min(leaving.attempt - 1, 6), _LONGEST_OUTAGE)
        ) from None
    except NoAnswer:
        with outside.transaction(job.context) as uow:
            _lock(uow, leaving.message_id)
            progress.further(uow, leaving.message_id, UNKNOWN, uow.now)
        return True
    with outside.transaction(job.context) as uow:
        _accepted(uow, leaving, accepted)
    return True


def _accepted(uow: UnitOfWork, leaving: Leaving, accepted: Accepted) -> None:
    message_id, dialled = leaving.message_id, leaving.to.get("to")
    if dialled and accepted.wa_id not in ("", dialled):
        _know_form(uow, message_id, dialled, accepted.wa_id)
    _lock(uow, message_id)
    told = telling.message(uow, message_id)
    if told.provider_id is None:
        progress.write(uow, message_id, provider_id=accepted.provider_id)
    progress.further(uow, message_id, SENT, uow.now)
    applying.take_up_early(uow, message_id)


def _know_form(uow: UnitOfWork, message_id: str, dialled: str, wa_id: str) -> None:
    """WhatsApp may know a number in another form than it is dialled in; statuses and answers come with that one.

    Nothing is learned of a number that is not this person's any more, which they may have changed meanwhile.
    """
    made = identifying.hold(uow, [("number", dialled), ("number", wa_id)])
    conversation = _lock(uow, message_id)
    if conversation.number == dialled:
        kept = identifying.also_known(uow, conversation.id, wa_id)
        if kept is not None:
            conversations.change(uow, kept, number=wa_id)
    identifying.drop_empty(uow, made)


def _refused(outside: Outside, job: Job, leaving: Leaving, fault: Fault) -> bool:
    with outside.transaction(job.context) as uow:
        _lock(uow, leaving.message_id)
        if fault.stops:
            _requeue(uow, leaving.message_id)
            pacing.block(uow, outside.line, fault, leaving.message_id)
            return False
        if fault.retry_seconds is None:
            progress.further(uow, leaving.message_id, FAILED, uow.now, fault)
            return True
        _requeue(uow, leaving.message_id)
    raise RetryLater(fault.reason, fault.retry_seconds * min(2.0 ** (leaving.attempt - 1), 20.0))


def _requeue(uow: UnitOfWork, message_id: str) -> None:
    """It is certain that WhatsApp has not taken it; one that a status has settled meanwhile stays settled."""
    _lock(uow, message_id)
    if telling.message(uow, message_id).status == SENDING:
        progress.write(uow, message_id, status=QUEUED, handed_at=None)


def _lock(uow: UnitOfWork, message_id: str) -> Row[Any]:
    """The conversation of a message, locked."""
    of_message = select(messages.c.conversation_id).where(messages.c.id == message_id)
    while True:
        conversation_id = uow.session.execute(of_message).scalar_one()
        if found := conversations.locked(uow, [conversation_id]):
            return found[0]


def _oldest(session: Session, conversation_id: str, status: str) -> Row[Any] | None:
    row = messages.c
    mine = select(messages).where(row.conversation_id == conversation_id, row.status == status)
    return session.execute(mine.order_by(row.position).limit(1)).first()


def _to(conversation: Row[Any]) -> dict[str, str]:
    """Whom to send to: a number, else the business-scoped id of somebody who does not show theirs."""
    return {"to": conversation.number} if conversation.number else {"recipient": conversation.bsuid or ""}


def _content(message: Row[Any]) -> dict[str, Any]:
    """The message as the Cloud API takes it."""
    context = {"context": {"message_id": message.reply_to}} if message.reply_to else {}
    if message.template is None:
        return {"type": "text", "text": {"body": message.text, "preview_url": False}} | context
    template = {"name": message.template["name"], "language": {"code": message.template["language"]}}
    # What was queued before places could be named holds the texts alone.
    given = [
        {"type": "text", "text": each} if isinstance(each, str) else each for each in message.template["parameters"]
    ]
    components = {"components": [{"type": "body", "parameters": given}]} if given else {}
    return {"type": "template", "template": template | components} | context
