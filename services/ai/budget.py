"""What may be spent in a day: by all together, and by each person."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from libs.common import fields
from libs.common.database import UnitOfWork
from libs.common.ids import new_id
from libs.common.problems import Conflict, Invalid
from services.ai.models import budgets
from services.ai.settings import AiSettings

# A budget in millionths of a US dollar fits a bigint a million times over.
_MOST = 100_000 * 1_000_000
_AMOUNTS = ("daily_micro_usd", "user_daily_micro_usd")


@dataclass(frozen=True, slots=True)
class Budget:
    """Millionths of a US dollar a business day. version: 0 while the settings of the environment hold."""

    daily: int
    user_daily: int
    version: int = 0


def current(session: Session | Connection, configured: AiSettings) -> Budget:
    """As an admin last set it; the environment's until then."""
    row = session.execute(select(budgets)).first()
    if row is None:
        return Budget(*_of_environment(configured).values())
    return Budget(row.daily_micro_usd, row.user_daily_micro_usd, row.version)


def document(budget: Budget) -> dict[str, Any]:
    """As RPC answers it."""
    amounts = {"daily_micro_usd": budget.daily, "user_daily_micro_usd": budget.user_daily}
    return {**amounts, "version": budget.version}


def change(uow: UnitOfWork, configured: AiSettings, changes: dict[str, Any], version: int | None) -> dict[str, Any]:
    """Set one or both; Conflict when somebody else did since that version. 0 means: nothing outside is asked."""
    given = fields.read(dict.fromkeys(_AMOUNTS, _amount), changes)
    if not given:
        raise Invalid("name at least one thing to change")
    made = {"id": new_id(), "created_at": uow.now, "updated_at": uow.now, "updated_by": uow.actor.id, "version": 0}
    first = insert(budgets).values(one=True, **_of_environment(configured), **made)
    uow.session.execute(first.on_conflict_do_nothing(index_elements=["one"]))
    before = uow.session.execute(select(budgets).with_for_update()).one()
    if version is not None and version != before.version:
        raise Conflict("somebody changed the budget since you loaded it", current_version=before.version)
    changed = given | {"version": before.version + 1, "updated_at": uow.now, "updated_by": uow.actor.id}
    uow.session.execute(update(budgets).values(**changed))
    return document(current(uow.session, configured))


def _of_environment(configured: AiSettings) -> dict[str, int]:
    dollars = {"daily_micro_usd": configured.ai_daily_budget, "user_daily_micro_usd": configured.ai_user_daily_budget}
    return {name: int(amount * Decimal(1_000_000)) for name, amount in dollars.items()}


def _amount(name: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST:
        raise Invalid(f"{name} is an amount from 0 to 100,000 US dollars", field=name)
    return value
