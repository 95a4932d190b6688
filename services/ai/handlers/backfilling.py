"""Reading what happened before ai listened: all deals and clients there are, a page at a time, once.

Events that come meanwhile are newer than what is read, or the same; either order leaves the same rows. Owner and source
of a stay that is read from history are those the deal has now: history keeps a stay's stage, time, value and currency.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from libs.common.database import UnitOfWork
from libs.common.jobs import Job, JobHandler
from libs.common.schedule import ScheduledJob
from services.ai.handlers.learning import Told, keep_deal, keep_industry, keep_visit
from services.ai.handlers.training import order_training
from services.ai.models import history_reading
from services.ai.ports import History

JOB = "read_history"
_ALL = ("clients", "deals")


def begin(uow: UnitOfWork, _due_at: datetime) -> None:
    """Begin to read what was not read to its end."""
    finished = select(history_reading.c.what).where(history_reading.c.finished_at.is_not(None))
    done = set(uow.session.execute(finished).scalars())
    for what in _ALL:
        if what not in done:
            uow.jobs.add(JOB, {"what": what, "cursor": None}, dedupe_key=what)
            return  # deals are read when the industries of their clients are known


# Looked at every hour: soon after the first start, and again where a service did not answer for days.
UNTIL_READ = ScheduledJob("read history", "11 * * * *", begin)


def reading(history: Callable[[], History]) -> JobHandler:
    """Read one page outside any transaction, and order the next."""

    def perform(job: Job) -> dict[str, Any]:
        ask = history().clients if job.payload["what"] == "clients" else history().deals
        return ask(job.payload["cursor"])

    def complete(uow: UnitOfWork, job: Job, page: dict[str, Any]) -> None:
        what = job.payload["what"]
        for each in page["items"]:
            (_keep_client if what == "clients" else _keep_deal)(uow, each)
        _note(uow, what, page["next_cursor"])

    return JobHandler(perform, complete)


def _note(uow: UnitOfWork, what: str, cursor: str | None) -> None:
    values = {"cursor": cursor, "finished_at": None if cursor else uow.now}
    statement = insert(history_reading).values(what=what, **values)
    uow.session.execute(statement.on_conflict_do_update(index_elements=["what"], set_=values))
    if cursor:
        uow.jobs.add(JOB, {"what": what, "cursor": cursor}, dedupe_key=f"{what} {cursor}")
    elif what == "clients":
        uow.jobs.add(JOB, {"what": "deals", "cursor": None}, dedupe_key="deals")
    else:
        order_training(uow)


def _keep_client(uow: UnitOfWork, client: dict[str, Any]) -> None:
    keep_industry(uow, client["id"], client.get("industry"), client.get("version") or 1)


def _keep_deal(uow: UnitOfWork, deal: dict[str, Any]) -> None:
    closed_on = deal["actual_close_date"]
    told = Told(
        **{name: deal[name] for name in ("deal_id", "client_id", "stage", "currency", "source", "owner_id", "version")},
        deal_value_minor=deal["deal_value_minor"],
        stage_since=datetime.fromisoformat(deal["stage_since"]),
        began_at=datetime.fromisoformat(deal["created_at"]),
        closed_on=date.fromisoformat(closed_on) if closed_on else None,
    )
    keep_deal(uow, told)
    for visit in deal["visits"]:
        entered_at = datetime.fromisoformat(visit["entered_at"])
        kept = {name: visit[name] for name in ("stage", "deal_value_minor", "currency")}
        now = {"source": told.source, "owner_id": told.owner_id}
        keep_visit(uow, told.deal_id, entered_at, kept | now, told.version, known=False)
