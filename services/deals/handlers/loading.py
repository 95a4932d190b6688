"""Finding the deal a command is about, locked, and only for those who may change it."""

from __future__ import annotations

from sqlalchemy import select

from libs.common import row_access
from libs.common.database import UnitOfWork
from libs.common.ids import is_id
from libs.common.problems import Conflict, Forbidden, NotFound
from services.deals import access
from services.deals.domain import Deal
from services.deals.models import deals


def deal_to_change(uow: UnitOfWork, deal_id: str, version: int | None = None) -> Deal:
    """The deal, locked. NotFound when the actor may not see it, Forbidden when only see, Conflict when stale."""
    if not is_id(deal_id):
        raise NotFound("there is no such deal")
    statement = select(Deal).where(deals.c.id == deal_id, access.scope(uow.actor)).with_for_update(of=deals)
    deal = uow.session.execute(statement.execution_options(populate_existing=True)).scalar_one_or_none()
    if deal is None:
        raise NotFound("there is no such deal, or it is not yours to see")
    may = select(deals.c.id).where(deals.c.id == deal_id, access.writable(uow.actor))
    if uow.session.execute(may).first() is None:
        raise Forbidden("you may look at this deal, and only its client's owner may change it")
    if version is not None and version != deal.version:
        raise Conflict("somebody changed this deal since you loaded it", current_version=deal.version)
    return deal


def locked_deal(uow: UnitOfWork, deal_id: str) -> Deal | None:
    """The deal, locked, for the system's own reactions."""
    statement = select(Deal).where(deals.c.id == deal_id).with_for_update()
    return uow.session.execute(statement.execution_options(populate_existing=True)).scalar_one_or_none()


def require_own_client(uow: UnitOfWork, client_id: str) -> None:
    """Refuse a client the actor may not write to, as if it were not there when it may not even be seen."""
    if not row_access.usable(uow.session, client_id):
        raise NotFound("there is no such client, or it is not yours to see")
    if uow.actor.role in ("admin", "system") or row_access.owner(uow.session, client_id) == uow.actor.id:
        return
    seen = select(row_access.entries.c.record_id).where(
        row_access.entries.c.record_id == client_id,
        row_access.readable(row_access.entries.c.record_id, uow.actor.id),
    )
    if uow.session.execute(seen).first() is None:
        raise NotFound("there is no such client, or it is not yours to see")
    raise Forbidden("you may look at this client, and only its owner may make deals with it")
