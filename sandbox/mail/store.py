"""The received mails. A mail is taken apart when it arrives, so that listing thousands stays quick."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from sandbox.mail.parsing import Attachment, ParsedMail, parse
from sandbox.storage import Row, Storage

SCHEMA = """
CREATE TABLE IF NOT EXISTS raw_mails (
    mail_id INTEGER PRIMARY KEY REFERENCES mails (id),
    content BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS mails (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    received_at REAL NOT NULL,
    envelope_from TEXT NOT NULL,
    recipients TEXT NOT NULL,
    sender TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    html TEXT NOT NULL,
    headers TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS recipients (
    mail_id INTEGER NOT NULL REFERENCES mails (id),
    address TEXT NOT NULL,
    PRIMARY KEY (address, mail_id)
);
CREATE TABLE IF NOT EXISTS attachments (
    mail_id INTEGER NOT NULL REFERENCES mails (id),
    number INTEGER NOT NULL,
    filename TEXT NOT NULL,
    content_type TEXT NOT NULL,
    content_id TEXT NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    content BLOB NOT NULL,
    PRIMARY KEY (mail_id, number)
);
"""


log = logging.getLogger(__name__)


@dataclass(frozen=True)
class AttachmentInfo:
    """An attachment without its bytes."""

    number: int
    filename: str
    content_type: str
    content_id: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Mail:
    """One mail as it was received; `received_at` in unix seconds, `to` the envelope's recipients."""

    id: int
    received_at: float
    envelope_from: str
    to: list[str]
    sender: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]
    attachments: Sequence[AttachmentInfo]

    def header(self, name: str) -> str:
        """A header's value whatever its spelling; empty when it is missing."""
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), "")


class Mailbox:
    """All mails of the sandbox, newest first."""

    def __init__(self, directory: Path) -> None:
        self.storage = Storage(directory / "mail.sqlite", SCHEMA)

    def add(self, envelope_from: str, recipients: list[str], raw: bytes) -> int:
        """Keep a mail; it is on disk when this returns."""
        parsed = _parsed(raw)
        with self.storage.transaction() as storage:
            mail_id = storage.insert(
                "INSERT INTO mails (received_at, envelope_from, recipients, sender, subject, text, html, headers)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    time.time(),
                    envelope_from,
                    json.dumps(recipients),
                    parsed.sender or envelope_from,
                    parsed.subject,
                    parsed.text,
                    parsed.html,
                    json.dumps(parsed.headers),
                ),
            )
            storage.insert("INSERT INTO raw_mails (mail_id, content) VALUES (?, ?)", (mail_id, raw))
            for address in {address.lower() for address in recipients}:
                storage.execute("INSERT INTO recipients (mail_id, address) VALUES (?, ?)", (mail_id, address))
            for number, attachment in enumerate(parsed.attachments):
                self._add_attachment(mail_id, number, attachment)
        return mail_id

    def newest(self, to: str = "", subject: str = "", limit: int | None = None) -> Sequence[Mail]:
        """Mails, newest first: to one address exactly, with `subject` somewhere in theirs; case does not count."""
        rows = self.storage.rows(
            "SELECT * FROM mails WHERE (? = '' OR id IN (SELECT mail_id FROM recipients WHERE address = ?))"
            " ORDER BY id DESC",
            (to.lower(), to.lower()),
        )
        wanted = [row for row in rows if subject.lower() in row["subject"].lower()]
        return self._with_attachments(wanted if limit is None else wanted[: max(0, limit)])

    def search(self, word: str, limit: int) -> tuple[Sequence[Mail], int]:
        """The newest mails with a word in subject or recipients, and how many there are in all."""
        word = word.lower()
        rows = self.storage.rows(
            "SELECT * FROM mails WHERE instr(lower(subject), ?) > 0 OR instr(lower(recipients), ?) > 0"
            " ORDER BY id DESC LIMIT ?",
            (word, word, limit),
        )
        count = self.storage.row(
            "SELECT count(*) AS n FROM mails WHERE instr(lower(subject), ?) > 0 OR instr(lower(recipients), ?) > 0",
            (word, word),
        )
        return self._with_attachments(rows), count["n"] if count else 0

    def get(self, mail_id: int) -> Mail | None:
        """One mail."""
        row = self.storage.row("SELECT * FROM mails WHERE id = ?", (mail_id,))
        return self._with_attachments([row])[0] if row else None

    def raw(self, mail_id: int) -> bytes | None:
        """The bytes of one mail as they came over SMTP."""
        row = self.storage.row("SELECT content FROM raw_mails WHERE mail_id = ?", (mail_id,))
        return bytes(row["content"]) if row else None

    def attachment(self, mail_id: int, number: int) -> tuple[AttachmentInfo, bytes] | None:
        """One attachment with its bytes."""
        row = self.storage.row("SELECT * FROM attachments WHERE mail_id = ? AND number = ?", (mail_id, number))
        return (_info(row), bytes(row["content"])) if row else None

    def clear(self) -> int:
        """Forget every mail; answers how many there were."""
        with self.storage.transaction() as storage:
            storage.execute("DELETE FROM attachments")
            storage.execute("DELETE FROM recipients")
            storage.execute("DELETE FROM raw_mails")
            return storage.execute("DELETE FROM mails")

    def _add_attachment(self, mail_id: int, number: int, attachment: Attachment) -> None:
        self.storage.execute(
            "INSERT INTO attachments (mail_id, number, filename, content_type, content_id, size, sha256, content)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                mail_id,
                number,
                attachment.filename,
                attachment.content_type,
                attachment.content_id,
                len(attachment.content),
                attachment.sha256,
                attachment.content,
            ),
        )

    def _with_attachments(self, rows: Sequence[Row]) -> Sequence[Mail]:
        attachments = self._attachments([row["id"] for row in rows])
        return [_mail(row, attachments.get(row["id"], [])) for row in rows]

    def _attachments(self, mail_ids: Sequence[int]) -> dict[int, list[AttachmentInfo]]:
        found: dict[int, list[AttachmentInfo]] = {}
        if not mail_ids:
            return found
        rows = self.storage.rows(
            "SELECT mail_id, number, filename, content_type, content_id, size, sha256 FROM attachments"
            " WHERE mail_id BETWEEN ? AND ? ORDER BY mail_id, number",
            (min(mail_ids), max(mail_ids)),
        )
        for row in rows:
            found.setdefault(row["mail_id"], []).append(_info(row))
        return found


def _parsed(raw: bytes) -> ParsedMail:
    try:
        return parse(raw)
    except Exception:  # a mail that cannot be parsed was still sent: it is shown raw
        log.exception("a mail that cannot be taken apart")
        return replace(parse(b"\r\n"), text=raw.decode("utf-8", "replace"))


def _info(row: Row) -> AttachmentInfo:
    return AttachmentInfo(
        row["number"], row["filename"], row["content_type"], row["content_id"], row["size"], row["sha256"]
    )


def _mail(row: Row, attachments: Sequence[AttachmentInfo]) -> Mail:
    return Mail(
        id=row["id"],
        received_at=row["received_at"],
        envelope_from=row["envelope_from"],
        to=json.loads(row["recipients"]),
        sender=row["sender"],
        subject=row["subject"],
        text=row["text"],
        html=row["html"],
        headers=json.loads(row["headers"]),
        attachments=attachments,
    )


def as_json(mail: Mail, root: str) -> dict[str, Any]:
    """What `/messages` answers for a mail; `root` is the address of the web inbox, without a slash at the end."""
    entry = asdict(mail)
    entry["from"] = entry.pop("sender")
    entry["url"] = f"{root}/mail/{mail.id}"
    for attachment in entry["attachments"]:
        attachment["url"] = f"{root}/messages/{mail.id}/attachments/{attachment.pop('number')}"
    return entry
