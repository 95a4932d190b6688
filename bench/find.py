"""Finding clients at 100,000 of them, with 200,000 contacts, 300,000 deals and 1,000,000 activities.

Each question is asked through the API, and the statement that the clients service makes of it is run alone beside it,
on a connection of its own: p50, p95 and their ratio.
"""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import create_engine, event
from sqlalchemy.orm import Session

from bench.measuring import percentiles
from libs.common.identity import Actor
from services.clients import queries
from stack.driver import Crm, Person

TIMES = 40
_FILLING = Path(__file__).parent / "filling"
_FILES = {
    "clients": ("find_made.sql", "find.sql"),
    "deals": ("find_made.sql", "access.sql", "find_deals.sql"),
    "billing": ("access.sql", "invoices.sql"),
}
_WHERE = {"field": "deal_value", "op": "gt", "value": 5_000_000}
_USE_CASE_10 = {"industry": "Technology", "state": "California", "q": "e-commerce OR chatbot", "where": _WHERE}


def _one(field: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"where": {"field": field, "op": op, "value": value}}


QUESTIONS: dict[str, tuple[dict[str, Any], str | None]] = {
    "use case 10": (_USE_CASE_10, "-lifetime_value"),
    "everything": ({}, None),
    "by status": ({"status": "active"}, None),
    "by industry and state": ({"industry": "Technology", "state": "California"}, "-lifetime_value"),
    "by tag": ({"tag": "newsletter"}, "company_name"),
    "by a rare tag": ({"tag": "vip"}, None),
    "by the value of a deal": (_one("deal_value", "gt", 5_000_000), "-lifetime_value"),
    "by the stage of a deal": (_one("deal_stage", "is", "won"), None),
    "by open deals": (_one("open_deals", "gte", 1), None),
    "without open deals": (_one("open_deals", "is", 0), None),
    "by lifetime value": (_one("lifetime_value", "gte", 10_000_000), "-lifetime_value"),
    "by last activity": (_one("last_activity_at", "not_last_days", 90), "last_activity_at"),
    "by one of two": (
        {"where": {"any": [_one("city", "is", "Ulm")["where"], _one("deal_stage", "is", "negotiation")["where"]]}},
        None,
    ),
    "text contains": (_one("notes", "contains", "commerce"), None),
    "a rare word": ({"q": "chatbot"}, None),
    "a name": ({"q": "granite robotics"}, None),
    "a beginning": ({"q": "gran"}, None),
    "two words in different texts": ({"q": "delta chatbot"}, None),
    "a word and not another": ({"q": "chatbot -granite"}, None),
    "a common word": ({"q": "bararan"}, "-lifetime_value"),
    "a slip": ({"q": "chatbto"}, None),
}
_LETTERS = tuple("gr|gran|granite rob|copper media 4|ada ames|ames1|shop 12|office@company77|inv-b-000|zz".split("|"))


def run(crm: Crm) -> Iterator[dict[str, Any]]:
    started = time.perf_counter()
    _fill(crm)
    yield {"figure": "filled", "seconds": round(time.perf_counter() - started, 1)}
    yield {"figure": "machine", "cpus": os.cpu_count(), "load": round(os.getloadavg()[0], 1)}
    for who in ("admin", "sales"):
        person = crm.sign_in(who)
        actor = Actor(person.user["id"], person.user["role"], person.user["name"])
        yield from _questions(crm, person, actor, who)
        yield _quick_find(person, who)


def _questions(crm: Crm, person: Person, actor: Actor, who: str) -> Iterator[dict[str, Any]]:
    url = crm.info["databases"]["clients"]
    with psycopg.connect(url, autocommit=True, options="-c timezone=UTC") as database:
        for name, (filters, sort) in QUESTIONS.items():
            statements, total = _statements(url, actor, filters, sort)
            asked, alone = [], []
            for number in range(TIMES + 3):  # in turns, so that both see the same machine
                api = _timed(lambda filters=filters, sort=sort: person.get("/clients", **_query(filters, sort)))  # type: ignore[misc]  # mypy cannot type a lambda with defaults
                sql = _timed(lambda statements=statements: _run(database, statements))  # type: ignore[misc]  # as above
                if number >= 3:  # what a process keeps, it has after its first questions
                    asked.append(api)
                    alone.append(sql)
            ours, theirs = percentiles(asked), percentiles(alone)
            yield {"figure": name, "as": who, "found": total, **ours}
            yield {"figure": f"{name}: the statements alone", "as": who, **theirs}
            yield {
                "figure": f"{name}: ratio", "as": who, "p50": round(ours["p50_ms"] / theirs["p50_ms"], 2),
                "p95": round(ours["p95_ms"] / theirs["p95_ms"], 2),
                "beside_ms": round((statistics.median(asked) - statistics.median(alone)) * 1000, 1),
            }  # fmt: skip


def _quick_find(person: Person, who: str) -> dict[str, Any]:
    times = []
    for number in range(TIMES * 3):
        times.append(_timed(lambda number=number: person.get("/quick-find", q=_LETTERS[number % len(_LETTERS)])))  # type: ignore[misc]  # as above
    return {"figure": "quick find over four kinds", "as": who, **percentiles(times[len(_LETTERS) :])}


def _fill(crm: Crm) -> None:
    people = {"rep": crm.sign_in("sales").user["id"], "other": crm.sign_in("sales2").user["id"]}
    for service, files in _FILES.items():
        with psycopg.connect(crm.info["databases"][service], autocommit=True) as database:
            database.execute("SET statement_timeout = 0")
            for name, person in people.items():
                database.execute("SELECT set_config(%s, %s, false)", (f"bench.{name}", person))
            for file in ("made.sql", *files):
                database.execute((_FILLING / file).read_bytes())
            database.execute("VACUUM ANALYZE")


def _query(filters: dict[str, Any], sort: str | None) -> dict[str, Any]:
    """The filters as an address has them: amounts in major units."""
    query = dict(filters)
    if "where" in filters:
        query["where"] = json.dumps(_major(filters["where"]))
    return query | ({"sort": sort} if sort else {})


def _major(node: Any) -> Any:
    if isinstance(node, list):
        return [_major(each) for each in node]
    if not isinstance(node, dict):
        return node
    if node.get("field") in ("deal_value", "lifetime_value"):
        return node | {"value": node["value"] // 100}
    return {name: _major(value) for name, value in node.items()}


def _statements(url: str, actor: Actor, filters: dict[str, Any], sort: str | None) -> tuple[list[Any], int]:
    """What the service asks its database for one page, and how many rows there are."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    statements: list[Any] = []

    @event.listens_for(engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:
        statements.append((statement, values))

    with Session(engine.execution_options(isolation_level="AUTOCOMMIT")) as session:
        found = queries.list_clients(session, actor, filters, sort, None, None, "America/New_York")
    engine.dispose()
    return [each for each in statements if "clients" in each[0] or "search_" in each[0]], int(found["total"])


def _run(database: psycopg.Connection[Any], statements: list[Any]) -> None:
    for statement, values in statements:
        database.execute(statement, values).fetchall()


def _timed(call: Callable[[], Any]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started
