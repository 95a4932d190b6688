"""Reports as files: whose, how far, and where."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from libs.common import row_access
from libs.common.identity import Actor
from libs.common.ids import is_id
from libs.common.pages import keyset, limit_of, page
from libs.common.problems import NotFound
from services.notifications.models import people, reports

_SHOWN = "id kind params format status filename key content_type size problem schedule_id created_at updated_at".split()


def get_report(session: Session, actor: Actor, report_id: str) -> dict[str, Any]:
    """One of the actor's own files; NotFound where it is somebody else's, or forgotten."""
    own = (reports.c.id == report_id, reports.c.user_id == actor.id)
    row = session.execute(select(reports).where(*own)).first() if is_id(report_id) and is_id(actor.id) else None
    if row is None:
        raise NotFound("there is no such file, or it is not yours")
    return _document(row)


def list_reports(session: Session, actor: Actor, limit: int | None, cursor: str | None) -> dict[str, Any]:
    """The actor's own files, newest first."""
    size, mine = limit_of(limit), reports.c.user_id == actor.id
    keys = [(reports.c.created_at, True), (reports.c.id, True)]
    found = session.execute(keyset(select(reports).where(mine), keys, cursor, size)).all()
    rows, next_cursor = page(found, size, lambda each: (each.created_at, each.id))
    total = session.execute(select(func.count()).select_from(reports).where(mine)).scalar_one()
    return {"items": [_document(each) for each in rows], "next_cursor": next_cursor, "total": total}


def report_to_make(session: Session, report_id: str) -> Any | None:
    """A file that waits, with the role of whom it is for; None where it does not, or they do not work here any more."""
    source = reports.join(people, people.c.user_id == reports.c.user_id)
    waiting = (reports.c.id == report_id, reports.c.status == "waiting", people.c.active)
    return session.execute(select(reports, people.c.role).select_from(source).where(*waiting)).one_or_none()


def client_name(session: Session, client_id: str | None) -> str:
    """The name of a client by our copy, "" where none is asked for or known."""
    return row_access.label(session, client_id) if client_id else ""


def _document(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _SHOWN}
