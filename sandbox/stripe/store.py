"""Stripe's objects and events in SQLite. Changes happen inside the transaction of the request that makes them."""

from __future__ import annotations

import json
import secrets
import string
import time
from typing import Any

from sandbox import deliveries
from sandbox.deliveries import Deliveries
from sandbox.storage import Row, Storage

Json = dict[str, Any]

# The version stripe-python 16.1.0 speaks.
API_VERSION = "2026-10-28.endive"

SCHEMA = (
    """
CREATE TABLE IF NOT EXISTS objects (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS objects_type ON objects (type, number);
CREATE TABLE IF NOT EXISTS idempotency_keys (
    key TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    request_id TEXT NOT NULL,
    status INTEGER NOT NULL,
    body BLOB NOT NULL,
    created_at REAL NOT NULL
);
"""
    + deliveries.SCHEMA
)

PREFIXES = {
    "payment_intent": "pi_3",
    "charge": "ch_3",
    "customer": "cus_",
    "checkout.session": "cs_test_a1",
    "refund": "re_3",
    "event": "evt_1",
    "payment_method": "pm_1",
}
ALPHABET = string.ascii_letters + string.digits


def random_text(length: int) -> str:
    """Letters and digits nobody can guess."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def new_id(kind: str) -> str:
    """An id of the looks that Stripe gives to this type."""
    return PREFIXES.get(kind, f"{kind}_") + random_text(58 if kind == "checkout.session" else 23)


class Objects:
    """Every Stripe object by id, and the events about them, queued as webhooks when somebody listens."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self._deliveries: Deliveries | None = None

    def send_events_by(self, outgoing: Deliveries) -> None:
        """Queue the webhooks of events that come from now on."""
        self._deliveries = outgoing

    def add(self, thing: Json) -> Json:
        """Keep a new object."""
        self.storage.insert(
            "INSERT INTO objects (id, type, body) VALUES (?, ?, ?)",
            (thing["id"], thing["object"], json.dumps(thing)),
        )
        return thing

    def save(self, thing: Json) -> Json:
        """Keep an object's new state."""
        self.storage.execute("UPDATE objects SET body = ? WHERE id = ?", (json.dumps(thing), thing["id"]))
        return thing

    def get(self, kind: str, id: str) -> Json | None:
        """One object of a type."""
        row = self.storage.row("SELECT body FROM objects WHERE id = ? AND type = ?", (id, kind))
        return _body(row) if row else None

    def find(self, id: str) -> Json | None:
        """One object of any type."""
        row = self.storage.row("SELECT body FROM objects WHERE id = ?", (id,))
        return _body(row) if row else None

    def all(self, kind: str) -> list[Json]:
        """Every object of a type, newest first."""
        rows = self.storage.rows("SELECT body FROM objects WHERE type = ? ORDER BY number DESC", (kind,))
        return [_body(row) for row in rows]

    def by_type(self) -> dict[str, list[Json]]:
        """Everything, each type's list oldest first; the main types are there even when empty."""
        found: dict[str, list[Json]] = {kind: [] for kind in PREFIXES}
        for row in self.storage.rows("SELECT type, body FROM objects ORDER BY number"):
            found.setdefault(row["type"], []).append(_body(row))
        return found

    def newest(self, kind: str, count: int) -> list[Json]:
        """The newest objects of a type."""
        rows = self.storage.rows("SELECT body FROM objects WHERE type = ? ORDER BY number DESC LIMIT ?", (kind, count))
        return [_body(row) for row in rows]

    def event(
        self,
        type: str,
        thing: Json,
        *,
        previous: Json | None = None,
        request: Json | None = None,
        created: int = 0,
    ) -> Json:
        """Make an event about an object as it is now and queue its webhook."""
        listened = self._deliveries is not None and self._deliveries.wanted
        data: Json = {"object": thing}
        if previous is not None:
            data["previous_attributes"] = previous
        event = {
            "id": new_id("event"),
            "object": "event",
            "api_version": API_VERSION,
            "created": created or int(time.time()),
            "data": data,
            "livemode": False,
            "pending_webhooks": int(listened),
            "request": request or {"id": None, "idempotency_key": None},
            "type": type,
        }
        self.add(event)
        if self._deliveries is not None:
            # Stripe indents its webhook bodies; whoever hashes a re-serialised body finds out here.
            self._deliveries.add(f"{type} {event['id']}", json.dumps(event, indent=2).encode())
        return event


def _body(row: Row) -> Json:
    loaded: Json = json.loads(row["body"])
    return loaded
