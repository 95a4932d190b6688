"""A page of 25 clients through gateway, RPC and PostgreSQL, against the same SELECTs in a bare Flask application."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import requests

from bench.measuring import load
from stack.driver import Crm
from stack.ports import LOOPBACK

CLIENTS = 10_000
THREADS = 4
SECONDS = 6.0
ROUNDS = 3


def run(crm: Crm) -> Iterator[dict[str, Any]]:
    _fill(crm)
    admin = crm.sign_in("admin")
    token = str(admin.session.headers["Authorization"])
    with _bare_application(crm) as bare:
        ours = f"{crm.base_url}/clients?limit=25"
        rounds = []
        for _ in range(ROUNDS):  # in turns, so that both see the same machine
            rounds.append((_load(ours, token), _load(bare, token)))
    best = [max((pair[side] for pair in rounds), key=lambda each: each["per_second"]) for side in (0, 1)]
    yield {"figure": "crm", "clients": CLIENTS, **best[0]}
    yield {"figure": "bare flask + sqlalchemy", **best[1]}
    yield {"figure": "ratio", "crm_to_bare": round(best[0]["per_second"] / best[1]["per_second"], 3)}


def _load(url: str, token: str) -> dict[str, Any]:
    def make() -> Callable[[], Any]:
        session = requests.Session()
        session.headers["Authorization"] = token

        def call() -> None:
            answer = session.get(url, timeout=30)
            assert answer.status_code == 200 and len(answer.json()["items"]) == 25

        return call

    return load(make, THREADS, SECONDS)


def _fill(crm: Crm) -> None:
    columns = "id, company_name, match_name, status, source, tags, currency, lifetime_value_minor, access_version"
    with psycopg.connect(crm.info["databases"]["clients"], autocommit=True) as database:
        database.execute(
            f"INSERT INTO clients ({columns}, created_at, updated_at, version)"
            " SELECT gen_random_uuid(), 'Company ' || n, 'company ' || n, 'active', 'bench', '{}', 'USD', 0, 1,"
            f" now() - n * interval '1 minute', now(), 1 FROM generate_series(1, {CLIENTS}) AS n"
        )
        database.execute("ANALYZE clients")


@contextmanager
def _bare_application(crm: Crm) -> Iterator[str]:
    """The comparison: gunicorn with as many workers and threads as the gateway has."""
    port = 18999
    argv = ["gunicorn", "-k", "gthread", "-w", "2", "--threads", "8", "-b", f"{LOOPBACK}:{port}", "bench.bare:app"]
    environment = {**os.environ, "DATABASE_URL": crm.info["databases"]["clients"]}
    process = subprocess.Popen([sys.executable, "-m", *argv], env=environment)
    url = f"http://{LOOPBACK}:{port}/clients"
    try:
        for _ in range(100):
            try:
                requests.get(url, timeout=5)
                break
            except requests.ConnectionError:
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(20)
