"""The fields that the company made for deals and what stands in them, as deals tells it: clients are found by them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from libs.common.database import UnitOfWork
from libs.common.events import Envelope
from libs.common.jobs import Job, JobHandler
from libs.common.schedule import ScheduledJob
from services.clients.events import DealFieldSet
from services.clients.models import deal_fields
from services.clients.ports import DealFields

JOB = "read_deal_fields"

# Of the values read, those that our copy of a deal lacks. A copy that is newer than what was read is left alone.
_READ = "jsonb_to_recordset(CAST(:read AS jsonb)) AS told (deal_id uuid, custom jsonb, version integer)"
_LACKS = """d.deal_id = told.deal_id AND d.version <= told.version AND d.stage <> 'removed'
        AND d.custom IS DISTINCT FROM told.custom"""
# Clients first, in the order of their ids, as whoever writes a client's deals does.
_HOLD = text(f"""
    SELECT id FROM clients WHERE id IN (SELECT d.client_id FROM client_deals AS d, {_READ} WHERE {_LACKS})
    ORDER BY id FOR UPDATE
""")  # noqa: S608  (nothing but constants)
_TAKE = text(f"UPDATE client_deals AS d SET custom = told.custom FROM {_READ} WHERE {_LACKS}")  # noqa: S608  (the same)


def on_deal_field_set(uow: UnitOfWork, event: DealFieldSet, _envelope: Envelope) -> None:
    """Keep the newest word on a field. One that is gone keeps its place, so that what was told before changes it no
    more."""
    told = event.model_dump()
    _keep(uow, [{"id": told.pop("field_id"), **told}])


def _begin(uow: UnitOfWork, _due_at: datetime) -> None:
    uow.jobs.add(JOB, {"cursor": None}, dedupe_key="all")


# What was there before clients listened comes soon after the first start; later it makes good what went missing.
EVERY_FEW_HOURS = ScheduledJob("read deal fields", "19 */4 * * *", _begin)


def reading(deals: Callable[[], DealFields]) -> JobHandler:
    """Read the fields and a page of what stands in them, outside any transaction, and order the next page."""

    def perform(job: Job) -> dict[str, Any]:
        cursor = job.payload["cursor"]
        return {"fields": [] if cursor else deals().fields()} | deals().values(cursor)

    def complete(uow: UnitOfWork, _job: Job, read: dict[str, Any]) -> None:
        _keep(uow, [_row(each) for each in read["fields"]])
        _take(uow, read["items"])
        if cursor := read["next_cursor"]:
            uow.jobs.add(JOB, {"cursor": cursor}, dedupe_key=f"after {cursor}")

    return JobHandler(perform, complete)


def _row(field: dict[str, Any]) -> dict[str, Any]:
    return {each.name: field[each.name] for each in deal_fields.c if each.name != "removed"} | {"removed": False}


def _keep(uow: UnitOfWork, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    statement = insert(deal_fields).values(sorted(rows, key=lambda each: str(each["id"])))
    newest = {name: statement.excluded[name] for name in rows[0] if name != "id"}
    older = deal_fields.c.version < statement.excluded.version
    uow.session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=newest, where=older))


def _take(uow: UnitOfWork, items: Sequence[dict[str, Any]]) -> None:
    read = {"read": orjson.dumps(items).decode()}
    for statement in (_HOLD, _TAKE) if items else ():
        uow.session.execute(statement, read)
