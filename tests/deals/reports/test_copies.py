"""What reports rest on and others own: rates that are read through, and persons that are taken out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.erasure import parts
from libs.common.erasure.person import Person
from libs.common.ids import new_id
from libs.common.job_runner import JobRunner
from libs.common.problems import Unavailable
from libs.common.schedule import Scheduler
from services.deals import handlers
from services.deals.erasure import ERASURE
from services.deals.handlers import rates
from services.deals.worker import TABLE
from tests.support.actors import ADMIN, context

QUARTER = {"from_day": "2025-01-01", "to_day": "2025-03-31"}
SECRET = "a secret of every service"


def rows(runtime: Any, table: str) -> list[Any]:
    with runtime.database.read() as session:
        return list(session.execute(text(f"SELECT * FROM {table}")))


def run(runtime: Any, directory: Any) -> bool:
    assert set(TABLE.jobs) == {rates.JOB}
    return JobRunner("deals", runtime.database, {rates.JOB: rates.reading(lambda: directory)}).run_one()


def due(runtime: Any) -> bool:
    return Scheduler("deals", runtime.database, [rates.EVERY_FEW_HOURS]).run_if_due(rates.EVERY_FEW_HOURS)


def rate(currency: str, day: str, amount: str, version: int = 1) -> dict[str, Any]:
    return {"currency": currency, "day": day, "rate": amount, "version": version, "set_by": "x", "set_at": None}


def test_rates_from_before_are_read_at_the_first_start(deals: Any, new_deal: Any, runtime: Any, directory: Any) -> None:
    directory.rates = [
        rate("EUR", "2024-12-01", "2"),
        rate("EUR", "2025-01-01", "3"),
        rate("JPY", "2024-01-01", "0.01"),
    ]
    new_deal(currency="EUR", deal_value_minor=100, expected_close_date="2025-02-01")
    assert deals.as_(ADMIN).forecast(**QUARTER)["without_rate"] == [
        {"currency": "EUR", "count": 1, "value_minor": 100}
    ]  # fmt: skip
    assert due(runtime) and not due(runtime) and run(runtime, directory) and not run(runtime, directory)
    assert deals.as_(ADMIN).forecast(**QUARTER)["total_value_minor"] == 300
    assert len(rows(runtime, "exchange_rates")) == 3


def test_read_again_they_make_good_what_was_missed_and_undo_nothing(
    runtime: Any, directory: Any, hear: Any, clock: Any
) -> None:
    hear("exchange_rate.set", currency="EUR", day="2025-01-01", rate="5", version=4)
    hear("exchange_rate.set", currency="GBP", day="2025-01-01", rate="7", version=1)
    directory.rates = [rate("EUR", "2025-01-01", "3", 3), rate("GBP", "2025-01-01", "8", 2)]
    assert due(runtime) and run(runtime, directory)
    assert {row.currency: int(row.rate) for row in rows(runtime, "exchange_rates")} == {"EUR": 5, "GBP": 8}


def test_while_clients_does_not_answer_they_wait(runtime: Any, directory: Any) -> None:
    directory.rates, directory.problem = [rate("EUR", "2025-01-01", "3")], Unavailable("not now")
    assert due(runtime) and run(runtime, directory)
    assert rows(runtime, "exchange_rates") == []
    (job,) = rows(runtime, "jobs")
    assert (job.kind, job.finished_at, job.failed_at) == (rates.JOB, None, None)


@pytest.mark.parametrize("later", [False, True])
def test_a_person_among_the_tags_leaves_the_sums_as_well(
    deals: Any, new_deal: Any, runtime: Any, clock: Any, later: bool
) -> None:
    new_deal(tags=["mina@physics.example", "vip"], deal_value_minor=5, expected_close_date="2025-02-01")
    if later:  # the former state holds the tags, too
        clock.at = datetime(2025, 2, 20, tzinfo=UTC)
        deal = deals.as_(ADMIN).list_deals(filters={})["items"][0]
        deals.as_(ADMIN).update_deal(deal_id=deal["id"], changes={"deal_value_minor": 7})
    person = Person(
        contact_id=new_id(),
        client_id=new_id(),
        first_name="Wilhelmina",
        last_name="Ångström-O'Hara",
        email="mina@physics.example",
        phone=None,
    )
    with runtime.database.unit_of_work(context(ADMIN)) as uow:
        sealed = person.sealed(SECRET, erasure_id := new_id())
        handlers.tell_erased(uow, parts.erase(uow, ERASURE, SECRET, erasure_id, sealed))
    for table in ("deals", "deal_states", "pipeline_sums", "pipeline_cohorts", "pipeline_scores"):
        assert not [row for row in rows(runtime, table) if "mina" in str(row)], table
    assert deals.as_(ADMIN).forecast(**QUARTER, filters={"tag": "vip"})["total_count"] == 1
    assert deals.as_(ADMIN).forecast(**QUARTER, filters={"tag": "mina@physics.example"})["total_count"] == 0
