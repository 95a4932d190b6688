"""What an erasure does to the audit log: keys go, and what waits to be sealed loses its values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common.audit import notes
from libs.common.audit.keys import destroy_audit_keys, renew_audit_keys
from libs.common.audit.plan import AuditPlan
from libs.common.context import Context

_PENDING = text("""
    SELECT position, record, before, after FROM audit.pending
    WHERE action IN ('created', 'changed', 'deleted') AND concat(before::text, after::text) ~* :loose
    ORDER BY position
""")
_TAKE = text("DELETE FROM audit.pending WHERE position = :position")


def forget(
    session: Session,
    context: Context,
    plan: AuditPlan,
    *,
    gone: set[str],
    changed: set[str],
    loose: str,
    names: Callable[[Any], bool],
) -> int:
    """Make the log unreadable where it may name a person; how many keys went.

    gone: subjects that are the person; whatever is noted of them from now on is unreadable, too. changed: subjects
    that stay and whose rows named the person. loose, names: how a text is searched for the person.
    """
    keys = destroy_audit_keys(session, gone) + renew_audit_keys(session, changed - gone)
    for row in session.execute(_PENDING, {"loose": loose}).all():
        states = [each for each in (row.before, row.after) if each]
        watched = plan.of(row.record)
        if watched.subject_of(states[0]) not in gone and any(names(each) for each in states):
            session.execute(_TAKE, {"position": row.position})
            _note(session, context, row.record, watched.row_id(states[0]))
    return keys


def _note(session: Session, context: Context, record: str, row_id: str) -> None:
    said: Mapping[str, Any] = {"reason": "a person was erased"}
    notes.note(session, context, "erased", record=record, record_id=row_id, subject=row_id, said=said)
