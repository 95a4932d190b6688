"""Webhooks on their way out: kept in SQLite until the other side says 2xx, retried with growing delays."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import requests

from sandbox.behaviour import Behaviour
from sandbox.storage import Row, Storage

SCHEMA = """
CREATE TABLE IF NOT EXISTS deliveries (
    number INTEGER PRIMARY KEY,
    subject TEXT NOT NULL,
    body BLOB NOT NULL,
    due_at REAL NOT NULL,
    created_at REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'dropped', 'given_up')),
    last_status INTEGER,
    last_error TEXT
);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (due_at) WHERE state = 'pending';
"""

BEHAVIOUR: dict[str, Any] = {"duplicate": 0, "delay_ms": 0, "reorder": False, "drop": 0, "paused": False}

ATTEMPTS = 60
LONGEST_DELAY = 30.0
TIMEOUT = 10.0
PARALLEL = 8
BATCH = 200
# How long the newest one must have been waiting before a reordered batch leaves, newest first.
REORDER_WINDOW = 0.3

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Attempt:
    """What came of posting once: the other side's status, or the error that kept it from answering."""

    number: int
    subject: str
    status: int | None
    error: str | None

    @property
    def delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class Deliveries:
    """The outgoing queue of one stand-in. `sign` makes the headers for a body anew at every attempt."""

    def __init__(
        self, storage: Storage, behaviour: Behaviour, url: str, sign: Callable[[bytes], Mapping[str, str]]
    ) -> None:
        self._storage, self._behaviour, self._url, self._sign = storage, behaviour, url, sign
        self._wake, self._stopped = threading.Event(), threading.Event()
        self._claims: set[int] = set()
        self._lock = threading.Lock()
        self._local = threading.local()
        self._pool = ThreadPoolExecutor(PARALLEL, thread_name_prefix="webhook")
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)

    @property
    def wanted(self) -> bool:
        """Whether anybody listens at all."""
        return bool(self._url)

    def add(self, subject: str, body: bytes, delay: float = 0.0) -> None:
        """Queue one body in the caller's transaction; it leaves `delay` seconds later."""
        if not self.wanted:
            return
        now = time.time()
        state = "dropped" if self._behaviour.take("webhooks", "drop") else "pending"
        due = now + delay + self._behaviour.get("webhooks", "delay_ms") / 1000
        self._storage.insert(
            "INSERT INTO deliveries (subject, body, due_at, created_at, state) VALUES (?, ?, ?, ?, ?)",
            (subject, body, due, now, state),
        )
        self._wake.set()

    def start(self) -> None:
        """Begin to post, with what an earlier run left."""
        self._thread.start()

    def stop(self) -> None:
        """Post nothing more; what is pending waits for the next start."""
        self._stopped.set()
        self._wake.set()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def flush(self) -> list[Attempt]:
        """Post everything that is pending now, one by one, due or not, paused or not."""
        rows = self._storage.rows("SELECT * FROM deliveries WHERE state = 'pending' ORDER BY number")
        if self._behaviour.get("webhooks", "reorder"):
            rows.reverse()
        return [attempt for row in rows if (attempt := self._claim_and_post(row))]

    def overview(self) -> list[dict[str, Any]]:
        """Every delivery with its state, oldest first."""
        rows = self._storage.rows(
            "SELECT number, subject, state, attempts, last_status, last_error, due_at FROM deliveries ORDER BY number"
        )
        return [dict(row) for row in rows]

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                wait = self._step()
            except Exception:
                if self._stopped.is_set():
                    return
                log.exception("webhooks")
                wait = 1.0
            self._wake.wait(wait)
            self._wake.clear()

    def _step(self) -> float:
        """Hand on what is due; answers how many seconds the next look may wait."""
        if self._behaviour.get("webhooks", "paused"):
            return 0.2
        now = time.time()
        due = self._storage.rows(
            "SELECT * FROM deliveries WHERE state = 'pending' AND due_at <= ? ORDER BY due_at, number LIMIT ?",
            (now, BATCH),
        )
        if self._behaviour.get("webhooks", "reorder"):
            return self._step_reordered(due, now)
        for row in due:
            self._submit(row)
        later = self._storage.row(
            "SELECT min(due_at) AS at FROM deliveries WHERE state = 'pending' AND due_at > ?", (now,)
        )
        return max(0.01, min(later["at"] - now, 1.0)) if later and later["at"] else 1.0

    def _step_reordered(self, due: list[Row], now: float) -> float:
        if due and now - max(row["due_at"] for row in due) >= REORDER_WINDOW:
            for row in sorted(due, key=lambda row: -int(row["number"])):
                self._claim_and_post(row)
        return 0.05

    def _submit(self, row: Row) -> None:
        if self._claim(row):
            self._pool.submit(self._post_claimed, row)

    def _claim_and_post(self, row: Row) -> Attempt | None:
        return self._post_claimed(row) if self._claim(row) else None

    def _claim(self, row: Row) -> bool:
        """One thread at a time has a delivery; a row that was settled since it was read is left alone."""
        with self._lock:
            if row["number"] in self._claims:
                return False
            fresh = self._storage.row("SELECT state, attempts FROM deliveries WHERE number = ?", (row["number"],))
            if fresh is None or fresh["state"] != "pending" or fresh["attempts"] != row["attempts"]:
                return False
            self._claims.add(row["number"])
            return True

    def _post_claimed(self, row: Row) -> Attempt:
        try:
            attempt = self._post(row)
            for _ in range(self._behaviour.get("webhooks", "duplicate") if attempt.delivered else 0):
                self._post(row)
            self._settle(row, attempt)
            return attempt
        finally:
            with self._lock:
                self._claims.discard(row["number"])
            self._wake.set()

    def _post(self, row: Row) -> Attempt:
        number, subject, body = row["number"], row["subject"], row["body"]
        headers = {"Content-Type": "application/json; charset=utf-8", **self._sign(body)}
        try:
            # A redirect is a failure for both providers.
            answer = self._session().post(self._url, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False)
        except requests.RequestException as problem:
            log.info("webhook %s: %s", subject, type(problem).__name__)
            return Attempt(number, subject, None, type(problem).__name__)
        log.info("webhook %s: %s", subject, answer.status_code)
        return Attempt(number, subject, answer.status_code, None)

    def _settle(self, row: Row, attempt: Attempt) -> None:
        attempts = row["attempts"] + 1
        delay = min(0.5 * 2 ** min(row["attempts"], 10), LONGEST_DELAY)
        state = "delivered" if attempt.delivered else "pending" if attempts < ATTEMPTS else "given_up"
        self._storage.execute(
            "UPDATE deliveries SET state = ?, attempts = ?, due_at = ?, last_status = ?, last_error = ?"
            " WHERE number = ?",
            (state, attempts, time.time() + delay, attempt.status, attempt.error, row["number"]),
        )

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            session.trust_env = False  # a proxy of this machine has no business between two local ports
        return session
