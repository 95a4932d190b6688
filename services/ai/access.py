"""Who may do what, and which generations a person sees: those about clients that person may see."""

from __future__ import annotations

from sqlalchemy import ColumnElement

from libs.common import row_access
from libs.common.identity import Actor
from services.ai.models import generations

_EVERYONE = frozenset({"admin", "sales", "finance", "manager", "system"})

PERMISSIONS: dict[str, frozenset[str]] = {
    "generations.read": _EVERYONE,
    "operate": frozenset({"admin", "system"}),
}


def scope(actor: Actor) -> ColumnElement[bool]:
    """All for admins; in sales those about clients that may be seen; none for others."""
    if actor.role in ("admin", "system"):
        return row_access.everything()
    return row_access.readable(generations.c.client_id, actor.id) if actor.role == "sales" else row_access.nothing()


def writable(actor: Actor) -> ColumnElement[bool]:
    """Generations are written by the service itself alone."""
    return row_access.everything() if actor.is_system else row_access.nothing()
