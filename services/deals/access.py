"""Who may do what, and which deals a person sees: those of the clients that person may see."""

from __future__ import annotations

from sqlalchemy import ColumnElement, literal

from libs.common import row_access
from libs.common.identity import Actor
from services.deals.models import deals

_EVERYONE = frozenset({"admin", "sales", "finance", "manager", "system"})
_WRITERS = frozenset({"admin", "sales", "system"})

PERMISSIONS: dict[str, frozenset[str]] = {
    "intake": frozenset({"system"}),
    "deals.read": _EVERYONE,
    "deals.write": _WRITERS,
    "weights.write": frozenset({"admin"}),
    "operate": frozenset({"admin", "system"}),
}

_SEE_ALL = frozenset({"admin", "finance", "system"})


def scope(actor: Actor) -> ColumnElement[bool]:
    """All; for managers the won ones, which projects begin with; in sales those of own, lent and open clients."""
    if actor.role in _SEE_ALL:
        return row_access.everything()
    if actor.role == "manager":
        return deals.c.stage == literal("won")
    return row_access.readable(deals.c.client_id, actor.id) if actor.role == "sales" else row_access.nothing()


def writable(actor: Actor) -> ColumnElement[bool]:
    """The deals a person may change."""
    if actor.role in ("admin", "system"):
        return row_access.everything()
    return row_access.owned(deals.c.client_id, actor.id) if actor.role == "sales" else row_access.nothing()
