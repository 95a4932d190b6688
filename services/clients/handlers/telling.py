"""Events and activities that several commands share."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol, TypeVar

from sqlalchemy import any_, func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from libs.common.copying import copy_records
from libs.common.database import UnitOfWork
from libs.common.ids import new_id
from services.clients.domain import ANSWERS, Activity, Client, Contact
from services.clients.events import (
    ActivityChanged,
    ActivityLogged,
    ActivityState,
    ClientAccessChanged,
    ClientsAccessChanged,
    ContactCard,
    ContactCreated,
    Reader,
    TaskAssigned,
)
from services.clients.handlers.lifetime import among
from services.clients.handlers.ticking import WAITING, settled_by, tick_off
from services.clients.models import access_grants, activities, clients, tags

# So many clients are told of one by one; of more, so many in one event.
FEW, _TOGETHER = 20, 500

State = TypeVar("State", bound=ActivityState)


def tell_assigned(uow: UnitOfWork, task: Activity, client: Client, cause: str) -> None:
    """Tell who is to do a task that it is theirs."""
    assert task.assignee_id is not None
    event = TaskAssigned(
        activity_id=task.id,
        client_id=client.id,
        company_name=client.company_name,
        subject=task.subject,
        due_at=task.due_at,
        assignee_id=task.assignee_id,
        cause=cause,
        version=task.version,
    )
    uow.outbox.add(event, of=task)


def card(contact: Contact) -> ContactCard:
    return ContactCard(
        contact_id=contact.id,
        first_name=contact.first_name,
        last_name=contact.last_name,
        email=contact.email,
        phone=contact.phone,
        job_title=contact.job_title,
    )


class Standing(Protocol):
    """What decides who may see a client."""

    @property
    def id(self) -> str: ...
    @property
    def company_name(self) -> str: ...
    @property
    def owner_id(self) -> str | None: ...
    @property
    def deleted_at(self) -> datetime | None: ...
    @property
    def is_open(self) -> bool: ...
    @property
    def access_version(self) -> int: ...
    @property
    def version(self) -> int: ...


def tell_access(uow: UnitOfWork, *changed: Standing, handover: bool = True) -> None:
    """Tell who may see these clients now, as the other services keep it: a few one by one, many together.

    handover: whether what their former owners had to do with them is their new owners' now.
    """
    uow.session.flush()
    readers = _readers(uow, [client.id for client in changed])
    told = [(access_of(each, readers.get(each.id, []), handover), each) for each in changed]
    if len(told) <= FEW:
        uow.outbox.add_all(told)
        return
    for place in range(0, len(told), _TOGETHER):
        some = told[place : place + _TOGETHER]
        first = some[0][1]
        uow.outbox.add(ClientsAccessChanged(accesses=[event for event, _ in some], version=first.version), of=first)


def access_of(client: Standing, readers: list[Reader], handover: bool = True) -> ClientAccessChanged:
    return ClientAccessChanged(
        record_id=client.id,
        owner_id=None if client.deleted_at else client.owner_id,
        label=client.company_name,
        is_open=client.is_open,
        closed=client.deleted_at is not None,
        readers=[] if client.deleted_at else readers,
        handover=handover,
        version=client.access_version,
    )


def _readers(uow: UnitOfWork, client_ids: list[str]) -> dict[str, list[Reader]]:
    grant = access_grants.c
    statement = select(grant.client_id, grant.user_id, grant.ends_at)
    theirs = grant.client_id == any_(literal(client_ids, ARRAY(grant.client_id.type)))
    found: dict[str, list[Reader]] = {}
    for row in uow.session.execute(statement.where(theirs, grant.revoked_at.is_(None))):
        found.setdefault(row.client_id, []).append(Reader(user_id=row.user_id, until=row.ends_at))
    return found


def tell_contact(uow: UnitOfWork, client: Client, contact: Contact) -> None:
    event = ContactCreated(
        **card(contact).model_dump(),
        client_id=client.id,
        company_name=client.company_name,
        is_primary=contact.is_primary,
        version=contact.version,
    )
    uow.outbox.add(event, of=contact)


def log(uow: UnitOfWork, client_id: str, kind: str, subject: str, description: str = "", **more: Any) -> Activity:
    """Write an activity in the actor's name, or in that of who did it (``by``), and tell it.

    ``answers``: whether it answers somebody who waits; its type says so unless it is given.
    """
    answers = more.pop("answers", kind in ANSWERS)
    activity = _activity(uow, client_id, kind, subject, description, **more)
    _keep(uow, [activity], activity.occurred_at)
    if answers:
        answered(uow, activity)
    settled_by(uow, activity)
    return activity


def log_inbound(uow: UnitOfWork, client_id: str, kind: str, subject: str, description: str, **more: Any) -> Activity:
    """Write down that somebody there turned to us: from now on they wait for an answer."""
    activity = _activity(uow, client_id, kind, subject, description, **more)
    _keep(uow, [activity], activity.occurred_at)
    wait(uow, activity)
    settled_by(uow, activity, theirs=True)
    return activity


def wait(uow: UnitOfWork, activity: Activity) -> None:
    """Who turned to us waits for an answer from then on."""
    since = func.coalesce(clients.c.waiting_since, activity.occurred_at)
    uow.session.execute(update(clients).where(clients.c.id == activity.client_id).values(waiting_since=since))


def waits_no_more(uow: UnitOfWork, client_id: str, since: datetime) -> None:
    """What a client waited for since an instant was never said there."""
    row = clients.c
    waited = update(clients).where(row.id == client_id, row.waiting_since == since).values(waiting_since=None)
    if uow.session.execute(waited.returning(row.id)).first() is not None:
        tick_off(uow, WAITING, activities.c.client_id == client_id)


def last_activity(uow: UnitOfWork, *client_ids: str) -> None:
    """When something last happened with clients, counted anew."""
    for client_id in client_ids:
        newest = select(func.max(activities.c.occurred_at)).where(activities.c.client_id == client_id)
        values = {"last_activity_at": newest.scalar_subquery()}
        uow.session.execute(update(clients).where(clients.c.id == client_id).values(**values))


def log_all(uow: UnitOfWork, subjects: dict[str, str], *, stirs: bool = True) -> None:
    """Write what the system did to many clients, by their ids. stirs: it is the last that happened with them."""
    written = [_activity(uow, each, "system", subject) for each, subject in subjects.items()]
    _keep(uow, written, uow.now if stirs else None)


def log_many(uow: UnitOfWork, subjects: dict[str, str]) -> None:
    """The same of thousands; whoever calls says with the clients when something last happened, and nobody is told: what
    the system writes is news to no other service."""
    written = [_activity(uow, each, "system", subject) for each, subject in subjects.items()]
    copy_records(uow.session, activities, written)


def _activity(uow: UnitOfWork, client_id: str, kind: str, subject: str, description: str = "", **more: Any) -> Activity:
    by = more.pop("by", uow.actor)
    return Activity(
        id=more.pop("id", None) or new_id(),
        client_id=client_id,
        type=kind,
        subject=subject,
        description=description,
        occurred_at=more.pop("occurred_at", None) or uow.now,
        created_at=uow.now,
        updated_at=uow.now,
        actor_id=by.id,
        actor_name=by.name,
        **more,
    )


def _keep(uow: UnitOfWork, written: list[Activity], occurred_at: datetime | None) -> None:
    uow.session.add_all(written)
    uow.session.flush()
    if occurred_at is not None:
        _stir(uow, [activity.client_id for activity in written], occurred_at)
    won = won_among(uow, [activity.client_id for activity in written])
    uow.outbox.add_all([(activity_state(ActivityLogged, each, each.client_id in won), each) for each in written])


def _stir(uow: UnitOfWork, client_ids: list[str], occurred_at: datetime) -> None:
    """Not a change of the client itself, so its version stays: nobody's edit is refused for it."""
    earlier = (clients.c.last_activity_at.is_(None)) | (clients.c.last_activity_at < occurred_at)
    uow.session.execute(update(clients).where(among(client_ids), earlier).values(last_activity_at=occurred_at))


def tell_activity_changed(uow: UnitOfWork, activity: Activity) -> None:
    """Pages that show an activity learn that it is another now."""
    won = bool(won_among(uow, [activity.client_id]))
    uow.outbox.add(activity_state(ActivityChanged, activity, won), of=activity)


def won_among(uow: UnitOfWork, client_ids: list[str]) -> set[str]:
    """Those of the clients that have a won deal."""
    found = select(clients.c.id).where(among(client_ids), literal("won") == any_(clients.c.deal_stages))
    return set(uow.session.execute(found).scalars())


def activity_state(kind: type[State], each: Activity, won: bool, *, brought: bool = False) -> State:
    """An activity in an event of a kind."""
    return kind(
        activity_id=each.id,
        client_id=each.client_id,
        deal_id=each.deal_id,
        type=each.type,
        subject=each.subject,
        occurred_at=each.occurred_at,
        won=won,
        brought=brought,
        version=each.version,
    )


def answered(uow: UnitOfWork, activity: Activity) -> None:
    """Whoever waited has heard from us; what happened before they asked is no answer."""
    waited = (clients.c.id == activity.client_id, clients.c.waiting_since <= activity.occurred_at)
    answered = update(clients).where(*waited).values(waiting_since=None).returning(clients.c.id)
    if uow.session.execute(answered).first() is not None:
        tick_off(uow, WAITING, activities.c.client_id == activity.client_id)


def know_tags(uow: UnitOfWork, names: list[str]) -> None:
    """Keep the list of tags that people choose from."""
    if names:
        rows = [{"name": name, "created_at": uow.now} for name in sorted(names)]
        uow.session.execute(insert(tags).values(rows).on_conflict_do_nothing())
