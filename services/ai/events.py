"""What ai tells, and the fields it reads of what others tell."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from libs.common.company import CompanyChanged
from libs.common.erasure.parts import ErasureAsked, PartDone
from libs.common.events import Event
from libs.common.record_merges import Merged as ClientMerged
from libs.common.record_merges import Unmerged as ClientUnmerged
from libs.common.row_access import AccessChanged as ClientAccessChanged
from libs.common.row_access import AccessesChanged as ClientsAccessChanged

__all__ = [
    "ClientAccessChanged",
    "ClientMerged",
    "ClientUnmerged",
    "ClientsAccessChanged",
    "CompanyChanged",
    "ErasureAsked",
]


class BriefSubmitted(Event):
    event_type: ClassVar[str] = "brief.submitted"

    brief_id: str
    deal_id: str
    client_id: str
    deal_name: str
    vision_title: str
    vision_summary: str
    audience: str
    features: list[str]
    design: str
    timeline_weeks: int
    budget_min_minor: int
    budget_max_minor: int
    currency: str


class DealAnalyzed(Event):
    event_type: ClassVar[str] = "deal.analyzed"

    generation_id: str
    deal_id: str
    brief_id: str
    ai_score: int
    ai_insights: dict[str, Any]
    version: int


class AttachedFile(BaseModel):
    """A file that leaves with a mail: where its bytes are, and what it is called."""

    model_config = ConfigDict(frozen=True)

    key: str
    filename: str
    content_type: str


class EmailOrdered(Event):
    """A person has a mail sent to a client; ``contact_id`` says to whom there, and where that is, clients knows."""

    event_type: ClassVar[str] = "email.ordered"

    draft_id: str
    client_id: str
    contact_id: str | None
    deal_id: str
    subject: str
    text: str
    attachments: list[AttachedFile]
    sent_by: str
    sent_by_name: str
    version: int


class EmailOutcome(Event):
    """What is read of what became of a mail. ``refs`` holds ``draft_id`` where it was a draft of ours."""

    to: list[str]
    refs: dict[str, Any]


class EmailSent(EmailOutcome):
    event_type: ClassVar[str] = "email.sent"


class EmailFailed(EmailOutcome):
    event_type: ClassVar[str] = "email.failed"

    error: str


class DealRemoved(Event):
    """A deal that an import made is gone."""

    event_type: ClassVar[str] = "deal.removed"

    deal_id: str


class ClientCreated(Event):
    event_type: ClassVar[str] = "client.created"

    client_id: str
    industry: str | None
    version: int


class ImportedClient(BaseModel):
    """One of the clients that an import made."""

    client_id: str
    industry: str | None
    version: int


class ClientsImported(Event):
    event_type: ClassVar[str] = "clients.imported"

    clients: list[ImportedClient]


class DealState(Event):
    """What is learnt from a deal, whatever happened to it."""

    deal_id: str
    client_id: str
    stage: str
    stage_since: datetime
    created_at: datetime
    deal_value_minor: int | None
    currency: str
    source: str
    owner_id: str | None
    actual_close_date: date | None
    version: int


class DealCreated(DealState):
    event_type: ClassVar[str] = "deal.created"


class DealChanged(DealState):
    event_type: ClassVar[str] = "deal.changed"


class DealStageChanged(DealState):
    event_type: ClassVar[str] = "deal.stage_changed"


class DealScored(Event):
    """How likely an open deal is to be won. probability: from 0 to 1; None where the stage's weight stands, and then
    ``because`` says why. reasons: ``[{feature, value, points, pooled}]``, points in percentage points."""

    event_type: ClassVar[str] = "deal.scored"

    deal_id: str
    stage: str
    probability: float | None
    source: str
    because: str | None
    model_version: int | None
    reasons: list[dict[str, Any]]
    scored_at: datetime
    version: int


class PersonErased(PartDone):
    """Our part in erasing a person is done."""

    event_type: ClassVar[str] = "ai.person_erased"
