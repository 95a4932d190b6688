"""What was sent and received over WhatsApp: messages, media and templates."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass
from typing import Any

from sandbox import deliveries
from sandbox.storage import Storage

Json = dict[str, Any]

SCHEMA = (
    """
CREATE TABLE IF NOT EXISTS messages (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    direction TEXT NOT NULL CHECK (direction IN ('out', 'in')),
    wa_id TEXT NOT NULL,
    name TEXT NOT NULL,
    at REAL NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS messages_person ON messages (wa_id, direction, at);
CREATE TABLE IF NOT EXISTS media (
    id TEXT PRIMARY KEY,
    mime_type TEXT NOT NULL,
    filename TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    content BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS templates (
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (name, language)
);
"""
    + deliveries.SCHEMA
)


# The template that is approved from the beginning: what a business says after it has got a brief.
BRIEF_RECEIVED: Json = {
    "name": "brief_received",
    "language": "en",
    "category": "UTILITY",
    "components": [
        {
            "type": "BODY",
            "text": "Hi {{1}}! 👋\n\nThanks for sharing your project details with {{2}}.\n\n"
            "We received your brief for the {{3}} project. Our team is reviewing it now.\n\n"
            "A sales rep will reach out within 24 hours to discuss next steps.\n\n"
            "Quick question: What's your preferred time for a call this week?",
        }
    ],
}


@dataclass(frozen=True)
class Message:
    """One message; `body` as it was sent or received, `state` accepted, sent, delivered, read, failed or received."""

    id: str
    direction: str
    wa_id: str
    name: str
    at: float
    body: Json
    state: str


@dataclass(frozen=True)
class Media:
    """An uploaded file; `sha256` in hex."""

    id: str
    mime_type: str
    filename: str
    sha256: str
    content: bytes


def message_id(wa_id: str) -> str:
    """`wamid.` and what looks like Meta's base64."""
    return "wamid." + base64.b64encode(f"\x1c\x18{wa_id}".encode() + secrets.token_bytes(18)).decode()


class Conversations:
    """The messages of all people with the one business number."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage

    def add(self, id: str, direction: str, wa_id: str, name: str, at: float, body: Json) -> None:
        """Keep a message; `at` in unix seconds."""
        state = "accepted" if direction == "out" else "received"
        self.storage.insert(
            "INSERT INTO messages (id, direction, wa_id, name, at, body, state) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (id, direction, wa_id, name, at, json.dumps(body), state),
        )

    def mark(self, id: str, state: str) -> None:
        """Remember how far a message came."""
        self.storage.execute("UPDATE messages SET state = ? WHERE id = ?", (state, id))

    def last_inbound(self, wa_id: str) -> float:
        """When a person last wrote, in unix seconds; 0 for never."""
        return self._newest("in", wa_id)

    def last_outbound(self, wa_id: str) -> float:
        """When we last wrote to a person."""
        return self._newest("out", wa_id)

    def sent(self) -> list[Json]:
        """The bodies of all accepted messages, oldest first."""
        rows = self.storage.rows("SELECT body FROM messages WHERE direction = 'out' ORDER BY number")
        return [json.loads(row["body"]) for row in rows]

    def all(self) -> list[Message]:
        """Every message of both directions, oldest first."""
        rows = self.storage.rows("SELECT * FROM messages ORDER BY number")
        return [
            Message(
                row["id"],
                row["direction"],
                row["wa_id"],
                row["name"],
                row["at"],
                json.loads(row["body"]),
                row["state"],
            )
            for row in rows
        ]

    def clear(self) -> int:
        """Forget every message, and with them every open window."""
        return self.storage.execute("DELETE FROM messages")

    def _newest(self, direction: str, wa_id: str) -> float:
        row = self.storage.row(
            "SELECT max(at) AS at FROM messages WHERE wa_id = ? AND direction = ?", (wa_id, direction)
        )
        return float(row["at"] or 0) if row else 0.0


class Library:
    """Uploaded media and registered templates."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        if not self.has_template(BRIEF_RECEIVED["name"], BRIEF_RECEIVED["language"]):
            self.add_template(BRIEF_RECEIVED)

    def add_media(self, mime_type: str, filename: str, content: bytes) -> Media:
        """Keep a file under a new id."""
        id = str(10**15 + secrets.randbelow(9 * 10**15))
        media = Media(id, mime_type, filename, hashlib.sha256(content).hexdigest(), content)
        self._storage.insert(
            "INSERT INTO media (id, mime_type, filename, sha256, content) VALUES (?, ?, ?, ?, ?)",
            (media.id, media.mime_type, media.filename, media.sha256, media.content),
        )
        return media

    def media(self, id: str) -> Media | None:
        """One file."""
        row = self._storage.row("SELECT * FROM media WHERE id = ?", (id,))
        if row is None:
            return None
        return Media(row["id"], row["mime_type"], row["filename"], row["sha256"], bytes(row["content"]))

    def delete_media(self, id: str) -> bool:
        """Forget a file; False when there was none."""
        return self._storage.execute("DELETE FROM media WHERE id = ?", (id,)) > 0

    def add_template(self, template: Json) -> Json:
        """Register a template; it is approved at once."""
        kept = {**template, "id": str(int(time.time() * 1000)), "status": "APPROVED"}
        self._storage.execute(
            "INSERT OR REPLACE INTO templates (name, language, body) VALUES (?, ?, ?)",
            (kept["name"], kept["language"], json.dumps(kept)),
        )
        return kept

    def templates(self) -> list[Json]:
        """Every registered template."""
        rows = self._storage.rows("SELECT body FROM templates ORDER BY name, language")
        return [json.loads(row["body"]) for row in rows]

    def has_template(self, name: str, language: str) -> bool:
        """Whether a template exists in a language."""
        query = "SELECT 1 FROM templates WHERE name = ? AND language = ?"
        return self._storage.row(query, (name, language)) is not None
