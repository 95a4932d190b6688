"""Finding clients at 100,000 of them, with 200,000 contacts, 300,000 deals and 1,000,000 activities.

Each question is asked through the API, and the statement that the clients service makes of it is run alone beside it,
on a connection of its own: p50, p95 and their ratio.
"""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import create_engine, event
from sqlalchemy.orm import Session

from bench.measuring import Connection, percentiles
from libs.common.identity import Actor
from services.billing import queries as billing
from services.clients import queries
from services.deals import queries as deals
from stack.driver import Crm, Person

TIMES = 40
_WARM = 10
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
        yield from _quick_find(crm, person, actor, who)


def _questions(crm: Crm, person: Person, actor: Actor, who: str) -> Iterator[dict[str, Any]]:
    url, answers = crm.info["databases"]["clients"], Connection(person)
    with _connect(url) as database:
        for name, (filters, sort) in QUESTIONS.items():
            made = _statements(url, partial(_list, actor, filters, sort))
            statements = [each for each in made if "clients" in each[0] or "search_" in each[0]]
            ours = partial(answers.get, "/clients", _query(filters, sort))
            yield from _beside(name, who, [ours], [partial(_run, database, statements)], ours()["total"])


def _quick_find(crm: Crm, person: Person, actor: Actor, who: str) -> Iterator[dict[str, Any]]:
    """By each of the letters in turn; alone, the statements of the three services one after the other."""
    answers, urls = Connection(person), crm.info["databases"]
    services = {"clients": queries.quick_find, "deals": deals.quick_find, "billing": billing.quick_find}
    with ExitStack() as open_ones:
        databases = {name: open_ones.enter_context(_connect(urls[name])) for name in services}
        asked, alone = [], []
        for letters in _LETTERS:
            made = {
                name: _statements(urls[name], partial(_find, find, actor, letters)) for name, find in services.items()
            }
            asked.append(partial(answers.get, "/quick-find", {"q": letters}))
            alone.append(partial(_run_all, [(databases[name], each) for name, each in made.items()]))
        yield from _beside("quick find over four kinds", who, asked, alone)


def _beside(
    name: str,
    who: str,
    asked: Sequence[Callable[[], Any]],
    alone: Sequence[Callable[[], Any]],
    found: int | None = None,
) -> Iterator[dict[str, Any]]:
    """What is asked of the API beside its statements alone: in turns, so that both see the same machine."""
    ours, theirs = [], []
    for number in range(TIMES * min(len(asked), 3) + _WARM):
        place = number % len(asked)
        api, sql = _timed(asked[place]), _timed(alone[place])
        if number >= _WARM:  # what a process keeps, it has after its first questions
            ours.append(api)
            theirs.append(sql)
    api_figures, sql_figures = percentiles(ours), percentiles(theirs)
    yield {"figure": name, "as": who, **({} if found is None else {"found": found}), **api_figures}
    yield {"figure": f"{name}: the statements alone", "as": who, **sql_figures}
    yield {
        "figure": f"{name}: ratio", "as": who, "p50": round(api_figures["p50_ms"] / sql_figures["p50_ms"], 2),
        "p95": round(api_figures["p95_ms"] / sql_figures["p95_ms"], 2),
        "beside_ms": round((statistics.median(ours) - statistics.median(theirs)) * 1000, 1),
    }  # fmt: skip


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


def _list(actor: Actor, filters: dict[str, Any], sort: str | None, session: Session) -> Any:
    return queries.list_clients(session, actor, filters, sort, None, None, "America/New_York")


def _find(find: Callable[..., Any], actor: Actor, letters: str, session: Session) -> Any:
    return find(session, actor, letters, 5)


def _statements(url: str, ask: Callable[[Session], Any]) -> list[Any]:
    """What a service asks its database for one answer."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    statements: list[Any] = []

    @event.listens_for(engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, _many: bool) -> None:
        statements.append((statement, values))

    with Session(engine.execution_options(isolation_level="AUTOCOMMIT")) as session:
        session.connection()
        # What a driver asks when it meets a database belongs to no question.
        statements.clear()
        ask(session)
    engine.dispose()
    return statements


def _connect(url: str) -> psycopg.Connection[Any]:
    return psycopg.connect(url, autocommit=True, options="-c timezone=UTC")


def _run(database: psycopg.Connection[Any], statements: list[Any]) -> None:
    for statement, values in statements:
        database.execute(statement, values).fetchall()


def _run_all(of_services: list[tuple[psycopg.Connection[Any], list[Any]]]) -> None:
    for database, statements in of_services:
        _run(database, statements)


def _timed(call: Callable[[], Any]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started
