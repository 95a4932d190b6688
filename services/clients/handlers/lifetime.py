"""What a client was worth so far: its won deals in the base currency, at the rate of the day each was closed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, any_, func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from libs.common.database import UnitOfWork
from services.clients.domain import in_base
from services.clients.models import client_deals, clients, exchange_rates

_RATES = "exchange rates"


def hold_rates(uow: UnitOfWork, currency: str, *, to_change: bool = False) -> None:
    """Keep a currency's rates as they are, or everybody else from reading them, until this transaction ends.

    A deal that is being written down is not there yet for whoever sets a rate, so both meet at this lock. It is taken
    before any client's row, by both, so that neither waits for the other.
    """
    take = func.pg_advisory_xact_lock if to_change else func.pg_advisory_xact_lock_shared
    uow.session.execute(select(take(func.hashtext(_RATES), func.hashtext(currency))))


def base_value(uow: UnitOfWork, value_minor: int | None, currency: str, closed_on: date | None) -> int | None:
    """A deal's value in the base currency at the rate of its closing day (or the last one before it)."""
    base = uow.business.currency
    if value_minor is None or currency == base:
        return value_minor
    rate, day = exchange_rates.c, closed_on or uow.today
    dated = select(rate.rate).where(rate.currency == currency, rate.day <= day).order_by(rate.day.desc()).limit(1)
    found = uow.session.execute(dated).scalar_one_or_none()
    return None if found is None else in_base(value_minor, currency, found, base)


def recompute(uow: UnitOfWork, client_ids: Collection[str]) -> None:
    """Sum the won deals of clients that are locked; deals without a rate are listed in the detail and not added.

    A derived figure, so the clients' versions stay: nobody's edit is refused for it.
    """
    deal = client_deals.c
    won = select(func.coalesce(func.sum(deal.base_minor), 0)).where(deal.client_id == clients.c.id, deal.stage == "won")
    values = {"lifetime_value_minor": won.scalar_subquery()}
    uow.session.execute(update(clients).where(among(client_ids)).values(**values))


def among(client_ids: Collection[str]) -> ColumnElement[bool]:
    """The clients with these ids, more of them than a statement takes as single values."""
    return clients.c.id == any_(literal(list(client_ids), ARRAY(clients.c.id.type)))
