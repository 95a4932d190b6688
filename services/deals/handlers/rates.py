"""Exchange rates, as clients tells them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from libs.common.database import UnitOfWork
from libs.common.events import Envelope
from libs.common.jobs import Job, JobHandler
from libs.common.schedule import ScheduledJob
from services.deals.events import ExchangeRateSet
from services.deals.models import exchange_rates
from services.deals.ports import ClientDirectory

JOB = "read_rates"


def on_exchange_rate_set(uow: UnitOfWork, event: ExchangeRateSet, _envelope: Envelope) -> None:
    """Keep the newest word on a currency's rate of a day."""
    _keep(uow, [event.model_dump()])


def _begin(uow: UnitOfWork, _due_at: datetime) -> None:
    uow.jobs.add(JOB, {}, dedupe_key="all")


# Those set before deals listened are there soon after the first start; afterwards it makes good what went missing.
EVERY_FEW_HOURS = ScheduledJob("read rates", "41 */4 * * *", _begin)


def reading(clients: Callable[[], ClientDirectory]) -> JobHandler:
    """Read all rates there are, and keep those that are newer than ours."""

    def perform(_job: Job) -> list[dict[str, Any]]:
        return list(clients().exchange_rates())

    def complete(uow: UnitOfWork, _job: Job, rates: list[dict[str, Any]]) -> None:
        _keep(uow, [_row(each) for each in rates])

    return JobHandler(perform, complete)


def _row(rate: dict[str, Any]) -> dict[str, Any]:
    return {
        "currency": rate["currency"],
        "day": date.fromisoformat(rate["day"]),
        "rate": Decimal(rate["rate"]),
        "version": rate["version"],
    }


def _keep(uow: UnitOfWork, rates: Sequence[dict[str, Any]]) -> None:
    if not rates:
        return
    statement = insert(exchange_rates).values(sorted(rates, key=lambda each: (each["currency"], each["day"])))
    newest = {name: statement.excluded[name] for name in ("rate", "version")}
    older = exchange_rates.c.version < statement.excluded.version
    uow.session.execute(statement.on_conflict_do_update(index_elements=["currency", "day"], set_=newest, where=older))
