"""Exchange rates, and the values that follow from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal, DecimalException, Inexact, InvalidOperation
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import BigInteger, Select, and_, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from libs.common import fields
from libs.common.database import UnitOfWork
from libs.common.money import MAX_MINOR
from libs.common.problems import Invalid
from services.clients import queries
from services.clients.domain import in_base
from services.clients.events import ExchangeRateSet
from services.clients.handlers.lifetime import among, hold_rates
from services.clients.models import client_deals, clients, exchange_rates

DECIMALS = 12
# What a bigint column holds, with room for the sum of a client's deals.
_LARGEST = 100 * MAX_MINOR
_EXACT = Context(prec=2 * DECIMALS, traps=[Inexact, InvalidOperation])


def set_exchange_rate(uow: UnitOfWork, currency: str, day: str, rate: Any) -> dict[str, Any]:
    """Say what one unit of a currency is worth in the base currency from a day on, until the next rate.

    Set again for the same day it is corrected. Every deal closed in that time gets its value anew, and its client its
    lifetime value: ``deals`` and ``clients`` in the answer say how many.
    """
    code, since, value = _currency(uow, currency), _day(uow, day), _rate(rate)
    hold_rates(uow, code, to_change=True)
    _keep(uow, code, since, value)
    affected = _affected(uow, code, since)
    client_ids = sorted(set(uow.session.execute(affected.with_only_columns(client_deals.c.client_id)).scalars()))
    locked = select(clients.c.id).where(among(client_ids)).order_by(clients.c.id).with_for_update()
    uow.session.execute(locked)
    deals = _revalue(uow, affected, code, value)
    kept = queries.exchange_rate(uow.session, code, since)
    _tell(uow, kept)
    return kept | {"deals": deals, "clients": len(client_ids)}


def _keep(uow: UnitOfWork, currency: str, day: date, rate: Decimal) -> None:
    values = {"rate": rate, "set_by": uow.actor.id, "set_at": uow.now}
    statement = insert(exchange_rates).values(currency=currency, day=day, **values)
    again = values | {"version": exchange_rates.c.version + 1}
    uow.session.execute(statement.on_conflict_do_update(index_elements=["currency", "day"], set_=again))


@dataclass(frozen=True, slots=True)
class _Rate:
    """A rate as the outbox knows it: one aggregate for each currency and day."""

    id: str
    version: int


def _tell(uow: UnitOfWork, kept: dict[str, Any]) -> None:
    told = ExchangeRateSet(**{name: kept[name] for name in ExchangeRateSet.model_fields})
    name = f"exchange-rate:{told.currency}:{told.day}"
    uow.outbox.add(told, of=_Rate(str(uuid5(NAMESPACE_URL, name)), told.version))


def _affected(uow: UnitOfWork, currency: str, day: date) -> Select[Any]:
    """The deals that the rate of this day applies to: closed on it or later, and before the next rate's day."""
    deal, later = client_deals.c, exchange_rates.alias()
    following = select(func.min(later.c.day)).where(later.c.currency == currency, later.c.day > day)
    until = uow.session.execute(following).scalar_one()
    closed = func.coalesce(deal.closed_on, uow.today)
    dated = closed >= day if until is None else and_(closed >= day, closed < until)
    counted = or_(deal.closed_on.isnot(None), deal.stage == "won")
    return select(deal.deal_id, deal.value_minor).where(
        deal.currency == currency, deal.value_minor.isnot(None), counted, dated
    )


def _revalue(uow: UnitOfWork, affected: Select[Any], currency: str, rate: Decimal) -> int:
    """Write the deals' values in the base currency; how many they were."""
    rows = uow.session.execute(affected).all()
    values = [in_base(row.value_minor, currency, rate, uow.business.currency) for row in rows]
    if any(value > _LARGEST for value in values):
        raise Invalid("at this rate a deal is worth more than can be kept", field="rate")
    ids = literal([row.deal_id for row in rows], ARRAY(client_deals.c.deal_id.type))
    pairs = func.unnest(ids, literal(values, ARRAY(BigInteger))).table_valued("deal_id", "base_minor").render_derived()
    statement = update(client_deals).where(client_deals.c.deal_id == pairs.c.deal_id)
    uow.session.execute(statement.values(base_minor=pairs.c.base_minor))
    return len(rows)


def _currency(uow: UnitOfWork, value: Any) -> str:
    code = fields.currency("currency", value)
    if code == uow.business.currency:
        raise Invalid(f"{code} is the base currency, which rates are given in", field="currency")
    return code


def _day(uow: UnitOfWork, value: Any) -> date:
    day = fields.date_of("day", value)
    if day is None:
        raise Invalid("day is needed", field="day")
    if day > uow.today:
        raise Invalid("day is in the future, whose rate nobody knows", field="day")
    return day


def _rate(value: Any) -> Decimal:
    """A number above 0 with up to 12 decimals, which travels as text so that nothing is rounded on the way."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Invalid("rate is a number, written as text", field="rate")
    try:
        rate = Decimal(value)
        if not rate > 0:
            raise Invalid("rate is more than 0", field="rate")
        return rate.quantize(Decimal(1).scaleb(-DECIMALS), context=_EXACT)
    except DecimalException:
        raise Invalid(f"rate is a number with at most {DECIMALS} decimals", field="rate") from None
