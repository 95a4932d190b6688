"""Who reports to whom: a line that ends somewhere."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, text

from libs.common import fields
from libs.common.database import UnitOfWork
from libs.common.problems import Invalid
from services.gateway.models import users

TEAM_LENGTH = 100
# From somebody upwards; a circle that should not be there ends the walk, too.
_ABOVE = text("""
    WITH RECURSIVE above AS (
        SELECT id, reports_to FROM users WHERE id = CAST(:begin AS uuid)
        UNION
        SELECT u.id, u.reports_to FROM users u JOIN above a ON u.id = a.reports_to
    )
    SELECT 1 FROM above WHERE id = CAST(:user_id AS uuid)
""")


def read_team(name: str, value: Any) -> str:
    """A team's name; empty where there is none."""
    return fields.text(TEAM_LENGTH)(name, value) or ""


def take_turns(uow: UnitOfWork) -> None:
    """One after the other: two changes at once could close a circle that neither sees."""
    uow.session.execute(select(func.pg_advisory_xact_lock(func.hashtext("people report"))))


def check_line(uow: UnitOfWork, user_id: str, reports_to: str) -> None:
    """Invalid unless this is another person who does not report to the first, directly or through others."""
    if reports_to == user_id:
        raise Invalid("nobody reports to themselves", field="reports_to")
    take_turns(uow)
    if uow.session.execute(select(users.c.id).where(users.c.id == reports_to)).first() is None:
        raise Invalid("there is no such person to report to", field="reports_to")
    if uow.session.execute(_ABOVE, {"begin": reports_to, "user_id": user_id}).first() is not None:
        raise Invalid("these people would report to each other in a circle", field="reports_to")
