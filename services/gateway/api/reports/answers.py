"""What reports answer, for the API's document; amounts stand under the names that the CSV files use."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from services.gateway.api import documents as d

Share = Annotated[float | None, Field(description="A share of 1; null where nothing was counted.")]
Days = Annotated[float | None, Field(description="Days; null where nothing was counted.")]
Month = Annotated[str, Field(examples=["2025-01"])]
Money = d.MoneyNumber


class OfDays(d.Document):
    from_: Annotated[date, Field(alias="from")]
    to: date


class OfRange(OfDays):
    currency: str


class UsedRate(d.Document):
    """What one unit of a currency came to, by the rate that was set for ``day``, exact as text."""

    currency: str
    day: date
    rate: str


class WithoutRate(d.Document):
    """Deals in a currency there is no rate for: in no amount of the report."""

    currency: str
    count: int
    value: Money


class Rated(d.Document):
    without_rate: list[WithoutRate]


class Converted(Rated):
    rates: list[UsedRate]


class Amounts(d.Document):
    count: int
    value: Money
    weighted: Money


class ForecastRow(d.Document):
    """``weighted`` is by the stage's weight alone; ``valued`` of the deals have a value.

    Beside it: ``win_rate``, measured on the ``closed`` deals of the year before that were ever in this stage, and
    ``model_probability``, of the ``modelled`` deals the model speaks of, which are worth ``model``.
    """

    month: Month | None
    stage: str | None
    count: int
    valued: int
    value: Money
    weight: int | None
    weighted: Money
    win_rate: Share
    closed: int
    model_probability: Share
    modelled: int
    model: Money


class ForecastMonth(d.Document):
    month: Month
    count: int
    value: Money
    weighted: Money
    won_value: Money
    open_value: Money
    target: Money | None


class ForecastStage(d.Document):
    stage: str
    count: int
    value: Money
    weight: int
    weighted: Money
    win_rate: Share
    closed: int
    usual_days: Days


class InsightSentence(d.Document):
    text: str
    risk: bool


class Insight(d.Document):
    """Every number in it is one of the report's: a sentence with another one is dropped."""

    text: str
    sentences: list[InsightSentence]
    provider: str
    model: str | None
    status: Literal["ready", "pending"]
    because: Annotated[str | None, Field(description="Why the built-in rules wrote it, where a provider should have.")]


class ForecastAnswer(OfRange, Converted):
    """The rows add up to the totals. Deals without a date are in no month, those without a value or a rate are counted
    in theirs; none of them is in the amounts.

    ``insight`` is null where there is none, and ``insight_missing`` says why.
    """

    as_of: date
    group_by: list[str]
    rows: list[ForecastRow]
    months: list[ForecastMonth]
    stages: list[ForecastStage]
    total_count: int
    total_value: Money
    total_weighted: Money
    open_value: Money
    open_weighted: Money
    won_value: Money
    lost_value: Money
    target: Annotated[Money | None, Field(description="Of the months that lie in the range as a whole.")]
    attained_value: Annotated[
        Money | None, Field(description="What was won in the months of the target, of a rep's own by the rep.")
    ]
    attainment: Share
    expected_value: Annotated[Money | None, Field(description="What is weighted, of the same months and deals.")]
    without_date: Amounts
    win_rate: Annotated[Share, Field(description="Of what was closed in the year that ends with the report's day.")]
    closed: int
    without_value: int
    insight: Insight | None
    insight_missing: str | None


class BridgeDeal(d.Document):
    id: str
    deal_name: str
    company_name: str
    value: Money


class BridgePart(d.Document):
    """``deals``: the five that count most."""

    kind: str
    count: int
    value: Money
    deals: list[BridgeDeal]


class BridgeAnswer(OfRange, Rated):
    """``start_value`` and the parts add up to ``end_value``, to the smallest unit."""

    start: date
    end: date
    measure: Literal["value", "weighted"]
    start_value: Money
    end_value: Money
    start_count: int
    end_count: int
    parts: list[BridgePart]


class WinRateRow(d.Document):
    won: int
    lost: int
    win_rate: Share
    won_value: Money
    lost_value: Money


class WinRateKey(WinRateRow):
    """``key``: the month, the source, the owner's id or the stage."""

    key: str | None


class WinRateAnswer(OfRange, Converted):
    group_by: str
    rows: list[WinRateKey]
    total: WinRateRow


class FunnelStage(d.Document):
    stage: str
    count: int
    value: Money
    share: Share
    step: Share


class FunnelAnswer(OfRange, Rated):
    """Deals created in the range, each counted in every stage up to the furthest it reached."""

    stages: list[FunnelStage]
    created: int
    lost: int
    still_open: int


class Stays(d.Document):
    """``usual_days``: three of four took no longer."""

    mean_days: Days
    median_days: Days
    usual_days: Days


class StageStays(Stays):
    stage: str
    stays: int


class Cycle(Stays):
    deals: int


class VelocityMonth(d.Document):
    month: Month
    deals: int
    mean_days: Days
    median_days: Days


class VelocityAnswer(OfDays):
    stages: list[StageStays]
    cycle: Cycle
    won_cycle: Cycle
    months: list[VelocityMonth]


class TrendPoint(d.Document):
    month: Month
    open_count: int
    open_value: Money
    weighted: Money
    created: int
    created_value: Money
    won: int
    won_value: Money
    lost: int


class TrendAnswer(Rated):
    """The pipeline at the end of each month; the last point is now."""

    points: list[TrendPoint]
    currency: str


class StagnantDeal(d.DealDocument):
    stage_since: datetime
    lost_reason: str | None
    created_at: datetime
    updated_at: datetime
    idle_days: int | None
    days_in_stage: int | None
    usual_days: Days
    because: list[Literal["idle", "long_in_stage"]]


class StagnantStage(d.Document):
    stage: str
    count: int
    value: Money
    median_idle_days: Days
    usual_days: Days


class InCurrency(d.Document):
    currency: str
    value: Money


class StagnationAnswer(d.ListOf[StagnantDeal]):
    """``values``: what all of them are worth, in each currency; ``currency``: that of the stages' values."""

    values: list[InCurrency]
    stages: list[StagnantStage]
    currency: str
    idle_days: int


class SourceRow(d.Document):
    created: int
    open: int
    won: int
    lost: int
    win_rate: Share
    won_value: Money
    average_won: Money | None


class SourceKey(SourceRow):
    source: str | None


class SourcesAnswer(OfRange, Rated):
    rows: list[SourceKey]
    total: SourceRow


class RepRow(d.Document):
    created: int
    open: int
    open_value: Money
    weighted: Money
    won: int
    lost: int
    win_rate: Share
    won_value: Money
    target: Annotated[Money | None, Field(description="Of the months that lie in the range as a whole.")]
    attained_value: Annotated[Money | None, Field(description="What was won in the months that have a target.")]
    attainment: Share


class RepKey(RepRow):
    owner_id: str | None


class RepsAnswer(OfRange, Rated):
    rows: list[RepKey]
    total: RepRow
