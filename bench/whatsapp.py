"""Webhooks of WhatsApp under load: 2,000 deliveries in 20 seconds, 30 % of them repeats, and what is there after."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import secrets
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import psycopg
import requests

from bench.measuring import percentiles
from stack.driver import Crm, wait_for

DELIVERIES, SECONDS, PEOPLE, REPEATS = 2000, 20.0, 200, 0.3
_THREADS = 32
_MESSAGES = "SELECT count(*), count(DISTINCT conversation_id) FROM whatsapp_messages WHERE provider_id LIKE %s"
_KEPT = "SELECT count(*), count(*) FILTER (WHERE outcome = 'applied') FROM whatsapp_deliveries WHERE body LIKE %s"


@dataclass(frozen=True)
class Load:
    """What was posted. seconds: of each answer; statuses: the different ones; behind: seconds until all was applied."""

    seconds: list[float]
    statuses: set[int]
    distinct: int
    took: float
    behind: float
    messages: int
    people: int
    kept: int


def run(crm: Crm) -> Iterator[dict[str, Any]]:
    """The load, its times, and the exact end state."""
    load = deliver(crm, DELIVERIES, SECONDS, PEOPLE)
    yield {
        "figure": f"{DELIVERIES} deliveries in {SECONDS:g} s, {REPEATS:.0%} repeats",
        "statuses": sorted(load.statuses),
        "took_s": round(load.took, 2),
        "applied_after_s": round(load.behind, 2),
        "distinct": load.distinct,
        "kept": load.kept,
        "messages": load.messages,
        "conversations": load.people,
        **percentiles(load.seconds),
    }


def deliver(crm: Crm, deliveries: int, seconds: float, people: int) -> Load:
    """Post at an even pace whatever the answers take, and wait until all of it is applied."""
    mark = secrets.token_hex(6)
    distinct = round(deliveries * (1 - REPEATS))
    bodies = [_body(crm, mark, number, people) for number in range(distinct)]
    chance = random.Random(7)
    posted = [*bodies, *(chance.choice(bodies) for _ in range(deliveries - distinct))]
    chance.shuffle(posted)
    session = requests.Session()
    session.mount("http://", requests.adapters.HTTPAdapter(pool_connections=4, pool_maxsize=_THREADS))
    started = time.perf_counter()

    def post(number: int) -> tuple[float, int]:
        due = started + number * seconds / deliveries
        time.sleep(max(0.0, due - time.perf_counter()))
        body = posted[number]
        headers = {"X-Hub-Signature-256": _signature(crm, body)}
        # From when it was due: a delivery that found no free thread has waited, too.
        answer = session.post(f"{crm.base_url}/webhooks/whatsapp", data=body, headers=headers, timeout=60)
        return time.perf_counter() - due, answer.status_code

    with ThreadPoolExecutor(_THREADS) as pool:
        answers = list(pool.map(post, range(deliveries)))
    ended = time.perf_counter()
    with psycopg.connect(crm.info["databases"]["notifications"], autocommit=True) as database:

        def applied() -> tuple[int, int] | None:
            kept, done = database.execute(_KEPT, (f"%{mark}%",)).fetchone() or (0, 0)
            return (kept, done) if kept == done >= distinct else None

        kept, _done = wait_for(applied, "all deliveries are applied", 180, 0.2)
        behind = time.perf_counter() - ended
        messages, talking = database.execute(_MESSAGES, (f"wamid.{mark}.%",)).fetchone() or (0, 0)
    times = [each for each, _status in answers]
    statuses = {status for _seconds, status in answers}
    return Load(times, statuses, distinct, ended - started, behind, messages, talking, kept)


def _body(crm: Crm, mark: str, number: int, people: int) -> bytes:
    person = f"1646{int(mark[:5], 16) % 10_000:04}{number % people:03}"
    message = {
        "id": f"wamid.{mark}.{number}",
        "from": person,
        "timestamp": str(int(time.time())),
        "type": "text",
        "text": {"body": f"Message {number}"},
    }
    value = {
        "metadata": {"phone_number_id": crm.info["webhooks"]["whatsapp_phone_number_id"]},
        "contacts": [{"profile": {"name": f"Person {person}"}, "wa_id": person}],
        "messages": [message],
    }
    return json.dumps({"entry": [{"changes": [{"field": "messages", "value": value}]}]}).encode()


def _signature(crm: Crm, body: bytes) -> str:
    secret = crm.info["webhooks"]["whatsapp_app_secret"].encode()
    return f"sha256={hmac.new(secret, body, hashlib.sha256).hexdigest()}"
