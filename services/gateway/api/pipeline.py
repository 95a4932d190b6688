"""The pipeline as a whole: what it is worth, and how likely each stage is."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api.deal_filters import DealTotalsFilters
from services.gateway.api.routing import ADMIN, Routes
from services.gateway.api.values import Body

routes = Routes("pipeline")

Weight = Annotated[int, Field(ge=0, le=100, strict=True, description="Percent.")]


class PipelineColumn(d.BoardColumn):
    """``next_cursor`` goes on in `/deals` with the same filters, this stage and `sort=-stage_since`."""

    next_cursor: str | None


class PipelineBoard(d.Document):
    columns: list[PipelineColumn]


class MovedDeal(d.DealDocument):
    """What it was before is what a move can be undone with."""

    previous_stage: str
    previous_lost_reason: str | None


class Value(d.Document):
    currency: str
    value: d.MoneyNumber
    weighted: d.MoneyNumber


class DealTotals(d.Document):
    """The sums of the board's columns, a figure for each currency."""

    count: int
    values: list[Value]


class StageWeight(d.Document):
    stage: str
    weight: Weight
    default: Weight


class StageWeights(d.Document):
    items: list[StageWeight]


class WeightsChange(Body):
    """Stages that are left out keep their weight; `won` is always 100 and `lost` always 0."""

    lead: Weight | None = None
    qualified: Weight | None = None
    proposal: Weight | None = None
    negotiation: Weight | None = None
    won: Weight | None = None
    lost: Weight | None = None


@routes.route("GET", "/deals/totals", query=DealTotalsFilters, answers=DealTotals)
def deal_totals(query: DealTotalsFilters) -> dict[str, Any]:
    """How many deals fit, and what they are worth together, as they stand and weighted by stage."""
    return r.ask("deals", "totals", filters=query.given())


@routes.route("GET", "/settings/stage-weights", answers=StageWeights)
def get_stage_weights() -> dict[str, Any]:
    """How likely a deal of each stage is to be won, in percent, and what it is until somebody says otherwise."""
    return r.ask("deals", "stage_weights")


@routes.route("PATCH", "/settings/stage-weights", who=ADMIN, body=WeightsChange, answers=StageWeights)
def change_stage_weights(body: WeightsChange) -> dict[str, Any]:
    """Set the weights of some stages. Boards, deals and totals count with them at once."""
    weights = {stage: weight for stage, weight in body.given().items() if weight is not None}
    return r.ask("deals", "set_stage_weights", weights=weights)
