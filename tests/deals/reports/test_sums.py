"""The sums that triggers keep are always what a GROUP BY over the rows says, whoever writes, how many at once, and
however often rows are folded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.ids import new_id
from libs.common.problems import Problem
from services.deals.domain import OPEN_STAGES, STAGES
from services.deals.handlers.activities import fold
from tests.deals.reports.playing import OWNERS, World
from tests.support.actors import ADMIN, context

BITS = {stage: 1 << bit for bit, stage in enumerate(OPEN_STAGES)}


def rows(runtime: Any, table: str) -> list[dict[str, Any]]:
    with runtime.database.read() as session:
        return [dict(row._mapping) for row in session.execute(text(f"SELECT * FROM {table}"))]


def slices(row: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    yield ("all", None, None, None)
    yield ("owner", row["owner_id"], None, None)
    yield ("source", None, row["source"], None)
    for tag in set(row["tags"]):
        yield ("tag", None, None, tag)


def month(day: date | None) -> date | None:
    return day and day.replace(day=1)


def utc_month(at: datetime) -> date:
    return at.astimezone(UTC).date().replace(day=1)


def add(found: dict[Any, Counter[str]], key: Any, sign: int, **figures: Any) -> None:
    kept = found.setdefault(key, Counter())
    for name, value in figures.items():
        kept[name] += sign * value


def of_states(runtime: Any) -> dict[Any, Counter[str]]:
    found: dict[Any, Counter[str]] = {}
    for row in rows(runtime, "deal_states"):
        value, ever = row["value_minor"], {stage: bool(row["reached"] & bit) for stage, bit in BITS.items()}
        figures = {"deals": 1, "valued": value is not None, "value_minor": value or 0, **ever}
        figures |= {f"{stage}_minor": (value or 0) * was for stage, was in ever.items()}
        for sign, at in ((1, row["valid_from"]), (-1, row["valid_to"])):
            for slice_ in slices(row) if at else ():
                key = (*slice_, utc_month(at), month(row["closes_on"]), row["stage"], row["currency"])
                add(found, key, sign, **figures)
    return found


def of_cohorts(runtime: Any) -> dict[Any, Counter[str]]:
    found: dict[Any, Counter[str]] = {}
    for row in rows(runtime, "deals"):
        value = row["deal_value_minor"]
        figures = {"deals": 1, "valued": value is not None, "value_minor": value or 0}
        for stage in OPEN_STAGES[1:]:
            further = row["reached"] >= BITS[stage]
            figures |= {stage: further, f"{stage}_minor": (value or 0) * further}
        for slice_ in slices(row):
            add(found, (*slice_, month(row["created_on"]), row["stage"], row["currency"]), 1, **figures)
    return found


def of_scores(runtime: Any) -> dict[Any, Counter[str]]:
    found: dict[Any, Counter[str]] = {}
    for row in rows(runtime, "deals"):
        if row["score"] is None or row["score"]["stage"] != row["stage"] or row["score_probability"] is None:
            continue
        value = row["deal_value_minor"] or 0
        expected = int(Decimal(repr(value * row["score_probability"])).quantize(Decimal(1), "ROUND_HALF_UP"))
        figures = {"modelled": 1, "model_minor": value, "expected_minor": expected}
        for slice_ in slices(row):
            add(found, (*slice_, month(row["closes_on"]), row["stage"], row["currency"]), 1, **figures)
    return found


def of_durations(runtime: Any) -> dict[Any, Counter[str]]:
    found: dict[Any, Counter[str]] = {}
    for row in rows(runtime, "stage_history"):
        if row["stayed_days"] is not None:
            add(found, (month(row["moved_on"]), row["from_stage"], row["stayed_days"]), 1, deals=1)
    for row in rows(runtime, "deals"):
        if row["stage"] in ("won", "lost") and row["closes_on"] >= row["created_on"]:
            days = (row["closes_on"] - row["created_on"]).days
            add(found, (month(row["closes_on"]), row["stage"], days), 1, deals=1)
    return found


TABLES = {
    "pipeline_sums": (of_states, "slice owner_id source tag changed month stage currency".split()),
    "pipeline_cohorts": (of_cohorts, "slice owner_id source tag month stage currency".split()),
    "pipeline_scores": (of_scores, "slice owner_id source tag month stage currency".split()),
    "pipeline_durations": (of_durations, "month stage days".split()),
}


def kept(runtime: Any, table: str, key: list[str]) -> dict[Any, Counter[str]]:
    found: dict[Any, Counter[str]] = {}
    for row in rows(runtime, table):
        figures = {name: int(value) for name, value in row.items() if name not in (*key, "id")}
        add(found, tuple(row[name] for name in key), 1, **figures)
    return found


def something(sums: dict[Any, Counter[str]]) -> dict[Any, dict[str, int]]:
    figures = {key: {name: int(value) for name, value in each.items() if value} for key, each in sums.items()}
    return {key: each for key, each in figures.items() if each}


def agree(runtime: Any) -> None:
    """Every table of sums says what the rows say; and states follow each other without a gap."""
    for table, (counted, key) in TABLES.items():
        assert something(kept(runtime, table, key)) == something(counted(runtime)), table
    states: dict[Any, list[Any]] = {}
    for row in sorted(rows(runtime, "deal_states"), key=lambda row: row["valid_from"]):
        states.setdefault(row["deal_id"], []).append(row)
    present = {row["id"]: row for row in rows(runtime, "deals")}
    assert set(states) == set(present)
    for deal_id, each in states.items():
        assert [row["valid_to"] for row in each] == [*(row["valid_from"] for row in each[1:]), None]
        last, deal = each[-1], present[deal_id]
        assert last["value_minor"] == deal["deal_value_minor"]
        for name in "client_id stage currency closes_on owner_id source tags reached".split():
            assert last[name] == deal[name], name


def folded(runtime: Any) -> None:
    with runtime.database.unit_of_work(context(ADMIN)) as uow:
        fold(uow, uow.now)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(6))
def test_after_any_history(world: World, runtime: Any, seed: int) -> None:
    chance = Random(seed)
    world.begin()
    world.create_one(chance)
    for n in range(25):
        world.step(chance)
        if chance.random() < 0.4:
            deal_id = chance.choice(list(world.states))
            told = {"stage": chance.choice(STAGES), "probability": chance.choice([None, 0.25, 0.333, 1])}
            world.hear("deal.scored", deal_id=deal_id, version=n + 1, **told)
        if n % 8 == 7:
            folded(runtime)
    agree(runtime)
    folded(runtime)
    agree(runtime)


def test_folding_leaves_one_row_of_each_and_none_of_nothing(world: World, runtime: Any) -> None:
    world.begin()
    for n in range(4):
        world.create(stage="lead", deal_value_minor=n, currency="USD", tags=["vip"])
    for _ in range(3):
        world.move(0, "proposal")
        world.move(0, "lead")
    before = {table: len(rows(runtime, table)) for table in TABLES}
    folded(runtime)
    for table, (_counted, key) in TABLES.items():
        found = rows(runtime, table)
        assert len(found) == len(something(kept(runtime, table, key))) <= before[table], table
    assert before["pipeline_sums"] > len(rows(runtime, "pipeline_sums"))
    agree(runtime)


def test_when_many_write_at_once_while_rows_are_folded_and_read(world: World, deals: Any, runtime: Any) -> None:
    world.begin()
    ids = [world.create(stage="lead", deal_value_minor=100, currency="USD", client=0) for _ in range(6)]
    asked = {"from_day": "2025-01-01", "to_day": "2025-12-31"}

    def write(seed: int) -> None:
        chance = Random(seed)
        for _ in range(12):
            deal_id = chance.choice(ids)
            try:
                if chance.random() < 0.5:
                    stage = chance.choice([*OPEN_STAGES, "won"])
                    deals.as_(ADMIN).move_stage(deal_id=deal_id, stage=stage)
                else:
                    changes = {
                        "owner_id": chance.choice(OWNERS),
                        "expected_close_date": f"2025-0{chance.randint(2, 4)}-01",
                    }
                    deals.as_(ADMIN).update_deal(deal_id=deal_id, changes=changes)
            except Problem as problem:
                assert problem.code == "conflict"

    def look(_n: int) -> None:
        """However far the others are, there are six deals of 100 each."""
        for _ in range(10):
            folded(runtime)
            answer = deals.as_(ADMIN).forecast(**asked)
            assert answer["total_count"] + answer["without_date"]["count"] == 6
            assert answer["total_value_minor"] + answer["without_date"]["value_minor"] == 600

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda n: (look if n < 2 else write)(n), range(6)))
    agree(runtime)


def test_whoever_writes_by_sql(world: World, runtime: Any) -> None:
    """Bulk work, erasure and imports go past the handlers; one statement may touch many deals."""
    world.begin()
    ids = [world.create(stage="lead", deal_value_minor=n, currency="USD", tags=["vip"]) for n in range(5)]
    later = world.clock.at + timedelta(days=40)
    with runtime.database.engine.begin() as connection:
        connection.execute(
            text("UPDATE deals SET tags = '{a,a,b}', updated_at = :at WHERE id <> :id"), {"at": later, "id": ids[0]}
        )
        connection.execute(text("UPDATE deals SET description = 'x'"))
        connection.execute(
            text("UPDATE deals SET stage = 'won', stage_since = :at, actual_close_date = '2025-03-09' WHERE id = :id"),
            {"at": later, "id": ids[1]},
        )
        connection.execute(
            text(
                "INSERT INTO deals (id, deal_name, client_id, currency, stage, stage_since, source, tags, created_on,"
                " created_at, updated_at, version) SELECT gen_random_uuid(), 'x', :client, 'USD', 'proposal', :at, 's',"
                " '{}', '2025-02-01', :at, :at, 1 FROM generate_series(1, 3)"
            ),
            {"client": new_id(), "at": later},
        )
        connection.execute(text("DELETE FROM stage_history WHERE deal_id = :id"), {"id": ids[2]})
        connection.execute(text("DELETE FROM deals WHERE id = :id"), {"id": ids[2]})
    agree(runtime)
    with runtime.database.engine.begin() as connection:
        connection.execute(text("SELECT sum_pipeline_anew()"))
    agree(runtime)
    with runtime.database.engine.begin() as connection:
        connection.execute(text("TRUNCATE deals, stage_history, briefs CASCADE"))
    assert rows(runtime, "deal_states") == [] and all(rows(runtime, table) == [] for table in TABLES)


def test_a_clock_that_goes_back_bends_no_history(world: World, runtime: Any) -> None:
    world.begin()
    deal_id = world.create(stage="lead", deal_value_minor=1, currency="USD")
    runtime.database.clock.at -= timedelta(hours=1)
    world.deals.as_(ADMIN).update_deal(deal_id=deal_id, changes={"deal_value_minor": 2})
    (state,) = rows(runtime, "deal_states")
    assert state["value_minor"] == 2 and state["valid_to"] is None
    agree(runtime)
