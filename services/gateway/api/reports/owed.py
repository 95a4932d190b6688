"""What the reports of billing answer, for the API's document."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import Field

from services.gateway.api import documents as d
from services.gateway.api.reports.answers import Days, Money, Month, OfDays, Share


class Bucket(d.Document):
    """``filters``: those of the list of invoices that are in it."""

    bucket: str
    filters: dict[str, Any]
    count: int
    amount: Money


class OwedInCurrency(d.Document):
    currency: str
    buckets: list[Bucket]
    count: int
    total: Money
    overdue: Money


class OwedByClient(d.Document):
    """With an amount for each bucket: ``not_due``, ``1-30``, ``31-60``, ``61-90``, ``over_90``."""

    client_id: str
    company_name: str
    currency: str
    count: int
    not_due: Money
    to_30: Annotated[Money, Field(alias="1-30")]
    to_60: Annotated[Money, Field(alias="31-60")]
    to_90: Annotated[Money, Field(alias="61-90")]
    over_90: Money
    total: Money
    oldest_days: int | None


class ReceivablesAnswer(d.Document):
    """``rows``: those who owe most; ``clients``: how many owe at all."""

    day: date
    currencies: list[OwedInCurrency]
    rows: list[OwedByClient]
    clients: int


class PaidTimes(d.Document):
    """Days from the day an invoice was sent to the day it was paid."""

    invoices: int
    mean_days: Days
    median_days: Days
    on_time: int
    on_time_share: Share


class PaidTimesOfMonth(PaidTimes):
    month: Month


class PaidTimesOfClient(d.Document):
    """``late``: how many of the invoices were paid after they were due."""

    client_id: str
    company_name: str
    invoices: int
    late: int
    on_time: int
    on_time_share: Share
    mean_days: Days
    median_days: Days


class PaymentTimeAnswer(OfDays):
    """``rows``: the clients who take longest."""

    months: list[PaidTimesOfMonth]
    total: PaidTimes
    rows: list[PaidTimesOfClient]
