"""Idempotency keys: the first result of a key is the result of every later request with it.

Kept are successes, declined cards and failures of the server; not what failed validation, nor what met a running
request with the same key. Keys are forgotten after a day.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sandbox.storage import Storage
from sandbox.stripe.errors import StripeError
from sandbox.stripe.params import Tree

LONGEST_KEY = 255
KEPT_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Kept:
    """The first answer of a key."""

    status: int
    body: bytes
    request_id: str


def fingerprint(method: str, path: str, parameters: Tree) -> str:
    """Two requests with the same one are the same request; the order of their parameters does not count."""
    text = "\n".join([method, path, json.dumps(parameters, sort_keys=True)])
    return hashlib.sha256(text.encode()).hexdigest()


class IdempotencyKeys:
    """The keys of one account."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._running: set[str] = set()
        self._lock = threading.Lock()

    @contextmanager
    def claimed(self, key: str) -> Iterator[None]:
        """Hold a key while its request runs. Raises 400 for a key that is too long, 409 while another one runs."""
        if len(key) > LONGEST_KEY:
            raise StripeError(400, f"Idempotency keys can be at most {LONGEST_KEY} characters long.")
        with self._lock:
            if key in self._running:
                raise StripeError(
                    409,
                    f"There is currently another in-progress request using this Idempotent Key: {key}",
                    type="idempotency_error",
                    code="idempotency_key_in_use",
                )
            self._running.add(key)
        try:
            yield
        finally:
            with self._lock:
                self._running.discard(key)

    def find(self, key: str, print: str) -> Kept | None:
        """The kept answer. Raises 400 when the key was used for another request."""
        row = self._storage.row(
            "SELECT * FROM idempotency_keys WHERE key = ? AND created_at > ?",
            (key, time.time() - KEPT_SECONDS),
        )
        if row is None:
            return None
        if row["fingerprint"] != print:
            raise StripeError(
                400,
                "Keys for idempotent requests can only be used with the same parameters they were first used with. "
                f"Try using a key other than '{key}' if you meant to execute a different request.",
                type="idempotency_error",
            )
        return Kept(row["status"], bytes(row["body"]), row["request_id"])

    def keep(self, key: str, print: str, answer: Kept) -> None:
        """Remember the first answer, in the transaction of what it tells about."""
        self._storage.execute("DELETE FROM idempotency_keys WHERE created_at <= ?", (time.time() - KEPT_SECONDS,))
        self._storage.insert(
            "INSERT INTO idempotency_keys (key, fingerprint, request_id, status, body, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (key, print, answer.request_id, answer.status, answer.body, time.time()),
        )
