"""Deals and their way through the stages."""

from __future__ import annotations

from typing import Any

from libs.common.problems import Invalid
from services.gateway.accounts import users
from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.custom import with_custom
from services.gateway.api.deal_filters import BoardFilters, DealFilters
from services.gateway.api.pipeline import MovedDeal, PipelineBoard
from services.gateway.api.routing import Routes

routes = Routes("deals")


@routes.route("GET", "/deals", query=DealFilters, answers=d.ListOf[d.DealDocument])
def list_deals(query: DealFilters) -> dict[str, Any]:
    """Deals you may see."""
    return r.ask("deals", "list_deals", **s.paged(query.given()))


@routes.route("POST", "/deals", body=s.DealNew, answers={201: d.DealDocument})
def create_deal(body: s.DealNew) -> dict[str, Any]:
    """Create a deal with one of your clients."""
    _check_owner(body.owner_id)
    given = body.given()
    currency = given.setdefault("currency", r.gateway().settings.base_currency)
    return r.ask("deals", "create_deal", data=s.minor(_exact(given, body), currency, "deal_value"))


@routes.route("GET", "/deals/board", query=BoardFilters, answers=PipelineBoard)
def deals_board(query: BoardFilters) -> dict[str, Any]:
    """The deals by stage, with counts and sums and the newest cards of each column.

    More of a column: `/deals` with the same filters, its `stage`, `sort=-stage_since` and its `next_cursor`.
    """
    given = query.given()
    return r.ask("deals", "board", limit=given.pop("limit", None), filters=given)


@routes.route("GET", "/deals/<uuid:deal_id>", answers=d.DealDocument)
def get_deal(deal_id: Any) -> dict[str, Any]:
    """One deal, with its brief and its invoices."""
    return r.ask("deals", "get_deal", deal_id=str(deal_id))


@routes.route("PATCH", "/deals/<uuid:deal_id>", body=s.DealChange, answers=d.DealDocument)
def change_deal(deal_id: Any, body: s.DealChange) -> dict[str, Any]:
    """Change fields of a deal; its stage is changed by moving it."""
    _check_owner(body.owner_id)
    given = _exact(body.given(), body)
    if "deal_value" in given or "currency" in given:
        current = r.ask("deals", "get_deal", deal_id=str(deal_id))
        currency = given.get("currency") or current["currency"]
        if currency != current["currency"] and "deal_value" not in given:
            raise Invalid("a new currency needs its value too", field="deal_value")
        given = s.minor(given, currency, "deal_value")
    return r.ask("deals", "update_deal", deal_id=str(deal_id), version=given.pop("version", None), changes=given)


@routes.route("POST", "/deals/<uuid:deal_id>/stage", body=s.StageMove, answers=MovedDeal)
def move_deal(deal_id: Any, body: s.StageMove) -> dict[str, Any]:
    """Move a deal to another stage. Lost needs a `lost_reason`; won makes billing draft its invoice.

    `previous_stage` and `previous_lost_reason` are what it can be undone with.
    """
    return r.ask("deals", "move_stage", deal_id=str(deal_id), **body.given())


@routes.route("GET", "/deals/<uuid:deal_id>/history", answers=d.ListOf[d.StageStep])
def deal_history(deal_id: Any) -> dict[str, Any]:
    """A deal's way through the stages, oldest first."""
    return r.ask("deals", "history", deal_id=str(deal_id))


@routes.route("POST", "/deals/<uuid:deal_id>/analyze", answers={202: d.AnalysisRequest})
def analyze_deal(deal_id: Any) -> dict[str, Any]:
    """Have a deal's brief analysed again; the deal shows the new insights when they are there."""
    return r.ask("deals", "request_analysis", deal_id=str(deal_id))


def _exact(given: dict[str, Any], body: s.DealFields) -> dict[str, Any]:
    """The value as it was typed: JSON's own dump would make it text."""
    return with_custom(given, body.custom) | ({"deal_value": body.deal_value} if "deal_value" in given else {})


def _check_owner(owner_id: str | None) -> None:
    if owner_id is None:
        return
    with r.gateway().database.read() as session:
        if not users.can_own(session, owner_id):
            raise Invalid("this is nobody who can own deals: an active person in sales or an admin", field="owner_id")
