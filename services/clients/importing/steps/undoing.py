"""Taking an import back: what it made and nobody touched goes, what it changed is as it was, the rest is named."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, literal, select, union, update
from sqlalchemy.dialects.postgresql import insert

from libs.common.database import UnitOfWork
from libs.common.jobs import Job
from services.clients.domain import REMOVED, Activity, Client, Contact
from services.clients.handlers.loading import primary_contacts
from services.clients.handlers.telling import tell_access
from services.clients.importing.committing.batch import texts
from services.clients.importing.steps.counting import await_counted
from services.clients.importing.steps.defining import fields_kept, forget_fields
from services.clients.importing.steps.run import Tools, note, take_turn, unit
from services.clients.importing.steps.segmenting import undo_segments
from services.clients.models import (
    activities,
    client_deals,
    client_keys,
    clients,
    contacts,
    documents,
    import_changes,
    import_keys,
    task_causes,
)

# What hangs on something goes before it.
_ORDER = ("segment", "activity", "deal", "contact", "client")
_PAGE = 500
# As many deals as are counted in a few seconds.
_DEALS = 250
_SINCE = "changed since"
_COMPANY_STAYS = "its company stays"


def undo(tools: Tools, job: Job, run: Any) -> bool:
    """Take back some pages of changes; whether there are more."""
    deadline = tools.deadline()
    while time.monotonic() < deadline:
        if not _page(tools, job, run):
            return False
    return True


def _page(tools: Tools, job: Job, run: Any) -> bool:
    with unit(tools, job, run, "undoing") as (uow, now):
        if now is None:
            return False
        found = _next(uow, now.id)
        if found and found[0].entity != "deal":
            take_turn(uow)
            _settle(uow, now.id, found, _UNDO[found[0].entity](uow, found))
            return True
    if not found:
        _finish(tools, job, run)
        return False
    # What another service owns is taken back there, outside a transaction of ours. Asked once more, where ours was
    # given up, it refuses the same, and what it removed the first time is not named again.
    answer = tools.deals.take_back(run.id, [each.row_id for each in found])
    await_counted(tools, {each["deal_id"]: each["version"] for each in answer["removed"]})
    with unit(tools, job, run, "undoing") as (uow, now):
        if now is not None:
            refused = {each["deal_id"]: each["reason"] for each in answer["refused"]}
            _forget_deals(uow, [each for each in found if each.row_id not in refused], answer["removed"])
            _settle(uow, now.id, found, refused)
    return True


def _finish(tools: Tools, job: Job, run: Any) -> None:
    """What rows had values of is taken back after them."""
    kept = fields_kept(tools, run)
    with unit(tools, job, run, "undoing") as (uow, now):
        if now is not None:
            forget_fields(uow, now, kept)
            note(uow, now, state="undone", finished_at=uow.now, results=now.results | _refused(uow, now.id))


def _next(uow: UnitOfWork, import_id: str) -> Sequence[Any]:
    row = import_changes.c
    for entity in _ORDER:
        mine = (row.import_id == import_id, row.entity == entity, row.refused.is_(None))
        statement = select(import_changes).where(*mine).order_by(row.row_id)
        statement = statement.limit(_DEALS if entity == "deal" else _PAGE)
        if found := uow.session.execute(statement).all():
            return found
    return []


def _settle(uow: UnitOfWork, import_id: str, found: Sequence[Any], refused: dict[str, str]) -> None:
    """Forget what was taken back, and keep why the rest was not."""
    row, entity = import_changes.c, found[0].entity
    gone = [each.row_id for each in found if each.row_id not in refused]
    mine = (row.import_id == import_id, row.entity == entity)
    uow.session.execute(delete(import_changes).where(*mine, texts(row.row_id, gone)))
    for row_id, reason in refused.items():
        uow.session.execute(update(import_changes).where(*mine, row.row_id == row_id).values(refused=reason))
    made = [each.row_id for each in found if each.created and each.row_id not in refused]
    uow.session.execute(delete(import_keys).where(import_keys.c.entity == entity, texts(import_keys.c.row_id, made)))


def _refused(uow: UnitOfWork, import_id: str) -> dict[str, int]:
    count = select(func.count()).where(import_changes.c.import_id == import_id)
    return {"refused": uow.session.execute(count).scalar_one()}


def _undo_activities(uow: UnitOfWork, found: Sequence[Any]) -> dict[str, str]:
    there = _locked(uow, Activity, activities, found)
    refused = {each.row_id: _SINCE for each in found if each.row_id in there and there[each.row_id].version != 1}
    gone = [row_id for row_id in there if row_id not in refused]
    uow.session.execute(delete(activities).where(texts(activities.c.id, gone)))
    _last_activities(uow, {each.client_id for each in found})
    return refused


def _last_activities(uow: UnitOfWork, client_ids: set[str]) -> None:
    newest = select(func.max(activities.c.occurred_at)).where(activities.c.client_id == clients.c.id).scalar_subquery()
    statement = update(clients).where(texts(clients.c.id, client_ids)).values(last_activity_at=newest)
    uow.session.execute(statement, execution_options={"synchronize_session": False})


def _undo_contacts(uow: UnitOfWork, found: Sequence[Any]) -> dict[str, str]:
    there, refused = _locked(uow, Contact, contacts, found), {}
    staying = _staying(uow, found[0].import_id, {each.client_id for each in found})
    for each in found:
        contact = there.get(each.row_id)
        if contact is None:
            continue
        if contact.version != each.version_after:
            refused[each.row_id] = _SINCE
        elif each.created and each.client_id in staying:
            refused[each.row_id] = _COMPANY_STAYS
        elif each.created:
            uow.session.delete(contact)
        else:
            contact.change(each.before, uow.now)
    uow.session.flush()
    clients_of = {each.client_id for each in found}
    _heirs(uow, clients_of - _to_come(uow, found[-1], clients_of))
    return refused


def _staying(uow: UnitOfWork, import_id: str, client_ids: set[str]) -> set[str]:
    """Those of the clients that the import made and will not take away: who works with one needs its people."""
    row = import_changes.c
    made = (row.import_id == import_id, row.entity == "client", row.created, texts(row.row_id, client_ids))
    statement = select(clients.c.id, (clients.c.version != row.version_after).label("changed"))
    statement = statement.join(import_changes, row.row_id == clients.c.id).where(*made, clients.c.deleted_at.is_(None))
    found = uow.session.execute(statement).all()
    hanging = _hanging(uow, import_id, [client.id for client in found])
    return {client.id for client in found if client.changed or client.id in hanging}


def _to_come(uow: UnitOfWork, last: Any, client_ids: set[str]) -> set[str]:
    """Those of the clients of which a later page takes more contacts back: an heir among these would be one that goes,
    and would count as changed when its turn comes."""
    row = import_changes.c
    after = (
        row.import_id == last.import_id,
        row.entity == last.entity,
        row.refused.is_(None),
        row.row_id > last.row_id,
    )
    found = select(row.client_id).where(*after, texts(row.client_id, client_ids))
    return set(uow.session.execute(found.distinct()).scalars())


def _heirs(uow: UnitOfWork, client_ids: set[str]) -> None:
    """Where the primary contact went, the oldest other takes its place."""
    for heir in primary_contacts(uow, client_ids).values():
        if not heir.is_primary:
            heir.change({"is_primary": True}, uow.now)
    uow.session.flush()


def _undo_clients(uow: UnitOfWork, found: Sequence[Any]) -> dict[str, str]:
    there, refused = _locked(uow, Client, clients, found), {}
    hanging = _hanging(uow, found[0].import_id, [each.row_id for each in found if each.created])
    told: list[Client] = []
    for each in found:
        client = there.get(each.row_id)
        if client is None or client.deleted_at is not None:
            continue
        if client.version != each.version_after:
            refused[each.row_id] = _SINCE
        elif each.created and client.id in hanging:
            refused[each.row_id] = f"it has {hanging[client.id]} by now"
        elif each.created:
            # Nobody brings it back, and a field that the import made goes where no row has a value of it.
            if not client.change({"deleted_at": uow.now, "custom": {}}, uow.now):
                client.access_changed(True)
            told.append(client)
        elif client.change(_before(each.before), uow.now):
            told.append(client)
    uow.session.flush()
    gone = [client.id for client in told if client.deleted_at is not None]
    uow.session.execute(delete(client_keys).where(texts(client_keys.c.client_id, gone)))
    if told:
        tell_access(uow, *told)
    return refused


def _before(before: dict[str, Any]) -> dict[str, Any]:
    return {name: datetime.fromisoformat(value) if name.endswith("_at") and value else value
            for name, value in before.items()}  # fmt: skip


def _hanging(uow: UnitOfWork, import_id: str, client_ids: list[str]) -> dict[str, str]:
    """What hangs on clients that other people or services put there."""
    row = import_changes.c
    of_contact = (row.import_id == import_id, row.entity == "contact", row.row_id == contacts.c.id, row.created)
    untouched = exists().where(*of_contact, row.refused.is_(None), row.version_after == contacts.c.version)
    kinds: dict[str, tuple[Any, ...]] = {
        # One that the import made, and whose turn to go is to come, holds nothing. Said only where nothing else hangs
        # there: people may have been left for the sake of that.
        "contacts": (contacts, ~untouched),
        # A task that made itself is no work of anybody's.
        "a history": (activities, ~exists().where(task_causes.c.activity_id == activities.c.id)),
        "documents": (documents,),
        "deals": (client_deals, client_deals.c.stage != REMOVED),
    }
    statement = union(
        *(
            select(table.c.client_id, literal(kind).label("kind")).where(texts(table.c.client_id, client_ids), *more)
            for kind, (table, *more) in kinds.items()
        )
    )
    found = sorted(uow.session.execute(statement), key=lambda row: list(kinds).index(row.kind))
    return {row.client_id: row.kind for row in found}


def _forget_deals(uow: UnitOfWork, found: Sequence[Any], removed: list[dict[str, Any]]) -> None:
    """Our copy of a deal that is gone is worth nothing at once, whatever of its past is still on its way to us.

    found: the deals, as the import made them. removed: those of them that went this time, at their last version.
    """
    owners = sorted({each.client_id for each in found} | {each["client_id"] for each in removed})
    # Clients first, as events of deals do: who waits the other way round waits for ever.
    held = select(clients.c.id).where(texts(clients.c.id, owners)).order_by(clients.c.id).with_for_update()
    uow.session.execute(held)
    gone: dict[str, Any] = {"stage": REMOVED, "deal_name": "", "description": None, "custom": {}, "custom_text": None}
    gone |= {"value_minor": None, "base_minor": None}
    row = client_deals.c
    copies = (texts(row.deal_id, [each.row_id for each in found]), row.stage != REMOVED)
    uow.session.execute(update(client_deals).where(*copies).values(**gone, version=row.version + 1))
    if removed:
        statement = insert(client_deals)
        values = gone | {"version": statement.excluded.version}
        newest = row.version < statement.excluded.version
        uow.session.execute(
            statement.on_conflict_do_update(index_elements=["deal_id"], set_=values, where=newest),
            [each | gone for each in removed],
        )


def _locked(uow: UnitOfWork, kind: Any, table: Any, found: Sequence[Any]) -> dict[str, Any]:
    ids = [each.row_id for each in found]
    statement = select(kind).where(texts(table.c.id, ids)).order_by(table.c.id).with_for_update()
    rows = uow.session.execute(statement.execution_options(populate_existing=True)).scalars()
    return {row.id: row for row in rows}


_UNDO: dict[str, Callable[[UnitOfWork, Sequence[Any]], dict[str, str]]] = {
    "segment": undo_segments,
    "activity": _undo_activities,
    "contact": _undo_contacts,
    "client": _undo_clients,
}
