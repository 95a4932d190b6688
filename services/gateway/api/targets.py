"""Targets: what is to be won in a month, by a person or by the company as a whole."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from libs.common.problems import Invalid
from services.gateway.accounts import users
from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.reports import parameters as p
from services.gateway.api.routing import ADMIN, Routes
from services.gateway.api.values import Amount, Body, Id

routes = Routes("targets")

Month = Annotated[str, Field(pattern=r"^(19[7-9]\d|20\d\d|21\d\d)-(0[1-9]|1[0-2])$", examples=["2025-01"])]
MOST_TARGETS = 500
_SELL = ("admin", "sales")


class TargetMonths(Body):
    """Without months: this year."""

    from_month: Month | None = None
    to_month: Month | None = None

    def arguments(self) -> dict[str, Any]:
        """The first and the last month; Invalid when they are the wrong way round."""
        year = (self.from_month or self.to_month or p.today().isoformat())[:4]
        first, last = self.from_month or f"{year}-01", self.to_month or f"{year}-12"
        if first > last:
            raise Invalid("from_month is after to_month", field="from_month")
        return {"from_month": first, "to_month": last}


class TargetNew(Body):
    """``owner_id`` null: the company as a whole. ``amount`` null: no target any more."""

    month: Month
    owner_id: Id | None = None
    amount: Amount | None


class TargetsNew(Body):
    targets: Annotated[list[TargetNew], Field(min_length=1, max_length=MOST_TARGETS)]


class Target(d.Document):
    month: str
    owner_id: str | None
    amount: d.MoneyNumber
    currency: str


class Targets(d.Document):
    items: list[Target]


@routes.route("GET", "/targets", query=TargetMonths, answers=Targets)
def list_targets(query: TargetMonths) -> dict[str, Any]:
    """What is aimed at, in the base currency; people in sales see their own and the company's."""
    return r.ask("deals", "list_targets", **query.arguments())


@routes.route("PUT", "/targets", who=ADMIN, body=TargetsNew, answers=Targets)
def set_targets(body: TargetsNew) -> dict[str, Any]:
    """Set targets of months and people; those that are not named stay as they are."""
    currency = r.gateway().settings.base_currency
    _check_owners(body.targets)
    targets = [
        s.minor(each.model_dump() | {"amount": each.amount}, currency, "amount", at=f"targets.{at}.")
        for at, each in enumerate(body.targets)
    ]
    return r.ask("deals", "set_targets", targets=targets)


def _check_owners(targets: list[TargetNew]) -> None:
    """People in sales and admins have targets; of those who left, they can still be taken away."""
    with r.gateway().database.read() as session:
        known = {str(each["id"]): each for each in users.directory(session)["items"] if each["role"] in _SELL}
    for at, each in enumerate(targets):
        owner = known.get((each.owner_id or "").lower())
        if each.owner_id is not None and (owner is None or not (owner["can_own"] or each.amount is None)):
            raise Invalid("this is nobody who can own deals", field=f"targets.{at}.owner_id")
