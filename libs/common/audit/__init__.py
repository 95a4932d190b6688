"""The audit log: who did what to which row, when, from where, before and after.

The database notes each change in the transaction that makes it (``schema.sql``); a sealer takes the notes in order,
encrypts personal values under a key per subject, and chains the entries by hashes.
"""

from __future__ import annotations

from pathlib import Path


def schema() -> str:
    """The SQL that the server's admin runs in a service's database; again, it changes nothing."""
    return (Path(__file__).parent / "schema.sql").read_text()
