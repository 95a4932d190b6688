"""Finding or making the one conversation with a person.

A person is known by several things: a number, a business-scoped id, a number of before. Each stands once in
whatsapp_identities, so that whoever writes it first makes the conversation and everybody else finds it.

Locks are taken in one order everywhere: first identities, sorted; then conversations, by id.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Row

from libs.common import record_merges
from libs.common.database import UnitOfWork
from libs.common.ids import new_id
from services.notifications.whatsapp.domain import Person
from services.notifications.whatsapp.models import conversations, identities, messages

Identity = tuple[str, str]


def of_people(
    uow: UnitOfWork, people: Iterable[frozenset[Identity]], also: Iterable[str] = ()
) -> dict[frozenset[Identity], str]:
    """The conversation of each person, who is given as what is known of them; made where there is none.

    All of them are locked, and so are those of ``also``.
    """
    wanted = list(dict.fromkeys(each for each in people if each))
    groups = _connected(wanted)
    group_of = {identity: place for place, group in enumerate(groups) for identity in group}
    offered = [new_id() for _ in groups]
    # Sorted over all of them: two deliveries that name the same people take them in the same order.
    found = {each: _claim(uow, each, offered[group_of[each]]) for each in sorted(group_of)}
    unused = set(offered) - set(found.values())
    uow.session.execute(delete(conversations).where(conversations.c.id.in_(sorted(unused))))
    rows = {row.id: row for row in locked(uow, [*found.values(), *also])}
    chosen = [_one_of(uow, [rows[each] for each in sorted({found[one] for one in group})]) for group in groups]
    return {person: chosen[group_of[next(iter(person))]] for person in wanted}


def _connected(people: Sequence[frozenset[Identity]]) -> list[set[Identity]]:
    """The identities that belong to one person each, as far as these deliveries tell."""
    groups: list[set[Identity]] = []
    for mine in people:
        others = [group for group in groups if group & mine]
        groups = [group for group in groups if not group & mine] + [set(mine).union(*others)]
    return groups


def _claim(uow: UnitOfWork, identity: Identity, conversation_id: str) -> str:
    """The conversation that an identity leads to: the one it led to already, else the one that is offered.

    It leads there until the transaction ends.
    """
    row, (kind, value) = identities.c, identity
    known = select(row.conversation_id).where(row.kind == kind, row.value == value).with_for_update()
    found: str | None = uow.session.execute(known).scalar_one_or_none()
    while found is None:
        _make(uow, conversation_id)
        claimed = insert(identities).values(kind=kind, value=value, conversation_id=conversation_id)
        uow.session.execute(claimed.on_conflict_do_nothing())
        found = uow.session.execute(known).scalar_one_or_none()
    return found


def _make(uow: UnitOfWork, conversation_id: str) -> None:
    times = {"created_at": uow.now, "updated_at": uow.now}
    statement = insert(conversations).values(id=conversation_id, state="unknown", unread=0, version=1, **times)
    uow.session.execute(statement.on_conflict_do_nothing())


def _one_of(uow: UnitOfWork, rows: Sequence[Row[Any]]) -> str:
    """One conversation in the place of several that turned out to be one person's.

    The linked one stays, else the oldest. Two that are linked to different clients stay two: a person says which.
    """
    ranked = sorted(rows, key=lambda row: (row.state != "linked", row.created_at, row.id))
    kept = ranked[0]
    for other in ranked[1:]:
        if other.state != "linked" or other.client_id == kept.client_id:
            _join(uow, kept.id, other)
    return str(kept.id)


def _join(uow: UnitOfWork, kept_id: str, other: Row[Any]) -> None:
    row = conversations.c
    for table in (messages, identities):
        moved = update(table).where(table.c.conversation_id == other.id).values(conversation_id=kept_id)
        uow.session.execute(moved)
    values = {
        "unread": row.unread + other.unread,
        "last_inbound_at": func.greatest(row.last_inbound_at, other.last_inbound_at),
        "last_text": func.coalesce(row.last_text, other.last_text),
        "last_message_at": func.greatest(row.last_message_at, other.last_message_at),
        "number": func.coalesce(row.number, other.number),
        "bsuid": func.coalesce(row.bsuid, other.bsuid),
        "phone": func.coalesce(row.phone, other.phone),
        "profile_name": func.coalesce(row.profile_name, other.profile_name),
        "updated_at": uow.now,
        "version": row.version + 1,
    }
    uow.session.execute(update(conversations).where(row.id == kept_id).values(**values))
    uow.session.execute(delete(conversations).where(row.id == other.id))


def locked(uow: UnitOfWork, ids: Iterable[str]) -> list[Row[Any]]:
    """Conversations, locked, by id; one that was joined to another meanwhile is not among them."""
    row = conversations.c
    statement = select(conversations).where(row.id.in_(sorted(set(ids)))).order_by(row.id).with_for_update()
    return list(uow.session.execute(statement))


def learn(uow: UnitOfWork, conversation: Row[Any], person: Person) -> None:
    """Keep how the person is reached and called now."""
    known = {"number": person.wa_id, "bsuid": person.bsuid, "profile_name": person.name}
    known |= {"phone": f"+{person.wa_id}" if person.wa_id else ""}
    changed = {name: value for name, value in known.items() if value and value != conversation._mapping[name]}
    if changed:
        change(uow, conversation.id, **changed)


def link(uow: UnitOfWork, conversation_id: str, client_id: str, contact_id: str | None) -> str:
    """Say whose conversation it is; the client that it hangs on now, where the one named was merged into another."""
    now = record_merges.current(uow.session, client_id)
    change(uow, conversation_id, state="linked", client_id=now, contact_id=contact_id)
    record_merges.note(uow, client_id, "whatsapp_conversations", conversation_id)
    theirs = messages.c.conversation_id == conversation_id
    uow.session.execute(update(messages).where(theirs).values(contact_id=contact_id))
    return now


def change(uow: UnitOfWork, conversation_id: str, **values: Any) -> None:
    """Change a conversation that is locked."""
    row = conversations.c
    values |= {"updated_at": uow.now, "version": row.version + 1}
    uow.session.execute(update(conversations).where(row.id == conversation_id).values(**values))
