"""Working a change of many clients through, a batch at a time: each batch is a transaction and is done once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import case, exists, func, select, text, update

from libs.common import fields
from libs.common.context import Context
from libs.common.database import Database, UnitOfWork
from libs.common.identity import Actor
from libs.common.jobs import Job, JobHandler
from services.clients import access
from services.clients.domain import BULK_FIELDS, REMOVED, bulk_value
from services.clients.events import ClientsAssigned
from services.clients.handlers.bulk.applying import Row, locked, set_field, take_keys, tell_owners
from services.clients.handlers.lifetime import among
from services.clients.handlers.telling import FEW
from services.clients.models import change_set_rows, change_sets, client_deals, clients

CHANGE_MANY, UNDO_MANY = "change_many", "undo_many"
HAS_DEALS = "this client has deals, so its history is needed; set its status to inactive or churned instead"
BATCH = 2000
# So many batches are under way at once: while the database writes one, the other is thought out.
_HANDS = 2
# A worker that dies holds its job no longer than its lease, and the next one goes on with what is left.
_SLICE_SECONDS, _LEASE = 8.0, timedelta(seconds=30)

# One batch of a change set: how many rows were left to do, at most as many as asked for.
Batch = Callable[[UnitOfWork, str, int], int]


def work(uow: UnitOfWork, change_set_id: str, most: int) -> int:
    """Change up to ``most`` of the clients that wait for it; how many that were."""
    change_set = of(uow, change_set_id)
    ids = next_of(uow, change_set_id, "waiting", most)
    name = BULK_FIELDS[change_set.action]
    found = locked(uow, ids)
    refused = _refused(uow, ids, found) | _unfit(uow, change_set, name, found)
    rows = [row for row in found if row.id not in refused]
    wanted = {row.id: _wanted(uow, change_set, getattr(row, name)) for row in rows}
    changing = [row for row in rows if wanted[row.id] != getattr(row, name)]
    keys = take_keys(uow, [row.id for row in changing]) if name == "deleted_at" and changing else {}
    few = change_set.total <= FEW
    after = {row.id: row for row in set_field(uow, name, wanted, changing, few=few)} if changing else {}
    notes = [_changed(row, after[row.id], name, keys) for row in changing]
    same = [row for row in rows if row.id not in after]
    notes += [{"id": row.id, "company_name": row.company_name, "state": "unchanged"} for row in same]
    notes += [{"id": each, "state": "refused", **said} for each, said in refused.items()]
    status = settle(uow, change_set_id, notes, len(ids), "done")
    # A hand that comes when all is done has nothing left to do and nothing to tell.
    if status == "done" and ids and name == "owner_id" and not few:
        _tell_owner(uow, change_set_id)
    return len(ids)


def of(uow: UnitOfWork, change_set_id: str) -> Any:
    """The change set, as it was asked for."""
    return uow.session.execute(select(change_sets).where(change_sets.c.id == change_set_id)).one()


def settle(uow: UnitOfWork, change_set_id: str, notes: Sequence[dict[str, Any]], done: int, status: str) -> str:
    """Write down what became of each row, and how far the whole is; status: what it is when all are done. The status
    that it has now."""
    if notes:
        statement = """
            UPDATE change_set_rows AS r SET state = v.state, reason = v.reason,
                   company_name = COALESCE(v.company_name, r.company_name), before = COALESCE(v.before, r.before),
                   after = COALESCE(v.after, r.after), version_after = COALESCE(v.version_after, r.version_after)
            FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS v
                 (id uuid, state text, reason text, company_name text, before jsonb, after jsonb, version_after integer)
            WHERE r.change_set_id = :change_set AND r.client_id = v.id
        """
        rows = orjson.dumps(list(notes)).decode()
        uow.session.execute(text(statement), {"rows": rows, "change_set": change_set_id})
    row = change_sets.c
    ended = case((row.done + done >= row.total, status), else_=row.status)
    values = {"done": row.done + done, "version": row.version + 1, "status": ended}
    changed = update(change_sets).where(row.id == change_set_id).values(**values).returning(row.status)
    return str(uow.session.execute(changed).scalar_one())


def _tell_owner(uow: UnitOfWork, change_set_id: str) -> None:
    """Tell the new owner what a change gave: of a few each, of more all at once."""
    change_set, row = of(uow, change_set_id), change_set_rows.c
    count = left(uow, change_set_id, "changed")
    if change_set.value is None or count == 0:
        return
    given = select(row.client_id, row.company_name, row.before)
    given = given.where(row.change_set_id == change_set_id, row.state == "changed").order_by(row.client_id).limit(FEW)
    some = uow.session.execute(given).all()
    if count <= FEW:
        previous = {each.client_id: each.before["owner_id"] for each in some}
        tell_owners(uow, previous, locked(uow, previous))
        return
    event = ClientsAssigned(
        change_set_id=change_set_id,
        owner_id=change_set.value,
        clients=count,
        first_client_id=some[0].client_id,
        first_company_name=some[0].company_name,
        assigned_by=uow.actor.id,
        version=change_set.version,
    )
    uow.outbox.add(event, of=change_set)


def image(value: Any) -> Any:
    """A value as change sets keep it."""
    return value.isoformat() if isinstance(value, datetime) else value


def change_job(kind: str, batch: Batch, database: Callable[[], Database]) -> JobHandler:
    """The job that works a change set through with the rights of who asked for it; killed, it goes on where it was."""

    def perform(job: Job) -> bool:
        """Whether there is more to do when this slice of time is over."""
        ends, change_set_id = time.monotonic() + _SLICE_SECONDS, job.payload["change_set_id"]
        context = Context(_who(database(), kind, change_set_id), job.context.correlation_id, job.context.causation_id)

        def go_on() -> bool:
            while True:
                with database().unit_of_work(context) as uow:
                    done = batch(uow, change_set_id, BATCH)
                if done < BATCH:
                    return False
                if time.monotonic() > ends:
                    return True

        with ThreadPoolExecutor(_HANDS) as hands:
            at_work = [hands.submit(go_on) for _ in range(_HANDS)]
        more = [each.result() for each in at_work]
        return any(more)

    def complete(uow: UnitOfWork, job: Job, more: bool) -> None:
        if more:
            uow.jobs.add(kind, job.payload, dedupe_key=job.payload["change_set_id"])

    return JobHandler(perform, complete, lease=_LEASE)


def _who(database: Database, kind: str, change_set_id: str) -> Actor:
    with database.read() as session:
        row = session.execute(select(change_sets).where(change_sets.c.id == change_set_id)).one()
    if kind == UNDO_MANY:
        return Actor(row.undone_by, row.undone_by_role, row.undone_by_name)
    return Actor(row.made_by, row.made_by_role, row.made_by_name)


def next_of(uow: UnitOfWork, change_set_id: str, state: str, most: int) -> list[str]:
    """The next clients of a change set in this state, in the order of their ids; they are this batch's until it ends,
    and those of another that is under way are passed over."""
    row = change_set_rows.c
    statement = select(row.client_id).where(row.change_set_id == change_set_id, row.state == state)
    free = statement.order_by(row.client_id).limit(most).with_for_update(skip_locked=True)
    return list(uow.session.execute(free).scalars())


def _wanted(uow: UnitOfWork, change_set: Any, current: Any) -> Any:
    if change_set.action == "delete":
        return uow.now
    return bulk_value(change_set.action, change_set.value, current)


def _changed(row: Row, after: Row, name: str, keys: dict[str, list[str]]) -> dict[str, Any]:
    names = (name, "last_activity_at") if name == "owner_id" else (name,)
    before, now = ({each: image(getattr(side, each)) for each in names} for side in (row, after))
    before |= {"keys": keys.get(row.id, [])} if name == "deleted_at" else {}
    images = {"before": before, "after": now, "version_after": after.version}
    return {"id": row.id, "company_name": row.company_name, "state": "changed", **images}


def _refused(uow: UnitOfWork, ids: Iterable[str], found: Iterable[Row]) -> dict[str, dict[str, Any]]:
    """Those that the actor may not change, by id, with their names."""
    left = list(set(ids) - {row.id for row in found})
    if not left:
        return {}
    seen = select(clients.c.id, clients.c.company_name).where(among(left), access.card_scope(uow.actor))
    names = {row.id: row.company_name for row in uow.session.execute(seen)}
    return {
        each: {
            "company_name": names.get(each),
            "reason": "only its owner may change it" if each in names else "not yours to see",
        }
        for each in left
    }


def _unfit(uow: UnitOfWork, change_set: Any, name: str, found: Sequence[Row]) -> dict[str, dict[str, Any]]:
    """Those whose own state does not let it be done."""
    if name == "deleted_at" and found:
        deal = client_deals.c
        theirs = select(deal.deal_id).where(deal.client_id == clients.c.id, deal.stage != REMOVED)
        with_deals = select(clients.c.id).where(among([row.id for row in found]), exists(theirs))
        held = set(uow.session.execute(with_deals).scalars())
        return {row.id: {"company_name": row.company_name, "reason": HAS_DEALS} for row in found if row.id in held}
    if change_set.action == "add_tag":
        reason = f"it has {fields.MAX_TAGS} tags already"
        full = [row for row in found if len(row.tags) >= fields.MAX_TAGS and change_set.value not in row.tags]
        return {row.id: {"company_name": row.company_name, "reason": reason} for row in full}
    return {}


def left(uow: UnitOfWork, change_set_id: str, state: str) -> int:
    """How many rows of a change set are in a state."""
    row = change_set_rows.c
    mine = select(func.count()).select_from(change_set_rows).where(row.change_set_id == change_set_id)
    return int(uow.session.execute(mine.where(row.state == state)).scalar_one())
