"""The weighted forecast at a million deals: through the API, by RPC's own time, and beside the best single statement.

The statement counts the same deals in the same ranges, run alone on a connection of its own: once over the deals, once
over the sums that the database keeps and the deals of the days at their edges. It is the least of what the API
answers, which says more: win rates, rates of exchange, what has no date, and the insight. A move of a deal is measured
with those sums kept and without.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from bench.measuring import percentiles
from stack.driver import Crm, Person

TIMES = 200
_RANGES = 40

_DEALS = """
    SELECT date_trunc('month', closes_on)::date AS month, stage, currency, count(*), count(deal_value_minor),
           sum(deal_value_minor)
    FROM deals WHERE closes_on BETWEEN %(from)s AND %(to)s {whose} GROUP BY 1, 2, 3
"""
_OWN = """AND client_id IN (SELECT record_id FROM row_access WHERE owner_id = %(rep)s
                            OR is_open UNION SELECT record_id FROM row_access_readers WHERE user_id = %(rep)s)"""
# What the sums know of whole months, and the deals of the days before and after them.
_SUMS_AND_EDGES = """
    SELECT month, stage, currency, sum(deals), sum(valued), sum(value_minor) FROM (
        SELECT month, stage, currency, deals, valued, value_minor FROM pipeline_sums
        WHERE slice = 'all' AND month >= %(whole)s AND month < %(beyond)s
        UNION ALL
        SELECT date_trunc('month', closes_on)::date, stage, currency, 1, (deal_value_minor IS NOT NULL)::int,
               deal_value_minor
        FROM deals WHERE closes_on BETWEEN %(from)s AND least(%(to)s, %(whole)s - 1)
                      OR closes_on BETWEEN greatest(%(from)s, %(beyond)s, %(whole)s) AND %(to)s
    ) each GROUP BY 1, 2, 3
"""


def run(crm: Crm) -> Iterator[dict[str, Any]]:
    rep = crm.sign_in("sales").user["id"]
    with psycopg.connect(crm.info["databases"]["deals"], autocommit=True) as database:
        yield {"figure": "filled", "deals": 1_000_000, "seconds": _fill(database, rep)}
        ranges = list(_ranges(random.Random(7)))
        for who in ("admin", "sales"):
            whose = _OWN if who == "sales" else ""
            ours = _asked(crm.sign_in(who), ranges)
            yield {"figure": "forecast through the API", "as": who, **ours}
            statements = {"the deals": _DEALS.format(whose=whose)} | (
                {"the sums and the edges": _SUMS_AND_EDGES} if who == "admin" else {}
            )
            for over, statement in statements.items():
                sql = _run_alone(database, statement, rep, ranges)
                yield {"figure": f"statement over {over}", "as": who, **sql}
                ratio = round(ours["p95_ms"] / sql["p95_ms"], 2)
                yield {"figure": f"ratio to the statement over {over}", "as": who, "api_to_statement_p95": ratio}
        yield from _moves(crm, database)


def _fill(database: psycopg.Connection[Any], rep: str) -> float:
    started = time.perf_counter()
    database.execute("SET statement_timeout = 0")
    database.execute("SELECT set_config('bench.rep', %s, false)", (rep,))
    database.execute((Path(__file__).parent / "filling" / "million.sql").read_bytes())
    database.execute("SELECT fold_pipeline()")
    database.execute("VACUUM ANALYZE")
    return round(time.perf_counter() - started, 1)


def _ranges(dice: random.Random) -> Iterator[tuple[date, date]]:
    """Whole quarters and months, and ranges that begin and end anywhere, of a month to two years."""
    today = datetime.now(UTC).date()
    for number in range(_RANGES):
        first = today - timedelta(days=dice.randrange(900))
        last = first + timedelta(days=dice.choice((30, 90, 180, 365, 730)))
        if number % 2:
            first, last = first.replace(day=1), last.replace(day=1) - timedelta(days=1)
        yield first, last


def _whole_months(first: date, last: date) -> tuple[date, date]:
    """The first day of the months that lie within a range, and the first day after them."""
    whole = first if first.day == 1 else (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    return whole, (last + timedelta(days=1)).replace(day=1)


def _asked(person: Person, ranges: list[tuple[date, date]]) -> dict[str, float]:
    def ask(days: tuple[date, date]) -> None:
        person.get("/reports/pipeline-forecast", **{"from": days[0].isoformat(), "to": days[1].isoformat()})

    return _timed(ask, ranges)


def _run_alone(
    database: psycopg.Connection[Any], statement: str, rep: str, ranges: list[tuple[date, date]]
) -> dict[str, float]:
    def ask(days: tuple[date, date]) -> None:
        whole, beyond = _whole_months(*days)
        asked = {"from": days[0], "to": days[1], "whole": whole, "beyond": beyond, "rep": rep}
        database.execute(statement, asked).fetchall()

    return _timed(ask, ranges)


def _timed(ask: Callable[[tuple[date, date]], None], ranges: list[tuple[date, date]]) -> dict[str, float]:
    for days in ranges[:5]:
        ask(days)
    seconds = []
    for number in range(TIMES):
        started = time.perf_counter()
        ask(ranges[number % len(ranges)])
        seconds.append(time.perf_counter() - started)
    return percentiles(seconds)


def _moves(crm: Crm, database: psycopg.Connection[Any]) -> Iterator[dict[str, Any]]:
    """Moves of open deals, in turns with the triggers that keep the sums and without them."""
    admin = crm.sign_in("admin")
    open_deals = "SELECT id::text FROM deals WHERE stage IN ('lead', 'qualified') AND closes_on IS NOT NULL LIMIT 400"
    ids = [row[0] for row in database.execute(open_deals)]
    times: dict[str, list[float]] = {"ENABLE": [], "DISABLE": []}
    for round_ in range(4):
        state = "DISABLE" if round_ % 2 else "ENABLE"
        for table in ("deals", "deal_states", "stage_history"):
            for event in ("insert", "update", "delete"):
                database.execute(f"ALTER TABLE {table} {state} TRIGGER summed_{event}")
        for deal_id in ids[round_ * 100 : round_ * 100 + 100]:
            started = time.perf_counter()
            admin.post(f"/deals/{deal_id}/stage", {"stage": "proposal"})
            times[state].append(time.perf_counter() - started)
    kept, alone = percentiles(times["ENABLE"]), percentiles(times["DISABLE"])
    yield {"figure": "a move, sums kept", **kept}
    yield {"figure": "a move, without", **alone}
    yield {"figure": "ratio", "kept_to_without_p50": round(kept["p50_ms"] / alone["p50_ms"], 2)}
