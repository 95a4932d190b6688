"""What deals tells, and the fields it reads of what others tell."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Literal

from pydantic import Field

from libs.common.erasure.parts import ErasureAsked, PartDone
from libs.common.events import Event
from libs.common.record_merges import Merged as ClientMerged
from libs.common.record_merges import Unmerged as ClientUnmerged
from libs.common.row_access import AccessChanged as ClientAccessChanged
from libs.common.row_access import AccessesChanged as ClientsAccessChanged

__all__ = ["ClientAccessChanged", "ClientMerged", "ClientUnmerged", "ClientsAccessChanged", "ErasureAsked"]


class BriefSubmitted(Event):
    """A client's brief, or a person's wish to have it analysed again."""

    event_type: ClassVar[str] = "brief.submitted"

    brief_id: str
    deal_id: str
    client_id: str
    company_name: str
    contact_id: str | None
    contact_name: str | None
    contact_email: str | None
    contact_phone: str | None
    owner_id: str | None
    deal_name: str
    deal_value_minor: int
    currency: str
    vision_title: str
    vision_summary: str
    audience: str
    features: list[str]
    design: str
    timeline_weeks: int
    budget_min_minor: int
    budget_max_minor: int
    requested_by: str
    reference: str | None
    version: int


class DealState(Event):
    """A deal as it is now; every deal event carries it whole.

    custom: what stands in the company's own fields, by key. custom_text: its texts, choices and days, to be searched;
    None where there are none.
    """

    deal_id: str
    client_id: str
    company_name: str
    deal_name: str
    deal_value_minor: int | None
    currency: str
    stage: str
    previous_stage: str | None
    source: str
    description: str | None
    custom: dict[str, Any]
    custom_text: str | None
    owner_id: str | None
    tags: list[str]
    expected_close_date: date | None
    actual_close_date: date | None
    lost_reason: str | None
    created_at: datetime
    stage_since: datetime
    version: int


class DealCreated(DealState):
    event_type: ClassVar[str] = "deal.created"


class DealChanged(DealState):
    event_type: ClassVar[str] = "deal.changed"


class DealStageChanged(DealState):
    event_type: ClassVar[str] = "deal.stage_changed"


class DealWon(DealState):
    event_type: ClassVar[str] = "deal.won"


class DealLost(DealState):
    event_type: ClassVar[str] = "deal.lost"


class DealReopened(DealState):
    event_type: ClassVar[str] = "deal.reopened"


class DealRemoved(DealState):
    """A deal that an import made is gone, since the import was taken back; ``version`` is its last."""

    event_type: ClassVar[str] = "deal.removed"


class DealFieldSet(Event):
    """A field that the company made for deals, as it is now. removed: it is gone, and ``version`` is its last."""

    event_type: ClassVar[str] = "deal_field.set"

    field_id: str
    key: str
    label: str
    kind: str
    options: list[str]
    position: int
    archived: bool
    removed: bool
    version: int


class DealStagnant(Event):
    """Nothing happens with an open deal; told once for each time that begins.

    because: ``idle``, ``long_in_stage``. since: the last thing that was done, or the move to its stage where it was
    worked on lately and is longer there than is usual.
    """

    event_type: ClassVar[str] = "deal.stagnant"

    deal_id: str
    client_id: str
    company_name: str
    deal_name: str
    owner_id: str | None
    because: list[str]
    idle_days: int
    since: datetime
    version: int


class DealPaid(Event):
    """All invoices of a deal are paid."""

    event_type: ClassVar[str] = "deal.fully_paid"

    deal_id: str
    client_id: str
    company_name: str
    deal_name: str
    total_minor: int
    currency: str
    owner_id: str | None
    version: int


class InvoiceChanged(Event):
    """What deals reads of an invoice, whatever happened to it."""

    invoice_id: str
    invoice_number: str
    client_id: str
    deal_id: str | None
    amount_minor: int
    currency: str
    status: str
    version: int


class InvoiceDrafted(InvoiceChanged):
    event_type: ClassVar[str] = "invoice.drafted"


class InvoiceSent(InvoiceChanged):
    event_type: ClassVar[str] = "invoice.sent"


class InvoicePaid(InvoiceChanged):
    event_type: ClassVar[str] = "invoice.paid"


class InvoiceRefunded(InvoiceChanged):
    event_type: ClassVar[str] = "invoice.refunded"


class InvoiceVoided(InvoiceChanged):
    event_type: ClassVar[str] = "invoice.voided"


class ActivityLogged(Event):
    event_type: ClassVar[str] = "activity.logged"

    client_id: str
    deal_id: str | None
    type: str
    occurred_at: datetime


class ExchangeRateSet(Event):
    """What one unit of a currency is worth in the base currency from a day on; ``version`` grows with corrections."""

    event_type: ClassVar[str] = "exchange_rate.set"

    currency: str
    day: date
    rate: Decimal
    version: int


class DealAnalyzed(Event):
    event_type: ClassVar[str] = "deal.analyzed"

    generation_id: str
    deal_id: str
    ai_score: int = Field(ge=0, le=100)
    ai_insights: dict[str, Any]


class ScoreReason(Event):
    """What one feature does to a probability, in percentage points."""

    event_type: ClassVar[str] = ""

    feature: str
    value: str | float | None
    points: float
    pooled: bool


class DealScored(Event):
    """How likely a deal is to be won, by a model; ``probability`` is None where the stage's weight stands instead."""

    event_type: ClassVar[str] = "deal.scored"

    deal_id: str
    stage: str
    probability: float | None = Field(ge=0, le=1)
    source: Literal["model", "stage_weight"]
    because: str | None
    model_version: int | None
    reasons: list[ScoreReason]
    scored_at: datetime
    version: int


class PersonErased(PartDone):
    """Our part in erasing a person is done."""

    event_type: ClassVar[str] = "deals.person_erased"
