"""Reading while Gemini is slow and fails: the same reads with and without analyses under way, in turns of one run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import requests

from bench.measuring import load
from stack.driver import Crm, wait_for
from stack.scenery import BRIEF

ANALYSES = 200
THREADS = 4
SECONDS = 8.0
ROUNDS = 3
# What Gemini does: three seconds for an answer that is cut off, an outage, or none that can be read.
_TROUBLE = ("max_tokens", "unavailable", "not_json", "quota_untold")


def run(crm: Crm) -> Iterator[dict[str, Any]]:
    admin = crm.sign_in("admin")
    deal = _deal(crm)
    token = str(admin.session.headers["Authorization"])
    reads = {"api: a page of deals": f"{crm.base_url}/deals?limit=25", "api: a deal": f"{crm.base_url}/deals/{deal}"}
    rounds: dict[str, list[dict[str, Any]]] = {}
    for _ in range(ROUNDS):
        _behave(crm, default=None, delay_ms=0)
        _until_quiet(crm)
        for name, url in reads.items():
            rounds.setdefault(f"{name}, without AI", []).append(_load(url, token))
        _behave(crm, default=None, delay_ms=3000, answers=[{"kind": kind} for kind in _TROUBLE] * ANALYSES)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _number: admin.post(f"/deals/{deal}/analyze"), range(ANALYSES)))
        # What is measured is Gemini's slowness, not the orders on their way to it.
        wait_for(lambda: not _count(crm, "outbox WHERE sent_at IS NULL", "deals"), "the orders are told")
        wait_for(lambda: _count(crm, "generations WHERE status = 'waiting'") >= ANALYSES / 2, "the orders are taken")
        for name, url in reads.items():
            before = _count(crm, "provider_calls")
            rounds.setdefault(f"{name}, beside AI", []).append(_load(url, token))
            assert _count(crm, "provider_calls") > before, "Gemini was not under load"
    best = {name: min(each, key=lambda one: one["p95_ms"]) for name, each in rounds.items()}
    for name, figures in best.items():
        yield {"figure": name, **figures}
    for name in reads:
        beside, without = best[f"{name}, beside AI"], best[f"{name}, without AI"]
        ratios = {each: round(beside[f"{each}_ms"] / without[f"{each}_ms"], 2) for each in ("p50", "p95")}
        yield {"figure": f"{name}, ratio", **ratios}


def _deal(crm: Crm) -> str:
    """One that came with a brief."""
    admin = crm.sign_in("admin")
    person = {"first_name": "Ada", "last_name": "Bench", "email": "ada@bench-ai.example", "company_name": "Bench AI"}
    reference = crm.anybody().post("/intake/brief", BRIEF | {"contact": person})["reference"]

    def done() -> Any:
        state = admin.get(f"/intake/{reference}")
        return state if state["status"] == "done" else None

    return str(wait_for(done, "the brief's deal")["deal_id"])


def _load(url: str, token: str) -> dict[str, Any]:
    def make() -> Callable[[], Any]:
        session = requests.Session()
        session.headers["Authorization"] = token

        def call() -> None:
            assert session.get(url, timeout=30).status_code == 200

        return call

    return load(make, THREADS, SECONDS)


def _gemini(crm: Crm) -> str:
    return str(crm.info["sandbox"]["gemini_url"])


def _behave(crm: Crm, **patch: Any) -> None:
    requests.post(f"{_gemini(crm)}/_sandbox/behaviour", json=patch, timeout=10).raise_for_status()


def _count(crm: Crm, what: str, service: str = "ai") -> int:
    with psycopg.connect(crm.info["databases"][service], autocommit=True) as database:
        row = database.execute(f"SELECT count(*) FROM {what}").fetchone()
    return int(row[0]) if row else 0


def _until_quiet(crm: Crm) -> None:
    """Nothing waits for Gemini any more: what is to be tried again later is tried now."""
    with psycopg.connect(crm.info["databases"]["ai"], autocommit=True) as database:
        for _ in range(600):
            database.execute("UPDATE jobs SET due_at = now() WHERE finished_at IS NULL AND failed_at IS NULL")
            row = database.execute("SELECT count(*) FROM generations WHERE status = 'waiting'").fetchone()
            if row and not row[0]:
                return
            time.sleep(0.5)
    raise TimeoutError("analyses are still under way")
