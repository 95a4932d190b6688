"""Who may do what, and which rows a person sees: clients owns the rule, other services keep a copy of its result."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import ColumnElement, and_, any_, func, literal, or_, select, true

from libs.common import rights
from libs.common.identity import Actor
from libs.common.rights import Rows
from services.clients.models import access_grants, clients

PERMISSIONS = rights.permissions("clients")

# A rule is the same for a person each time, and stands several times in most statements: made anew it costs more of
# the processor than anything else in reading a page. What changes (loans, owners) is read by the database.
_kept = lru_cache(maxsize=1024)


def scope(actor: Actor) -> ColumnElement[bool]:
    """The clients a person may read in full."""
    return _rule("clients.read", actor)


def card_scope(actor: Actor) -> ColumnElement[bool]:
    """The clients whose public card a person may see: those in scope, and all active ones."""
    return or_(scope(actor), _active(actor))


@_kept
def card_only(actor: Actor) -> ColumnElement[bool]:
    """The clients of which a person may see the public card and no more: card_scope without scope."""
    return and_(_active(actor), scope(actor).is_not(True))


def writable(actor: Actor, *, deleted: bool = False) -> ColumnElement[bool]:
    """The clients a person may change; ``deleted``: those that were deleted among them, for who brings them back."""
    return _rule("clients.write", actor, deleted=deleted)


@_kept
def _rule(right: str, actor: Actor, *, deleted: bool = False) -> ColumnElement[bool]:
    present = true() if deleted else clients.c.deleted_at.is_(None)
    match rights.right("clients", right).of(actor.role):
        case Rows.ALL:
            return present
        case Rows.OWN:
            return and_(present, clients.c.owner_id == actor.id)
        case Rows.SEEN:
            return and_(present, or_(clients.c.owner_id == actor.id, lent(actor), _open()))
        case Rows.WON:
            return and_(present, _with_projects())
        case _:
            return literal(False)


def _active(actor: Actor) -> ColumnElement[bool]:
    return and_(clients.c.deleted_at.is_(None), clients.c.status == "active", literal(actor.role == "sales"))


def _with_projects() -> ColumnElement[bool]:
    """A project begins with a won deal: its manager needs the client."""
    return literal("won") == any_(clients.c.deal_stages)


def _open() -> ColumnElement[bool]:
    return and_(clients.c.status == "prospect", clients.c.owner_id.is_(None))


@_kept
def lent(actor: Actor) -> ColumnElement[bool]:
    """The clients that a person shadows now."""
    grant = access_grants.c
    live = and_(
        grant.user_id == actor.id, grant.revoked_at.is_(None), or_(grant.ends_at.is_(None), grant.ends_at > func.now())
    )
    # As an array the loans can be looked up in an index; as a subquery in an OR, each row would be tried.
    return clients.c.id == any_(func.array(select(grant.client_id).where(live).scalar_subquery()))
