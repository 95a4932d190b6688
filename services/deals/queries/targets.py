"""What is to be won in a month, by the company as a whole and by each of its people."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from libs.common import rights, row_access
from libs.common.identity import Actor
from libs.common.problems import Invalid
from libs.common.rights import Rows
from services.deals import settings
from services.deals.models import sales_targets
from services.deals.queries.reports.spans import Span, asked_month, month_name
from services.deals.queries.reports.wanted import NOBODY, Wanted

MAX_MONTHS = 120


def list_targets(session: Session, actor: Actor, from_month: Any, to_month: Any) -> dict[str, Any]:
    """``{items: [{month, owner_id, amount_minor, currency}]}``, by month; without an owner it is the company's.

    A rep sees the own ones and the company's.
    """
    first, last = asked_month("from_month", from_month), asked_month("to_month", to_month)
    if not 0 <= (last.year - first.year) * 12 + last.month - first.month < MAX_MONTHS:
        raise Invalid(f"to_month is not before from_month, and at most {MAX_MONTHS} months on", field="to_month")
    row = sales_targets.c
    found = select(row.month, row.owner_id, row.amount_minor).where(row.month.between(first, last), _seen(actor))
    rows = session.execute(found.order_by(row.month, row.owner_id.nulls_first()))
    currency = settings.current().base_currency
    items = [dict(each._mapping) | {"month": month_name(each.month), "currency": currency} for each in rows]
    return {"items": items}


def targeted(actor: Actor, wanted: Wanted) -> str | None:
    """Whose targets a report's figures are held against, where it is one person: the owner that is filtered by, or a
    rep who reads the own ones, whose deals alone count towards them; None for the company."""
    own = rights.right("deals", "targets.read").of(actor.role) is Rows.SELF
    return wanted.owner_id or (actor.id if own else None)


def targets_of(session: Session, actor: Actor, wanted: Wanted, span: Span) -> dict[date, int]:
    """The targets of ``targeted`` by month, of the months that lie in the range as a whole. There is none for deals
    that are chosen in another way than by their owner."""
    whole = span.whole_months()
    if whole is None or wanted != Wanted(owner_id=wanted.owner_id) or wanted.owner_id == NOBODY:
        return {}
    row, owner_id = sales_targets.c, targeted(actor, wanted)
    of_owner = row.owner_id.is_(None) if owner_id is None else row.owner_id == owner_id
    months = row.month.between(whole.first, whole.last)
    rows = session.execute(select(row.month, row.amount_minor).where(of_owner, months, _seen(actor)))
    return {each.month: each.amount_minor for each in rows}


def targets_by_owner(session: Session, actor: Actor, wanted: Wanted, span: Span) -> dict[str | None, dict[date, int]]:
    """The targets of the months that lie in a range as a whole, by owner; under None the company's, for those who see
    all of it."""
    whole = span.whole_months()
    if whole is None or wanted != Wanted(owner_id=wanted.owner_id) or wanted.owner_id == NOBODY:
        return {}
    row, everything = sales_targets.c, rights.right("deals", "targets.read").of(actor.role) is Rows.ALL
    conditions = [row.month.between(whole.first, whole.last), _seen(actor)]
    if wanted.owner_id is not None:
        conditions.append(row.owner_id == wanted.owner_id)
    elif not everything:
        conditions.append(row.owner_id.is_not(None))
    found: dict[str | None, dict[date, int]] = {}
    for each in session.execute(select(row.owner_id, row.month, row.amount_minor).where(*conditions)):
        found.setdefault(each.owner_id, {})[each.month] = each.amount_minor
    return found


def attainment(won_minor: int, target_minor: int | None) -> float | None:
    """The share of a target that was won; None where there is none."""
    return won_minor / target_minor if target_minor else None


def _seen(actor: Actor) -> ColumnElement[bool]:
    match rights.right("deals", "targets.read").of(actor.role):
        case Rows.ALL:
            return row_access.everything()
        case Rows.SELF:
            return or_(sales_targets.c.owner_id.is_(None), sales_targets.c.owner_id == actor.id)
        case _:
            return row_access.nothing()
