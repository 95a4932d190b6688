"""The weighted forecast at a million deals: through the API, by RPC's own time, and beside the best single statement.

The statement counts the same deals in the same ranges, run alone on a connection of its own: once those of the range
over the deals, once all that the forecast rests on over the sums that the database keeps and the deals of the days at
their edges. The API is asked with what AI says of the figures, as it does by itself, and without. A move of a deal is
measured with those sums kept and without.
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
# The cells a forecast rests on, in one statement over what is quickest to read: whole months of the sums, and the deals
# of the days before and after them. Those of the range, those without a day, and what was closed in the year before, by
# the stages it was ever in, which the win rates are measured on.
_FIGURES = "deals, valued, value_minor, lead, qualified, proposal, negotiation"
_OF_ONE = """1, (deal_value_minor IS NOT NULL)::int, deal_value_minor, (reached & 1 > 0)::int, (reached & 2 > 0)::int,
    (reached & 4 > 0)::int, (reached & 8 > 0)::int"""
_CELLS = f"""
    SELECT part, month, stage, currency, sum(deals), sum(valued), sum(value_minor), sum(lead), sum(qualified),
           sum(proposal), sum(negotiation)
    FROM (
        SELECT 'asked' AS part, month, stage, currency, {_FIGURES} FROM pipeline_sums
        WHERE slice = 'all' AND month >= %(whole)s AND month < %(beyond)s
        UNION ALL
        SELECT 'undated', month, stage, currency, {_FIGURES} FROM pipeline_sums WHERE slice = 'all' AND month IS NULL
        UNION ALL
        SELECT 'measured', month, stage, currency, {_FIGURES} FROM pipeline_sums
        WHERE slice = 'all' AND stage IN ('won', 'lost') AND month >= %(year_whole)s AND month < %(year_beyond)s
        UNION ALL
        SELECT 'asked', date_trunc('month', closes_on)::date, stage, currency, {_OF_ONE} FROM deals
        WHERE closes_on BETWEEN %(from)s AND least(%(to)s, %(whole)s - 1)
           OR closes_on BETWEEN greatest(%(from)s, %(beyond)s, %(whole)s) AND %(to)s
        UNION ALL
        SELECT 'measured', date_trunc('month', closes_on)::date, stage, currency, {_OF_ONE} FROM deals
        WHERE stage IN ('won', 'lost')
          AND (closes_on BETWEEN %(year_from)s AND least(%(year_to)s, %(year_whole)s - 1)
               OR closes_on BETWEEN greatest(%(year_from)s, %(year_beyond)s, %(year_whole)s) AND %(year_to)s)
    ) each GROUP BY 1, 2, 3, 4
"""


def run(crm: Crm) -> Iterator[dict[str, Any]]:
    rep = crm.sign_in("sales").user["id"]
    with psycopg.connect(crm.info["databases"]["deals"], autocommit=True) as database:
        yield {"figure": "filled", "deals": 1_000_000, "seconds": _fill(database, rep)}
        ranges = list(_ranges(random.Random(7)))
        for who in ("admin", "sales"):
            whose = _OWN if who == "sales" else ""
            person = crm.sign_in(who)
            spoken, ours = _asked(person, ranges), _asked(person, ranges, insight="false")
            yield {"figure": "forecast through the API with its insight", "as": who, **spoken}
            yield {"figure": "forecast through the API", "as": who, **ours}
            statements = {"the deals": _DEALS.format(whose=whose)} | (
                {"the sums and the edges": _CELLS} if who == "admin" else {}
            )
            for over, statement in statements.items():
                sql = _run_alone(database, statement, rep, ranges)
                yield {"figure": f"statement over {over}", "as": who, **sql}
                ratios = {name: round(api["p95_ms"] / sql["p95_ms"], 2) for name, api in
                          (("with_insight_p95", spoken), ("without_p95", ours))}  # fmt: skip
                yield {"figure": f"API to the statement over {over}", "as": who, **ratios}
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


def _span(name: str, first: date, last: date) -> dict[str, date]:
    whole, beyond = _whole_months(first, last)
    return {f"{name}from": first, f"{name}to": last, f"{name}whole": whole, f"{name}beyond": beyond}


def _whole_months(first: date, last: date) -> tuple[date, date]:
    """The first day of the months that lie within a range, and the first day after them."""
    whole = first if first.day == 1 else (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    return whole, (last + timedelta(days=1)).replace(day=1)


def _asked(person: Person, ranges: list[tuple[date, date]], **more: str) -> dict[str, float]:
    def ask(days: tuple[date, date]) -> None:
        span = {"from": days[0].isoformat(), "to": days[1].isoformat()}
        person.get("/reports/pipeline-forecast", **span, **more)

    return _timed(ask, ranges)


def _run_alone(
    database: psycopg.Connection[Any], statement: str, rep: str, ranges: list[tuple[date, date]]
) -> dict[str, float]:
    today = datetime.now(UTC).date()
    # Nothing closes in the future, so that this month counts as a whole.
    year = today - timedelta(days=364), (today.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)

    def ask(days: tuple[date, date]) -> None:
        asked = {"rep": rep, **_span("", *days), **_span("year_", *year)}
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
