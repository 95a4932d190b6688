"""How long an event takes from the commit that tells it to the commit that applies it, and how many a worker takes."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg

from bench.measuring import percentiles
from libs.common.ids import new_id
from stack.driver import Crm

SECONDS = 15
SUSTAINED = 3000

_TELL = """
    INSERT INTO outbox (event_id, type, aggregate_id, aggregate_version, correlation_id, envelope, mandatory)
    VALUES (%s, 'deal.won', %s, 2, %s, %s, true)
"""
_APPLIED = """
    SELECT event_id::text, extract(epoch FROM handled_at)::float8 FROM inbox
    WHERE correlation_id = %s AND consumer = 'on_deal_won'
"""
_TOLD = "SELECT event_id::text, extract(epoch FROM created_at)::float8 FROM outbox WHERE correlation_id = %s"


def deal_won_to_draft(crm: Crm) -> Iterator[dict[str, Any]]:
    """deal.won → draft invoice at 20 and at 100 events a second."""
    client_id = _a_client(crm)
    for rate in (20, 100):
        mark = secrets.token_hex(6)
        with psycopg.connect(crm.info["databases"]["deals"], autocommit=True) as deals:
            started = time.perf_counter()
            for number in range(rate * SECONDS):
                _wait_until(started + number / rate)
                _tell(deals, client_id, mark)
        times = _times(crm, mark, rate * SECONDS)
        yield {"figure": f"commit to applied at {rate}/s", "events": len(times), **percentiles(times)}


def sustained(crm: Crm) -> Iterator[dict[str, Any]]:
    """Events a second that one billing worker applies when they wait in line, each a draft invoice."""
    client_id, mark = _a_client(crm), secrets.token_hex(6)
    with psycopg.connect(crm.info["databases"]["deals"]) as deals:
        for _ in range(SUSTAINED):
            _tell(deals, client_id, mark)
        deals.commit()
    _times(crm, mark, SUSTAINED)
    with psycopg.connect(crm.info["databases"]["billing"]) as billing:
        handled = sorted(row[1] for row in billing.execute(_APPLIED, (mark,)).fetchall())
    yield {"figure": "one billing worker", "per_second": round(SUSTAINED / (handled[-1] - handled[0]), 1)}


def _a_client(crm: Crm) -> str:
    client = crm.sign_in("sales").post("/clients", {"company_name": f"Bench {secrets.token_hex(4)}"})
    return str(client["id"])


def _tell(deals: psycopg.Connection[Any], client_id: str, mark: str) -> None:
    event_id, deal_id = new_id(), new_id()
    data = {
        "deal_id": deal_id, "client_id": client_id, "company_name": "Bench", "deal_name": "Bench",
        "deal_value_minor": 6250000, "currency": "USD", "stage": "won", "previous_stage": "negotiation",
        "source": "bench", "description": None, "owner_id": None, "tags": [], "expected_close_date": None,
        "actual_close_date": "2026-01-01", "lost_reason": None, "version": 2,
    }  # fmt: skip
    envelope = {
        "id": event_id, "type": "deal.won", "version": 1, "occurred_at": datetime.now(UTC).isoformat(),
        "aggregate_id": deal_id, "aggregate_version": 2, "correlation_id": mark, "causation_id": None,
        "actor": {"id": "system:deals", "role": "system", "name": "deals"}, "data": data,
    }  # fmt: skip
    deals.execute(_TELL, (event_id, deal_id, mark, json.dumps(envelope)))


def _times(crm: Crm, mark: str, count: int) -> list[float]:
    """Seconds from the row's insertion to the end of its handling, by the databases' one clock."""
    with (
        psycopg.connect(crm.info["databases"]["deals"], autocommit=True) as deals,
        psycopg.connect(crm.info["databases"]["billing"], autocommit=True) as billing,
    ):
        end = time.monotonic() + 180
        while len(applied := dict(billing.execute(_APPLIED, (mark,)).fetchall())) < count:
            if time.monotonic() > end:
                raise TimeoutError(f"{len(applied)} of {count} events applied")
            time.sleep(0.2)
        told = dict(deals.execute(_TOLD, (mark,)).fetchall())
    return [applied[event_id] - at for event_id, at in told.items()]


def _wait_until(moment: float) -> None:
    while (left := moment - time.perf_counter()) > 0:
        time.sleep(left)
