"""What of a service's rows an erasure leaves, and what goes as a whole row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from libs.common.audit.plan import AuditPlan
from libs.common.erasure.person import Person

# Written by the service alone, from words of its own or from what it made at random.
_OWN_WORDS = frozenset(
    "actor_id causation_id consumer correlation_id currency dedupe_key edition event_id fingerprint job kind locale "
    "message_id method mail_status origin outcome provider queue receipt_mail request_hash role sealed sha256 source "
    "stage status".split()
)
_OWN_ENDINGS = ("_hash", "_token", "_secret")


@dataclass(frozen=True, slots=True)
class Kept:
    """Rows that stay as they are: ``condition`` is SQL about the row ``t``, in which ``:contact_id`` is the person's.

    why: in plain words, for the receipt.
    """

    table: str
    condition: str
    why: str


@dataclass(frozen=True, slots=True)
class ErasurePlan:
    """How one service erases a person: everything that names them, but for what is said here.

    kept: rows that stay. removed: tables of which a row that names the person goes as a whole, since it is nothing
    without. filled: ``table.column`` that takes the word where another would be emptied. elsewhere:
    ``table.column`` that something else changes. subjects: under which names the audit log keeps what is the person's.
    """

    service: str
    audit: AuditPlan
    kept: Sequence[Kept] = ()
    removed: frozenset[str] = frozenset()
    filled: frozenset[str] = frozenset()
    elsewhere: frozenset[str] = frozenset()
    subjects: Callable[[Person], set[str]] = lambda person: {person.contact_id}

    def is_searched(self, table: str, column: str) -> bool:
        """Whether a person may stand in this column."""
        own = column in _OWN_WORDS or column.endswith(_OWN_ENDINGS)
        # An activity's and an event's type is a word of ours as well.
        return not own and column != "type" and f"{table}.{column}" not in self.elsewhere

    def kept_condition(self, table: str) -> str:
        """SQL that gives why a row is kept, null where it is not."""
        cases = "".join(
            f" WHEN {each.condition} THEN '{each.why.replace(chr(39), chr(39) * 2)}'"
            for each in self.kept
            if each.table == table
        )
        return f"CASE{cases} END" if cases else "CAST(NULL AS text)"
