"""A key per subject: whose key is destroyed, of them nothing personal can be read in the log any more."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common.ids import new_id

# Who writes the chain or destroys a key holds this: no key is made for somebody who is being erased.
LOCK = "hashtext('audit-log')"

_KNOWN = text("SELECT subject, id::text, key FROM audit.keys WHERE subject = ANY(:subjects)")
_BY_ID = text("SELECT id::text, key FROM audit.keys WHERE id = ANY(CAST(:ids AS uuid[]))")
_MAKE = text("""
    INSERT INTO audit.keys (id, subject, key)
    SELECT id, subject, decode(key, 'hex')
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS made (id uuid, subject text, key text)
""")
_ERASED = text("SELECT subject FROM audit.erased WHERE subject = ANY(:subjects)")
_ERASE = text("INSERT INTO audit.erased (subject) VALUES (:subject) ON CONFLICT DO NOTHING")
_DESTROY = text("DELETE FROM audit.keys WHERE subject = ANY(:subjects)")

_NONCE_BYTES = 12


class Keys:
    """The keys of the subjects of one batch; made where there are none, refused where they were destroyed."""

    def __init__(self, session: Session, subjects: set[str]) -> None:
        asked = {"subjects": sorted(subjects)}
        self._erased = set(session.execute(_ERASED, asked).scalars())
        self._keys = {row.subject: (row.id, bytes(row.key)) for row in session.execute(_KNOWN, asked)}
        made = {subject: _new() for subject in sorted(subjects - self._keys.keys() - self._erased)}
        if made:
            rows = [{"id": key_id, "subject": name, "key": key.hex()} for name, (key_id, key) in made.items()]
            session.execute(_MAKE, {"rows": orjson.dumps(rows).decode()})
        self._keys |= made

    def sealed(self, subject: str, value: Any) -> str | None:
        """``<key id>:<hex>`` of a value that only this subject's key opens; None when there is nothing to write."""
        if not value:
            return None
        key_id, key = self._key(subject)
        nonce = os.urandom(_NONCE_BYTES)
        # The subject is bound to the text: moved to somebody else's entry, it does not open.
        return f"{key_id}:{(nonce + AESGCM(key).encrypt(nonce, orjson.dumps(value), subject.encode())).hex()}"

    def _key(self, subject: str) -> tuple[str, bytes]:
        if subject in self._erased:
            return _new()  # kept nowhere
        return self._keys[subject]


def _new() -> tuple[str, bytes]:
    return new_id(), AESGCM.generate_key(256)


class Reader:
    """Opens what was sealed, for one page of entries."""

    def __init__(self, session: Session, sealed: Iterable[str]) -> None:
        ids = sorted({each.partition(":")[0] for each in sealed})
        self._keys = {row.id: bytes(row.key) for row in session.execute(_BY_ID, {"ids": ids})} if ids else {}

    def opened(self, subject: str, sealed: str) -> Any:
        """The value; None when its key was destroyed or it is not what was written."""
        key_id, _colon, hexed = sealed.partition(":")
        key = self._keys.get(key_id)
        if key is None:
            return None
        try:
            raw = bytes.fromhex(hexed)
            return orjson.loads(AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], subject.encode()))
        except (InvalidTag, ValueError):
            return None


def destroy_audit_keys(session: Session, subjects: Iterable[str]) -> int:
    """Make what the log says of these subjects unreadable for ever, in the caller's transaction; how many had a key.

    The entries and their chain stay as they are. What is noted of them from now on, and what waits to be sealed, is
    written under keys that nobody keeps. A backup that is put back brings keys back: destroy them again then.
    """
    named = sorted(set(subjects))
    session.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
    for subject in named:
        session.execute(_ERASE, {"subject": subject})
    destroyed: Any = session.execute(_DESTROY, {"subjects": named})
    return int(destroyed.rowcount)


def renew_audit_keys(session: Session, subjects: Iterable[str]) -> int:
    """Make what the log says of these subjects so far unreadable, and go on under new keys; how many had one.

    For a subject that stays – a client, whose texts named a person that goes. What waits to be sealed is written under
    the new key: who calls this takes the person out of that first (``erasing.forget``).
    """
    session.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
    renewed: Any = session.execute(_DESTROY, {"subjects": sorted(set(subjects))})
    return int(renewed.rowcount)
