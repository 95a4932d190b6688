"""Bringing conversations and messages in line with what a delivery tells: each message once, whatever comes twice.

What is told of a message before the message itself (a status that overtook our answer, an edit of what has not come
yet) is kept in whatsapp_early and taken up when the message is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row

from libs.common.database import UnitOfWork
from libs.common.ids import is_id, new_id
from services.notifications.whatsapp import conversations, media, progress, telling
from services.notifications.whatsapp.conversations import Identity
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
from services.notifications.whatsapp.matching import Known
from services.notifications.whatsapp.models import conversations as table
from services.notifications.whatsapp.models import early, messages

_ORDER: tuple[type[Notice], ...] = (Received, NumberChanged, Changed, Reacted, Reported)


def apply(uow: UnitOfWork, notices: Sequence[Notice], contacts: Known) -> list[str]:
    """Apply what a delivery tells; notes of what is not as one would expect."""
    ordered = sorted(notices, key=lambda each: (_ORDER.index(type(each)), each.at))
    reported = [each for each in ordered if isinstance(each, Reported)]
    of_reports = {row.conversation_id for row in _ours(uow, reported)}
    people = [_known(each) for each in ordered if not isinstance(each, Reported)]
    found = conversations.of_people(uow, people, of_reports)
    notes = [_one(uow, each, found, contacts) for each in ordered]
    return [each for each in notes if each]


def _known(notice: Notice) -> frozenset[Identity]:
    """All by which the person of a notice is known; of one whose number changed, the former and the new."""
    if isinstance(notice, Reported):
        return frozenset()
    known = set(notice.person.identities)
    if isinstance(notice, NumberChanged):
        known |= set(Person(notice.wa_id, notice.bsuid).identities)
    return frozenset(known)


def _one(uow: UnitOfWork, notice: Notice, found: dict[frozenset[Identity], str], contacts: Known) -> str | None:
    if isinstance(notice, Reported):
        return _report(uow, notice)
    conversation_id = found[_known(notice)]
    if isinstance(notice, Received):
        return _receive(uow, conversation_id, notice, contacts)
    if isinstance(notice, NumberChanged):
        person = Person(notice.wa_id, notice.bsuid or notice.person.bsuid)
        told = Received(person, notice.provider_id, "system", notice.text, notice.at, opens=False)
        return _receive(uow, conversation_id, told, contacts)
    return _amend(uow, notice)


def _receive(uow: UnitOfWork, conversation_id: str, notice: Received, contacts: Known) -> str | None:
    conversation = telling.whose(uow, conversation_id)
    conversations.learn(uow, conversation, notice.person)
    contact = contacts.get(notice.person.wa_id)
    if contact is not None and conversation.state != "linked":
        link(uow, conversation_id, contact["client_id"], contact.get("contact_id"))
    conversation = telling.whose(uow, conversation_id)
    message_id = _add(uow, conversation, notice)
    if message_id is None:
        return "it holds a message that was known already"
    _note_latest(uow, conversation, notice)
    take_up_early(uow, message_id)
    told, conversation = telling.message(uow, message_id), telling.whose(uow, conversation_id)
    telling.received(uow, conversation, told)
    telling.notify_people(uow, conversation, told)
    if notice.media is not None:
        uow.jobs.add(media.JOB, {"message_id": message_id}, dedupe_key=message_id)
    return None


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
    values: dict[str, Any] = {"unread": table.c.unread + 1, "blocked_reason": None}
    if notice.opens:
        at = min(notice.at, uow.now)
        values["last_inbound_at"] = max(conversation.last_inbound_at or at, at)
    values |= progress.latest(conversation, notice.at, notice.text)
    conversations.change(uow, conversation.id, **values)


def link(uow: UnitOfWork, conversation_id: str, client_id: str, contact_id: str | None) -> None:
    """Say whose conversation it is, and tell its messages again with the client they belong to."""
    conversations.link(uow, conversation_id, client_id, contact_id)
    conversation = telling.whose(uow, conversation_id)
    theirs = (messages.c.conversation_id == conversation_id, messages.c.direction == "in")
    for told in uow.session.execute(select(messages).where(*theirs).order_by(messages.c.occurred_at)).all():
        telling.received(uow, conversation, told)
        media.file_later(uow, told)


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
    statement = select(row.id, row.conversation_id, row.provider_id).where(
        row.direction == "out", or_(row.provider_id.in_(ids), row.id.in_(callbacks))
    )
    return list(uow.session.execute(statement)) if ids else []


def _report(uow: UnitOfWork, notice: Reported) -> str | None:
    found = _ours(uow, [notice])
    if not found:
        data = {"status": notice.status, "fault": notice.fault.document() if notice.fault else None}
        _keep_early(uow, notice.provider_id, "status", notice.status, data, notice.at)
        return "it holds a status of a message that is not known (yet)"
    message = found[0]
    if message.provider_id is None:
        values = {"provider_id": notice.provider_id}
        uow.session.execute(update(messages).where(messages.c.id == message.id).values(**values))
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
