"""What happened, as a file tells it: each activity once, at its client, its deal and its person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import ARRAY

from libs.common.copying import copy_records
from libs.common.ids import is_id, new_id
from services.clients.domain import Activity
from services.clients.events import ActivityLogged
from services.clients.handlers.telling import activity_state, won_among
from services.clients.importing.committing.batch import Batch, Change, Line, texts
from services.clients.models import activities, client_deals, clients, import_changes

_Key = tuple[str, str, str, datetime | None]


def settle_activities(batch: Batch) -> None:
    """The activity of every line that tells of one."""
    lines = [line for line in batch.lines if line.goes_on and line.reading.activity and line.client_id]
    if not lines:
        return
    there, deals = _there(batch, lines), _deals(batch, lines)
    known = batch.known("activity", {str(line.reading.activity.get("external_id", "")) for line in lines} - {""})
    taken, made = batch.carrying("activity", there.values()), list[Activity]()
    for line in lines:
        values = line.reading.activity
        key = str(values["external_id"]) if values.get("external_id") else None
        found = known.get(key or "") or (key if key in there.values() else there.get(_key(line)))
        if key is not None and key != found and key not in known and found in taken:
            # Two ids of one system are two things that happened.
            found = None
        if found is None:
            activity = _activity(batch, line, deals)
            found = activity.id
            made.append(activity)
            there[_key(line)] = there[(*_key(line)[:3], None)] = found
            batch.note(Change("activity", found, line.n, activity.client_id, activity.subject, True, 1))
            line.did("created")
        if key is not None and key != found:
            known[key] = found
            taken.add(found)
            batch.stands_for("activity", key, found)
    _write(batch, made)


def _key(line: Line) -> _Key:
    values = line.reading.activity
    return str(line.client_id), values["type"], values["subject"], values.get("occurred_at")


def _there(batch: Batch, lines: list[Line]) -> dict[_Key, str]:
    """The activities of these clients that say the same; one without a time is the same at any."""
    row = activities.c
    subjects = {line.reading.activity["subject"] for line in lines}
    mine = texts(row.client_id, {str(line.client_id) for line in lines}) & texts(row.subject, subjects)
    statement = select(row.id, row.client_id, row.type, row.subject, row.occurred_at).where(mine)
    found: dict[_Key, str] = {}
    for each in batch.uow.session.execute(statement):
        found[each.client_id, each.type, each.subject, each.occurred_at] = each.id
        found[each.client_id, each.type, each.subject, None] = each.id
    return found


def _deals(batch: Batch, lines: list[Line]) -> dict[tuple[str, str], str]:
    """Deals by client and name, by client and id, and by what they are called in the other system."""
    client_ids = {str(line.client_id) for line in lines}
    if not any(line.reading.deal for line in lines):
        return {}
    row, change = client_deals.c, import_changes.c
    session = batch.uow.session
    named = select(row.deal_id, row.client_id, row.deal_name).where(texts(row.client_id, client_ids))
    found: dict[tuple[str, str], str] = {}
    for each in session.execute(named):
        found[each.client_id, each.deal_name] = found[each.client_id, each.deal_id] = each.deal_id
    # Those this import has just made may not have been told of yet.
    fresh = select(change.row_id, change.client_id, change.name).where(
        change.import_id == batch.import_id, change.entity == "deal", texts(change.client_id, client_ids)
    )
    for each in session.execute(fresh):
        found[each.client_id, each.name] = found[each.client_id, each.row_id] = each.row_id
    ids = {str(line.reading.deal["external_id"]) for line in lines if line.reading.deal.get("external_id")}
    return found | {("", key): row_id for key, row_id in batch.known("deal", ids).items()}


def _activity(batch: Batch, line: Line, deals: dict[tuple[str, str], str]) -> Activity:
    uow, values, deal = batch.uow, line.reading.activity, line.reading.deal
    client_id, key = str(line.client_id), str(deal.get("external_id", ""))
    deal_id = deals.get(("", key)) or (deals.get((client_id, key.lower())) if is_id(key) else None)
    at = values.get("occurred_at") or uow.now
    return Activity(
        id=new_id(),
        client_id=client_id,
        type=values["type"],
        subject=values["subject"],
        description=values.get("description", ""),
        occurred_at=at,
        created_at=values.get("created_at") or uow.now,
        updated_at=uow.now,
        contact_id=line.contact_id,
        deal_id=deal_id or deals.get((client_id, str(deal.get("deal_name", "")))),
        due_at=values.get("due_at"),
        assignee_id=_assignee(batch, values),
        done_at=values.get("done_at"),
        actor_id=uow.actor.id,
        actor_name=values.get("actor_name") or uow.actor.name,
    )


def _assignee(batch: Batch, values: dict[str, Any]) -> str | None:
    if values["type"] != "task" or "activity.assignee" in batch.mapped:
        found: str | None = values.get("assignee")
        return found
    return batch.uow.actor.id


def _write(batch: Batch, made: list[Activity]) -> None:
    if not made:
        return
    uow = batch.uow
    copy_records(uow.session, activities, made)
    latest: dict[str, datetime] = {}
    for each in made:
        latest[each.client_id] = max(each.occurred_at, latest.get(each.client_id, each.occurred_at))
    _last_activity(batch, latest)
    won = won_among(uow, list(latest))
    told = ((activity_state(ActivityLogged, each, each.client_id in won, brought=True), each) for each in made)
    uow.outbox.add_all(told)


def _last_activity(batch: Batch, latest: dict[str, datetime]) -> None:
    """When something last happened with each client; no change of the client itself, so its version stays."""
    from sqlalchemy import column, func, literal

    ids, times = list(latest), list(latest.values())
    new = (
        func.unnest(literal(ids, ARRAY(clients.c.id.type)), literal(times, ARRAY(clients.c.last_activity_at.type)))
        .table_valued(column("id", clients.c.id.type), column("at", clients.c.last_activity_at.type), name="new")
        .render_derived()
    )
    known = clients.c.last_activity_at
    later = known.is_(None) | (known < new.c.at)
    batch.uow.session.execute(
        update(clients).where(clients.c.id == new.c.id, later).values(last_activity_at=new.c.at),
        execution_options={"synchronize_session": False},
    )
