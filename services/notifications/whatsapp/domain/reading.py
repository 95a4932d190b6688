"""Reading the body of a webhook: entries × changes × messages and statuses, all three of which come in batches.

Nothing in a verified body is taken for granted: what does not have the shape it should is noted and left aside, and the
rest is read. contacts[] is matched by wa_id and user_id, never by its place: with several senders the places differ.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from services.notifications.whatsapp.domain.contents import entries, media_of, text_at, words_of
from services.notifications.whatsapp.domain.faults import Fault, fault_of
from services.notifications.whatsapp.domain.notices import (
    Changed,
    Notice,
    NumberChanged,
    Person,
    Reacted,
    Received,
    Reported,
    Webhook,
)
from services.notifications.whatsapp.domain.statuses import REPORTED

_ID_LENGTH = 300
# WhatsApp began then: what is older was said by a clock that was never set.
_EARLIEST, _AHEAD = datetime(2009, 1, 1, tzinfo=UTC), timedelta(days=1)


class Malformed(ValueError):
    """The body is no webhook."""


def read(body: str, phone_number_id: str, now: datetime) -> Webhook:
    """What a body tells about our number. Malformed when it is no JSON object at all."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed("the body is not JSON") from None
    if not isinstance(document, dict) or not isinstance(document.get("entry"), list):
        raise Malformed("the body is no webhook: it has no entries")
    told = Webhook()
    for entry in entries(document, "entry"):
        for change in entries(entry, "changes"):
            _change(told, change, phone_number_id, now)
    return told


def _change(told: Webhook, change: dict[str, Any], phone_number_id: str, now: datetime) -> None:
    named, value = text_at(change, "field", limit=60), change.get("value")
    if named != "messages":
        told.notes.append(f"{named or 'a change without a name'} is not read here")
        return
    if not isinstance(value, dict):
        told.notes.append("a change has no value")
        return
    number = text_at(value, "metadata", "phone_number_id", limit=60)
    if number != phone_number_id:
        told.notes.append(f"it is for another number ({number or 'none is named'})")
        return
    people = [_person(each) for each in entries(value, "contacts")]
    for message in entries(value, "messages"):
        _add(told, _message(message, value, people, now), f"a message of type {message.get('type')!r}")
    for status in entries(value, "statuses"):
        _add(told, _status(status, now), f"a status {status.get('status')!r}")
    if not value.get("messages") and not value.get("statuses"):
        told.notes += [f"WhatsApp reports: {fault.reason}" for fault in _faults(value)]


def _add(told: Webhook, notice: Notice | None, what: str) -> None:
    if notice is None:
        told.notes.append(f"{what[:80]} could not be read")
    else:
        told.notices.append(notice)


def _person(contact: dict[str, Any]) -> Person:
    return Person(
        wa_id=_digits(contact.get("wa_id")),
        bsuid=text_at(contact, "user_id", limit=_ID_LENGTH),
        parent=text_at(contact, "parent_user_id", limit=_ID_LENGTH),
        name=text_at(contact, "profile", "name", limit=200),
    )


def _sender(message: dict[str, Any], people: list[Person]) -> Person:
    """Who wrote a message, with what contacts[] tells of that very person: who has the id, else who has the number and
    no other id. One delivery may tell of two people who had a number one after the other."""
    wa_id, bsuid = _digits(message.get("from")), text_at(message, "from_user_id", limit=_ID_LENGTH)
    parent = text_at(message, "from_parent_user_id", limit=_ID_LENGTH)
    same_id = [each for each in people if bsuid and each.bsuid == bsuid]
    same_number = [each for each in people if wa_id and each.wa_id == wa_id and not (bsuid and each.bsuid)]
    if len({each.bsuid for each in same_number}) > 1:
        same_number = []
    for each in (*same_id, *same_number):
        return Person(wa_id or each.wa_id, bsuid or each.bsuid, parent or each.parent, each.name)
    return Person(wa_id, bsuid, parent)


def _message(message: dict[str, Any], value: dict[str, Any], people: list[Person], now: datetime) -> Notice | None:
    provider_id, person = text_at(message, "id", limit=_ID_LENGTH), _sender(message, people)
    if not provider_id or not person.identities:
        return None
    kind, at = text_at(message, "type", limit=40), _instant(message.get("timestamp"), now)
    if kind in ("edit", "revoke"):
        return _changed(kind, message, person, at)
    if kind == "reaction":
        target = text_at(message, "reaction", "message_id", limit=_ID_LENGTH)
        emoji = text_at(message, "reaction", "emoji", limit=40)
        return Reacted(person, provider_id, target, emoji, at) if target else None
    if kind == "system":
        return _system(message, person, at)
    if kind == "interactive" and "interactive" not in message and not message.get("errors"):
        message = message | {"errors": value.get("errors")}
    text = words_of(kind, message)
    if kind == "interactive" and "interactive" not in message:
        text = words_of("unsupported", message)
    reply_to = text_at(message, "context", "id", limit=_ID_LENGTH)
    return Received(person, provider_id, kind or "unknown", text, at, reply_to, media_of(kind, message))


def _changed(kind: str, message: dict[str, Any], person: Person, at: datetime) -> Notice | None:
    content = message.get(kind)
    target = text_at(content, "original_message_id", limit=_ID_LENGTH)
    if not target:
        return None
    provider_id = text_at(message, "id", limit=_ID_LENGTH)
    if kind == "revoke":
        return Changed(person, provider_id, target, None, at)
    edited = content.get("message") if isinstance(content, dict) else None
    edited = edited if isinstance(edited, dict) else {}
    return Changed(person, provider_id, target, words_of(text_at(edited, "type", limit=40), edited), at)


def _system(message: dict[str, Any], person: Person, at: datetime) -> Notice:
    provider_id = text_at(message, "id", limit=_ID_LENGTH)
    text = text_at(message, "system", "body") or "[A notice of WhatsApp's]"
    new = _digits(message.get("system", {}).get("wa_id")) if isinstance(message.get("system"), dict) else ""
    if text_at(message, "system", "type", limit=60) in ("user_changed_number", "customer_changed_number") and new:
        bsuid = text_at(message, "system", "user_id", limit=_ID_LENGTH)
        return NumberChanged(person, provider_id, new, bsuid, text, at)
    return Received(person, provider_id, "system", text, at, opens=False)


def _status(status: dict[str, Any], now: datetime) -> Reported | None:
    provider_id, state = text_at(status, "id", limit=_ID_LENGTH), text_at(status, "status", limit=40)
    if not provider_id or state not in REPORTED:
        return None
    callback = text_at(status, "biz_opaque_callback_data", limit=_ID_LENGTH)
    fault = next(_faults(status), fault_of(None)) if state == "failed" else None
    return Reported(provider_id, state, _instant(status.get("timestamp"), now), callback, fault)


def _faults(value: dict[str, Any]) -> Iterator[Fault]:
    for each in entries(value, "errors"):
        yield fault_of(each.get("code"), text_at(each, "error_data", "details") or text_at(each, "message"))


def _instant(value: Any, now: datetime) -> datetime:
    """The provider's time, whole seconds since 1970 as text; ours where it is none, or cannot be right."""
    try:
        found = datetime.fromtimestamp(int(value), UTC) if isinstance(value, str | int) else now
    except (ValueError, OverflowError, OSError):
        return now
    return found if _EARLIEST <= found <= now + _AHEAD else now


def _digits(value: Any) -> str:
    """A number's digits, "" for what is no number."""
    written = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    digits = "".join(char for char in written if char in "0123456789")
    return digits if 5 <= len(digits) <= 20 else ""
