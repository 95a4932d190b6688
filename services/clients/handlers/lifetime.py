"""What a deal is worth in the base currency, at the rate of the day it was closed.

The database adds up what a client's deals come to, whoever writes them.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, any_, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from libs.common.database import UnitOfWork
from services.clients.domain import in_base
from services.clients.models import clients, exchange_rates

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


def among(client_ids: Collection[str]) -> ColumnElement[bool]:
    """The clients with these ids, more of them than a statement takes as single values."""
    return clients.c.id == any_(literal(list(client_ids), ARRAY(clients.c.id.type)))
