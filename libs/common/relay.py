"""The relay: takes unsent outbox rows to the broker, in order, and marks those that it confirmed.

One relay is active per database (an advisory lock); the others stand by. Rows are found by ``sent_at IS NULL``,
never by position, so that a row which commits late is not passed over.
"""

from __future__ import annotations

import threading
import time
from typing import Any

import orjson
import psycopg

from libs.common.bus_identity import Guard
from libs.common.events import EXCHANGE
from libs.common.logging import get_logger
from libs.common.publisher import Outgoing, Publisher, PublishFailed
from libs.common.telemetry import EVENTS_PUBLISHED

log = get_logger(__name__)

_LOCK = "SELECT pg_try_advisory_lock(hashtext('outbox-relay'))"
_UNSENT = """
    SELECT event_id::text, type, aggregate_id::text, mandatory, envelope
    FROM outbox WHERE sent_at IS NULL AND event_id <> ALL(%s::uuid[]) ORDER BY position LIMIT 500
"""
_SENT = "UPDATE outbox SET sent_at = clock_timestamp() WHERE event_id = ANY(%s::uuid[])"

_STANDBY_SECONDS = 2.0
_POLL_SECONDS = 1.0
# After a batch the next rows are let gather for a moment: a burst costs a few batches, and a lone event waits for none.
_GATHER_SECONDS = 0.01
# An event that no queue is bound for (its reader was never started) waits by itself and holds up no other.
_REFUSED_SECONDS = 2.0


class Relay:
    """Runs until told to stop; every fault is waited out."""

    def __init__(self, database_url: str, amqp_url: str, service: str) -> None:
        self._database_url = database_url
        self._service = service
        self._publisher = Publisher(amqp_url, f"{service} relay")
        self._guard = Guard(amqp_url)
        self._stop = threading.Event()
        self._refused: dict[str, float] = {}
        self.wake = threading.Event()

    def run(self) -> None:
        while not self._stop.is_set():
            try:
                with psycopg.connect(self._database_url, autocommit=True, connect_timeout=3) as connection:
                    self._serve(connection)
            except psycopg.Error as error:
                log.warning("relay waits for the database", error=str(error).strip())
                self._stop.wait(1.0)
        self._publisher.close()

    def stop(self) -> None:
        self._stop.set()
        self.wake.set()

    def _serve(self, connection: psycopg.Connection[Any]) -> None:
        while not self._stop.is_set() and not _flag(connection, _LOCK):
            self._stop.wait(_STANDBY_SECONDS)
        while not self._stop.is_set():
            self.wake.clear()
            try:
                sent = self._send_some(connection)
            except PublishFailed as error:
                log.warning("relay waits for the broker", error=str(error))
                self._stop.wait(1.0)
                continue
            if sent:
                self._stop.wait(_GATHER_SECONDS)
            else:
                self.wake.wait(_POLL_SECONDS)

    def _send_some(self, connection: psycopg.Connection[Any]) -> int:
        """Send one batch; returns how many the broker took."""
        now = time.monotonic()
        self._refused = {event_id: until for event_id, until in self._refused.items() if until > now}
        rows = connection.execute(_UNSENT, (list(self._refused),)).fetchall()
        if not rows:
            return 0
        refused = {row[0] for row in rows if not self._guard.may_tell(row[1])}
        if refused:
            log.error("the table of the bus does not let this service tell some events", count=len(refused))
        try:
            self._publisher.publish([self._outgoing(row) for row in rows if row[0] not in refused])
        except PublishFailed as error:
            if not error.refused:
                raise
            refused |= error.refused
            log.warning("no queue is bound for some events yet", count=len(error.refused))
        sent = [row[0] for row in rows if row[0] not in refused]
        connection.execute(_SENT, (sent,))
        self._refused |= dict.fromkeys(refused, now + _REFUSED_SECONDS)
        EVENTS_PUBLISHED.labels(self._service).inc(len(sent))
        return len(sent)

    def _outgoing(self, row: tuple[str, str, str, bool, dict[str, Any]]) -> Outgoing:
        event_id, event_type, aggregate_id, mandatory, envelope = row
        body = orjson.dumps(envelope | {"publisher": self._service})
        return Outgoing(EXCHANGE, event_type, body, event_id, {"aggregate_id": aggregate_id}, mandatory)


def _flag(connection: psycopg.Connection[Any], statement: str) -> bool:
    row = connection.execute(statement).fetchone()
    return bool(row and row[0])


class Listener:
    """Turns the database's notifications into wake-ups; the polls of the woken are the truth."""

    def __init__(self, database_url: str, channels: dict[str, threading.Event]) -> None:
        self._database_url = database_url
        self._channels = channels
        self._stop = threading.Event()

    def run(self) -> None:
        while not self._stop.is_set():
            try:
                with psycopg.connect(self._database_url, autocommit=True, connect_timeout=3) as connection:
                    self._listen(connection)
            except psycopg.Error:
                self._stop.wait(1.0)

    def stop(self) -> None:
        self._stop.set()

    def _listen(self, connection: psycopg.Connection[Any]) -> None:
        for channel in self._channels:
            connection.execute(f"LISTEN {channel}")
        while not self._stop.is_set():
            for notice in connection.notifies(timeout=1.0):
                self._channels[notice.channel].set()
