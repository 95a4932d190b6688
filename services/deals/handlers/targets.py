"""What is to be won."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from libs.common import fields
from libs.common.database import UnitOfWork
from libs.common.ids import new_id
from libs.common.problems import Invalid
from services.deals import queries
from services.deals.models import sales_targets
from services.deals.queries.reports.spans import asked_month, month_name

MAX_TARGETS = 1000
_FIELDS: dict[str, fields.Reader] = {
    "month": asked_month,
    "owner_id": fields.identifier,
    "amount_minor": fields.amount,
}


def set_targets(uow: UnitOfWork, targets: Any) -> dict[str, Any]:
    """Set targets of months, of people or of the company; one without an amount is taken away.

    Answers all targets of the months from the first of these to the last.
    """
    if not isinstance(targets, list) or not 1 <= len(targets) <= MAX_TARGETS:
        raise Invalid(f"targets are a list of 1 to {MAX_TARGETS}", field="targets")
    given: dict[tuple[date, str | None], int | None] = {}
    for place, each in enumerate(fields.read(_FIELDS, one) for one in targets):
        key = _key(each)
        if key in given:
            raise Invalid("this month has another target of the same person here", field=f"targets.{place}.month")
        given[key] = each["amount_minor"]
    # In one order, so that two at once do not wait for each other.
    for month, owner_id in sorted(given, key=lambda key: (key[0], key[1] or "")):
        _set(uow, month, owner_id, given[month, owner_id])
    months = sorted(month for month, _owner_id in given)
    first, last = month_name(months[0]), month_name(months[-1])
    return queries.list_targets(uow.session, uow.actor, first, last)


def _key(given: dict[str, Any]) -> tuple[date, str | None]:
    for name in ("month", "amount_minor"):
        if name not in given:
            raise Invalid(f"a target needs its {name}", field=name)
    return given["month"], given.get("owner_id")


def _set(uow: UnitOfWork, month: date, owner_id: str | None, amount: int | None) -> None:
    row = sales_targets.c
    if amount is None:
        of_owner = row.owner_id.is_(None) if owner_id is None else row.owner_id == owner_id
        uow.session.execute(delete(sales_targets).where(row.month == month, of_owner))
        return
    values = {"amount_minor": amount, "set_by": uow.actor.id, "set_at": uow.now}
    statement = insert(sales_targets).values(id=new_id(), month=month, owner_id=owner_id, **values)
    uow.session.execute(statement.on_conflict_do_update(index_elements=["month", "owner_id"], set_=values))
