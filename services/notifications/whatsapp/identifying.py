"""Whose conversation it is: a person is known by several things, and some of them change hands.

A number, a business-scoped id, its parent: each stands once in whatsapp_identities, so that whoever writes it first
makes the conversation and everybody else finds it. An id of WhatsApp's is one person's for good. A number is not: a
person takes another one, and the former is given to a stranger, who has another id (Meta: a new number gives a new
business-scoped id). So an id decides, and a number where nothing speaks against it.

Locks are taken in one order everywhere: first identities, sorted; then conversations, by id.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row

from libs.common import phones
from libs.common.database import UnitOfWork
from libs.common.ids import new_id
from services.notifications.whatsapp.conversations import change, locked
from services.notifications.whatsapp.domain import Person
from services.notifications.whatsapp.models import conversations, identities, messages

Identity = tuple[str, str]
Known = frozenset[Identity]

PASSED_ON = "this number is somebody else's now"
ANOTHERS = "their new number is that of another client's conversation"


def hold(uow: UnitOfWork, known: Iterable[Identity], also: Iterable[str] = ()) -> list[str]:
    """Lock identities and the conversations they lead to, and those of ``also``; what is new gets one of its own.

    The ids of those that were made: ``drop_empty`` takes away what nothing came into.
    """
    made: list[str] = []
    # Sorted over all of them: two deliveries that name the same people take them in the same order.
    found = [_claim(uow, each, made) for each in sorted(set(known))]
    locked(uow, [*found, *also])
    return made


def drop_empty(uow: UnitOfWork, made: Iterable[str]) -> None:
    """Take away conversations in which nobody has written."""
    row, mine = conversations.c, sorted(set(made))
    if not mine:
        return
    used = exists().where(messages.c.conversation_id == row.id)
    ids = uow.session.execute(select(row.id).where(row.id.in_(mine), ~used)).scalars().all()
    if not ids:
        return
    uow.session.execute(delete(identities).where(identities.c.conversation_id.in_(ids)))
    uow.session.execute(delete(conversations).where(row.id.in_(ids)))


def of_person(uow: UnitOfWork, known: Known, at: datetime) -> str:
    """The conversation of who wrote at an instant, by all that is known of them, which is held."""
    rows = _led(uow, known)
    sure = {row.conversation_id for row in rows if row.kind != "number"}
    number = next((row for row in rows if row.kind == "number"), None)
    if number is None or number.conversation_id in sure:
        return _one_of(uow, sure, sure)
    if not _is_somebody_elses(uow, number, known, at):
        return _one_of(uow, sure | {number.conversation_id}, sure)
    conversation_id = _one_of(uow, sure, sure) if sure else _make(uow)
    if _is_newer(uow, number.conversation_id, at):
        _pass_on(uow, number, conversation_id)
    return conversation_id


def moved(uow: UnitOfWork, former: Person, present: Person, at: datetime) -> str:
    """The conversation of who has another number from now on: WhatsApp itself says that both are one person.

    A number that is another client's conversation's is not taken into this one: nobody here would see whose phone they
    write to. Both conversations stay, neither writes to the number, and whoever writes from it next is shown as
    somebody unknown, until a person says whose it is.
    """
    kept = of_person(uow, frozenset(former.identities), at)
    known = frozenset(present.identities)
    for identity in present.identities:
        # Read anew each time: one may have led to a conversation that was joined to this one just now.
        (led,) = _led(uow, frozenset({identity}))
        kept = _with(uow, kept, led, known, at)
    row = identities.c
    mine = (row.kind == "number", row.value == former.wa_id, row.conversation_id == kept)
    conversation, newer = _row(uow, kept), _is_newer(uow, kept, at)
    # They may have come back to the former number since then: one delivery overtakes another.
    if former.wa_id != present.wa_id and (newer or conversation.number != former.wa_id):
        uow.session.execute(update(identities).where(*mine).values(given_up_at=at))
    if newer:
        change(uow, kept, number=None, number_at=at)
    return kept


def with_number(uow: UnitOfWork, digits: str, client_id: str) -> str:
    """The conversation in which a client's contact with this number is written to."""
    digits = _as_known(uow, digits)
    hold(uow, [("number", digits)])
    (number,) = _led(uow, frozenset({("number", digits)}))
    conversation = _row(uow, number.conversation_id)
    if number.given_up_at is None:
        return str(conversation.id)
    if conversation.client_id != client_id:
        made = _make(uow)
        _pass_on(uow, number, made)
        return made
    if conversation.number is None:
        # The client's card says that it is theirs, and a person writes to it: that settles it.
        _take_back(uow, conversation.id, digits)
        change(uow, conversation.id, number=digits, phone=f"+{digits}", blocked_reason=None)
    return str(conversation.id)


def _as_known(uow: UnitOfWork, digits: str) -> str:
    """A number in the form in which somebody has written from it: the card may hold another one."""
    row, forms = identities.c, phones.forms(digits)
    named = select(row.value).where(row.kind == "number", row.value.in_(forms), row.given_up_at.is_(None))
    found = set(uow.session.execute(named).scalars())
    return next((each for each in forms if each in found), digits)


def also_known(uow: UnitOfWork, conversation_id: str, wa_id: str) -> str | None:
    """The conversation of a number that WhatsApp has in another form than it was dialled in; both are held. None where
    that form leads to another client's conversation."""
    (number,) = _led(uow, frozenset({("number", wa_id)}))
    other, mine = _row(uow, number.conversation_id), _row(uow, conversation_id)
    return None if _of_different_clients(mine, other) else _one_of(uow, {mine.id, other.id}, set())


def learn(uow: UnitOfWork, conversation_id: str, person: Person, at: datetime) -> None:
    """Keep how the person is reached and called since an instant, unless something newer has taught it. A number is
    learned where it leads to this conversation and was not given up."""
    conversation = _row(uow, conversation_id)
    if not _is_newer(uow, conversation_id, at):
        return
    known: dict[str, Any] = {"bsuid": person.bsuid, "profile_name": person.name}
    if person.wa_id and _is_theirs(uow, conversation_id, person.wa_id, at):
        _take_back(uow, conversation_id, person.wa_id)
        known |= {"number": person.wa_id, "phone": f"+{person.wa_id}", "number_at": at}
    changed = {name: value for name, value in known.items() if value and value != conversation._mapping[name]}
    if changed:
        change(uow, conversation_id, **changed)


def was_passed_on(uow: UnitOfWork, wa_id: str) -> bool:
    """Whether a number was another person's before, whom clients may still know by it."""
    (found,) = [row.passed_on for row in _led(uow, frozenset({("number", wa_id)}))] or [False]
    return bool(found)


def _claim(uow: UnitOfWork, identity: Identity, made: list[str]) -> str:
    """The conversation that an identity leads to, a new one where it leads nowhere; until the transaction ends."""
    row, (kind, value) = identities.c, identity
    known = select(row.conversation_id).where(row.kind == kind, row.value == value).with_for_update()
    found: str | None = uow.session.execute(known).scalar_one_or_none()
    while found is None:
        offered = _make(uow)
        claimed = insert(identities).values(kind=kind, value=value, conversation_id=offered)
        uow.session.execute(claimed.on_conflict_do_nothing())
        found = uow.session.execute(known).scalar_one_or_none()
        if found == offered:
            made.append(offered)
        else:
            uow.session.execute(delete(conversations).where(conversations.c.id == offered))
    return found


def _make(uow: UnitOfWork) -> str:
    times, made = {"created_at": uow.now, "updated_at": uow.now}, new_id()
    uow.session.execute(insert(conversations).values(id=made, state="unknown", unread=0, version=1, **times))
    return made


def _led(uow: UnitOfWork, known: Known) -> list[Row[Any]]:
    """What is known of identities, ids before numbers."""
    row = identities.c
    named = tuple_(row.kind, row.value).in_(sorted(known))
    return list(uow.session.execute(select(identities).where(named).order_by(row.kind == "number", row.kind)))


def _row(uow: UnitOfWork, conversation_id: str) -> Row[Any]:
    return uow.session.execute(select(conversations).where(conversations.c.id == conversation_id)).one()


def _is_somebody_elses(uow: UnitOfWork, number: Row[Any], known: Known, at: datetime) -> bool:
    """Whether who writes from a number at an instant is not who it leads to: that one gave it up before, or has another
    id than they."""
    given_up_at: datetime | None = number.given_up_at
    if given_up_at is not None and given_up_at < at:
        return True
    row, mine = identities.c, {value for kind, value in known if kind == "bsuid"}
    if not mine:
        return False
    ids = select(row.value).where(row.conversation_id == number.conversation_id, row.kind == "bsuid")
    theirs = set(uow.session.execute(ids).scalars())
    return bool(theirs and not mine & theirs)


def _is_newer(uow: UnitOfWork, conversation_id: str, at: datetime) -> bool:
    """Whether nothing later than an instant has taught the number of a conversation."""
    since: datetime | None = _row(uow, conversation_id).number_at
    return since is None or since <= at


def _is_theirs(uow: UnitOfWork, conversation_id: str, wa_id: str, at: datetime) -> bool:
    (number,) = _led(uow, frozenset({("number", wa_id)}))
    kept = number.given_up_at is None or number.given_up_at < at
    return bool(kept and number.conversation_id == conversation_id)


def _take_back(uow: UnitOfWork, conversation_id: str, wa_id: str) -> None:
    row = identities.c
    mine = (row.kind == "number", row.value == wa_id, row.conversation_id == conversation_id)
    uow.session.execute(update(identities).where(*mine, row.given_up_at.isnot(None)).values(given_up_at=None))


def _pass_on(uow: UnitOfWork, number: Row[Any], conversation_id: str) -> None:
    """A number leads to another conversation from now on; the one it led to writes to it no more."""
    row = identities.c
    here = (row.kind == "number", row.value == number.value)
    values = {"conversation_id": conversation_id, "given_up_at": None, "passed_on": True}
    uow.session.execute(update(identities).where(*here).values(**values))
    if _row(uow, number.conversation_id).number == number.value:
        change(uow, number.conversation_id, number=None, blocked_reason=PASSED_ON)


def _with(uow: UnitOfWork, kept_id: str, present: Row[Any], known: Known, at: datetime) -> str:
    """A conversation with what its person is known by now."""
    kept, other = _row(uow, kept_id), _row(uow, present.conversation_id)
    if kept.id == other.id:
        return kept_id
    is_number = present.kind == "number"
    if _of_different_clients(kept, other):
        if is_number and _is_newer(uow, other.id, at):
            here = (identities.c.kind == "number", identities.c.value == present.value)
            uow.session.execute(update(identities).where(*here).values(given_up_at=at))
            change(uow, other.id, number=None, blocked_reason=PASSED_ON)
            change(uow, kept_id, blocked_reason=ANOTHERS)
        return kept_id
    if is_number and _is_somebody_elses(uow, present, known, at):
        _pass_on(uow, present, kept_id)
        return kept_id
    return _one_of(uow, {kept.id, other.id}, {kept.id})


def _of_different_clients(one: Row[Any], other: Row[Any]) -> bool:
    return bool(one.state == other.state == "linked" and one.client_id != other.client_id)


def _one_of(uow: UnitOfWork, ids: Iterable[str], sure: Iterable[str]) -> str:
    """One conversation in the place of several that turned out to be one person's.

    The linked one stays, else the one that is sure, else the oldest. Two that are linked to different clients stay two:
    a person says which.
    """
    named = sorted(set(ids))
    if len(named) == 1:
        return named[0]
    rows = uow.session.execute(select(conversations).where(conversations.c.id.in_(named))).all()

    def rank(row: Row[Any]) -> tuple[Any, ...]:
        return row.state != "linked", row.id not in sure, row.created_at, row.id

    kept, *others = sorted(rows, key=rank)
    for other in others:
        if other.state != "linked" or other.client_id == kept.client_id:
            _join(uow, kept.id, other)
    return str(kept.id)


def _join(uow: UnitOfWork, kept_id: str, other: Row[Any]) -> None:
    kept, row = _row(uow, kept_id), conversations.c
    for table in (messages, identities):
        gone = update(table).where(table.c.conversation_id == other.id).values(conversation_id=kept_id)
        uow.session.execute(gone)
    # Of two numbers the one that was taught last is the one they have.
    later = other.number_at is not None and (kept.number_at is None or kept.number_at < other.number_at)
    first, second = (other, kept) if later else (kept, other)
    values = {name: first._mapping[name] or second._mapping[name] for name in ("number", "phone", "bsuid")}
    values |= {
        "number_at": first.number_at or second.number_at,
        "unread": row.unread + other.unread,
        "last_inbound_at": func.greatest(row.last_inbound_at, other.last_inbound_at),
        "last_text": func.coalesce(row.last_text, other.last_text),
        "last_message_at": func.greatest(row.last_message_at, other.last_message_at),
        "profile_name": func.coalesce(row.profile_name, other.profile_name),
    }
    change(uow, kept_id, **values)
    uow.session.execute(delete(conversations).where(row.id == other.id))
