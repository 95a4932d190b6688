"""Bringing conversations and messages in line with what a delivery tells: each message once, whatever comes twice.

What is told of a message before the message itself (a status that overtook our answer, an edit of what has not come
yet) is kept in whatsapp_early and taken up when the message is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row

from libs.common.database import UnitOfWork
from libs.common.ids import is_id, new_id
from services.notifications.whatsapp import conversations, identifying, media, pacing, progress, telling
from services.notifications.whatsapp.domain import (
    Changed,
    Fault,
    Notice,
    NumberChanged,
    Person,
    Reacted,
    Received,
    Reported,
    fault_of,
)
from services.notifications.whatsapp.identifying import Identity
from services.notifications.whatsapp.matching import Known
from services.notifications.whatsapp.models import conversations as table
from services.notifications.whatsapp.models import early, messages
from services.notifications.whatsapp.ports import Line

_ORDER: dict[type[Notice], int] = {NumberChanged: 0, Received: 0, Changed: 1, Reacted: 2, Reported: 3}
_A_DAY = timedelta(days=1)
_KNOWN = "it holds a message that was known already"


def apply(uow: UnitOfWork, notices: Sequence[Notice], contacts: Known, line: Line) -> list[str]:
    """Apply what a delivery tells; notes of what is not as one would expect."""
    fresh = _fresh(uow, notices)
    people = [identity for each in fresh for identity in _identities(each)]
    made = identifying.hold(uow, people, _concerned(uow, fresh))
    # Now nobody else applies anything about these people: what came meanwhile is not new any more.
    fresh = _fresh(uow, fresh)
    notes = [_one(uow, each, contacts, line) for each in sorted(fresh, key=_in_order)]
    identifying.drop_empty(uow, made)
    return [each for each in (*notes, _KNOWN if len(fresh) < len(notices) else None) if each]


def _in_order(notice: Notice) -> tuple[int, datetime, bool]:
    """Messages and changes of numbers as they happened, and then what is told of messages. Of one second the change
    comes first: who wrote from the former number is told by its time."""
    return _ORDER[type(notice)], notice.at, isinstance(notice, Received)


def _fresh(uow: UnitOfWork, notices: Sequence[Notice]) -> list[Notice]:
    """What is told for the first time: an old message teaches nothing, neither whose it is nor a number."""
    ids = [each.provider_id for each in notices if isinstance(each, Received | NumberChanged)]
    row = messages.c
    known = set(uow.session.execute(select(row.provider_id).where(row.provider_id.in_(ids))).scalars()) if ids else ()
    return [each for each in notices if not isinstance(each, Received | NumberChanged) or each.provider_id not in known]


def _identities(notice: Notice) -> list[Identity]:
    """All by which the person of a notice is known; of one whose number changed, the former and the new."""
    if isinstance(notice, NumberChanged):
        return [*notice.person.identities, *_present(notice).identities]
    return notice.person.identities if isinstance(notice, Received) else []


def _present(notice: NumberChanged) -> Person:
    return Person(notice.wa_id, notice.bsuid)


def _concerned(uow: UnitOfWork, notices: Sequence[Notice]) -> set[str]:
    """The conversations of the messages that are told of."""
    reports = [each for each in notices if isinstance(each, Reported)]
    targets = [each.target for each in notices if isinstance(each, Changed | Reacted)]
    row = messages.c
    amended = select(row.conversation_id).where(row.provider_id.in_(targets))
    found = set(uow.session.execute(amended).scalars()) if targets else set()
    return found | {row.conversation_id for row in _ours(uow, reports)}


def _one(uow: UnitOfWork, notice: Notice, contacts: Known, line: Line) -> str | None:
    if isinstance(notice, Reported):
        return _report(uow, notice, line)
    if isinstance(notice, Received):
        conversation_id = identifying.of_person(uow, frozenset(notice.person.identities), notice.at)
        return _receive(uow, conversation_id, notice, contacts)
    if isinstance(notice, NumberChanged):
        present = _present(notice)
        conversation_id = identifying.moved(uow, notice.person, present, notice.at)
        told = Received(present, notice.provider_id, "system", notice.text, notice.at, opens=False)
        return _receive(uow, conversation_id, told, contacts)
    return _amend(uow, notice)


def _receive(uow: UnitOfWork, conversation_id: str, notice: Received, contacts: Known) -> str | None:
    _find_client(uow, conversation_id, notice.person.wa_id, contacts)
    message_id = _add(uow, telling.whose(uow, conversation_id), notice)
    if message_id is None:
        return _KNOWN
    identifying.learn(uow, conversation_id, notice.person, notice.at)
    _note_latest(uow, telling.whose(uow, conversation_id), notice)
    take_up_early(uow, message_id)
    told, conversation = telling.message(uow, message_id), telling.whose(uow, conversation_id)
    telling.received(uow, conversation, told)
    if _is_news(uow, conversation):
        telling.notify_people(uow, telling.whose(uow, conversation_id), told)
    if notice.media is not None:
        uow.jobs.add(media.JOB, {"message_id": message_id}, dedupe_key=message_id)
    return None


def _is_news(uow: UnitOfWork, conversation: Row[Any]) -> bool:
    """Whether people hear of a message. A sender who was dismissed and writes again is unknown again, and people hear
    of them once a day: of who is a nuisance not more often."""
    today = conversation.returned_at is not None and conversation.returned_at + _A_DAY > uow.now
    if conversation.state == "dismissed" and not today:
        conversations.change(uow, conversation.id, state="unknown", returned_at=uow.now)
        return True
    return conversation.state == "linked" or not today


def _find_client(uow: UnitOfWork, conversation_id: str, wa_id: str, contacts: Known) -> None:
    """Link a conversation that is nobody's to whom clients know by its number; not by one that was another's before.

    One whose client was deleted is nobody's, too, and what its person says next is for sales to look at.
    """
    conversation, contact = telling.whose(uow, conversation_id), contacts.get(wa_id)
    if conversations.is_linked(uow.session, conversation):
        return
    if conversation.state == "linked":
        conversations.release(uow, conversation_id)
    if contact is not None and not identifying.was_passed_on(uow, wa_id):
        link(uow, conversation_id, contact["client_id"], contact.get("contact_id"))


def _add(uow: UnitOfWork, conversation: Row[Any], notice: Received) -> str | None:
    """The id of the message's row, None where it is there already."""
    file = notice.media
    row = {
        "id": new_id(),
        "conversation_id": conversation.id,
        "contact_id": conversation.contact_id,
        "direction": "in",
        "provider_id": notice.provider_id,
        "type": notice.type,
        "text": notice.text,
        "status": "received",
        "occurred_at": notice.at,
        "reply_to": notice.reply_to or None,
        "media": media.asked(file) if file else None,
        "reactions": {},
        "attempts": 0,
        "created_at": uow.now,
        "updated_at": uow.now,
        "version": 1,
    }
    statement = insert(messages).values(row).on_conflict_do_nothing(index_elements=["provider_id"])
    made: str | None = uow.session.execute(statement.returning(messages.c.id)).scalar_one_or_none()
    return made


def _note_latest(uow: UnitOfWork, conversation: Row[Any], notice: Received) -> None:
    """The provider's times decide what is latest; a clock that is ahead opens no longer window."""
    values: dict[str, Any] = {"unread": table.c.unread + 1}
    if notice.opens:
        values |= {"blocked_reason": None} if conversation.number or not conversation.phone else {}
        at = min(notice.at, uow.now)
        values["last_inbound_at"] = max(conversation.last_inbound_at or at, at)
    values |= progress.latest(conversation, notice.at, notice.text)
    conversations.change(uow, conversation.id, **values)


def link(uow: UnitOfWork, conversation_id: str, client_id: str, contact_id: str | None) -> None:
    """Say whose conversation it is, and tell its messages again with the client they belong to.

    Files that lie with a former client's documents stay there, and are filed with the new one's as well.
    """
    former = telling.whose(uow, conversation_id).client_id
    conversations.link(uow, conversation_id, client_id, contact_id)
    conversation, row = telling.whose(uow, conversation_id), messages.c
    theirs = select(messages).where(row.conversation_id == conversation_id).order_by(row.occurred_at, row.position)
    for told in uow.session.execute(theirs).all():
        telling.again(uow, conversation, told)
        if former is not None and told.media and told.media["document_id"]:
            progress.write(uow, told.id, media=told.media | {"document_id": None})
        media.file_later(uow, telling.message(uow, told.id))


def take_up_early(uow: UnitOfWork, message_id: str) -> None:
    """What was told of a message before it was there; nothing where its id is not known yet."""
    told = telling.message(uow, message_id)
    row = early.c
    taken = delete(early).where(row.provider_id == told.provider_id)
    found = uow.session.execute(taken.returning(row.kind, row.data)).all() if told.provider_id else []
    for each in sorted(found, key=lambda entry: str(entry.data["at"])):
        at = datetime.fromisoformat(each.data["at"])
        if each.kind == "status":
            progress.further(uow, message_id, each.data["status"], at, _fault(each.data["fault"]))
        elif each.kind == "change":
            _change(uow, message_id, each.data["text"], at)
        else:
            _react(uow, message_id, each.data["who"], each.data["emoji"], at)


def _fault(kept: dict[str, Any] | None) -> Fault | None:
    """A fault as it was told, with what WhatsApp said of it."""
    return replace(fault_of(kept["code"]), reason=kept["reason"]) if kept else None


def _ours(uow: UnitOfWork, reported: Iterable[Reported]) -> list[Any]:
    """Our messages that reports are about."""
    ids = [each.provider_id for each in reported]
    callbacks = [each.callback for each in reported if is_id(each.callback)]
    row = messages.c
    statement = select(row.id, row.conversation_id, row.provider_id, row.handed_at).where(
        row.direction == "out", or_(row.provider_id.in_(ids), row.id.in_(callbacks))
    )
    return list(uow.session.execute(statement)) if ids else []


def _report(uow: UnitOfWork, notice: Reported, line: Line) -> str | None:
    found = _ours(uow, [notice])
    if not found:
        data = {"status": notice.status, "fault": notice.fault.document() if notice.fault else None}
        _keep_early(uow, notice.provider_id, "status", notice.status, data, notice.at)
        return "it holds a status of a message that is not known (yet)"
    message = found[0]
    if message.provider_id is None:
        values = {"provider_id": notice.provider_id}
        uow.session.execute(update(messages).where(messages.c.id == message.id).values(**values))
    if notice.fault is not None and notice.fault.stops:
        pacing.block_for(uow, line, notice.fault, message.id, message.handed_at)
    progress.further(uow, message.id, notice.status, notice.at, notice.fault)
    if message.provider_id is None:
        take_up_early(uow, message.id)
    return None


def _amend(uow: UnitOfWork, notice: Changed | Reacted) -> str | None:
    """An edit, a revocation or a reaction: done to its message, or kept until that is there."""
    row = messages.c
    known = select(row.id).where(row.provider_id == notice.target).with_for_update()
    message_id = uow.session.execute(known).scalar_one_or_none()
    who = next(iter(value for _kind, value in notice.person.identities), "")
    if isinstance(notice, Changed):
        keep = partial(_keep_early, uow, notice.target, "change", notice.provider_id, {"text": notice.text})
        done = partial(_change, uow, message_id or "", notice.text, notice.at)
    else:
        data = {"who": who, "emoji": notice.emoji}
        keep = partial(_keep_early, uow, notice.target, "reaction", notice.provider_id, data)
        done = partial(_react, uow, message_id or "", who, notice.emoji, notice.at)
    if message_id is None:
        keep(notice.at)
        return "it changes a message that is not known (yet)"
    done()
    return None


def _change(uow: UnitOfWork, message_id: str, text: str | None, at: datetime) -> None:
    """The newest text counts; what was taken back stays so."""
    told = telling.message(uow, message_id)
    stale = told.revoked_at is not None or (text is not None and told.edited_at is not None and told.edited_at >= at)
    if told.direction != "in" or stale:
        return
    values = {"revoked_at": at} if text is None else {"edited_at": at, "text": text}
    progress.write(uow, message_id, **values)
    conversation, told = telling.whose(uow, told.conversation_id), telling.message(uow, message_id)
    if conversation.last_message_at == told.occurred_at:
        conversations.change(uow, conversation.id, last_text=telling.shown(told))
    telling.received(uow, conversation, told)


def _react(uow: UnitOfWork, message_id: str, who: str, emoji: str, at: datetime) -> None:
    """The newest reaction of each person counts; "" took theirs away."""
    told = telling.message(uow, message_id)
    former = told.reactions.get(who)
    if former is not None and datetime.fromisoformat(former["at"]) >= at:
        return
    entry = {"emoji": emoji, "at": at.isoformat()}
    progress.write(uow, message_id, reactions=told.reactions | {who: entry})
    conversation, told = telling.whose(uow, told.conversation_id), telling.message(uow, message_id)
    telling.status_changed(uow, conversation, told)


def _keep_early(uow: UnitOfWork, provider_id: str, kind: str, name: str, data: dict[str, Any], at: datetime) -> None:
    row = {"provider_id": provider_id, "kind": kind, "name": name, "data": data | {"at": at.isoformat()}}
    uow.session.execute(insert(early).values(**row, received_at=uow.now).on_conflict_do_nothing())
