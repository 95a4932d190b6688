"""What ai tells, and the fields it reads of what others tell."""

from __future__ import annotations

from typing import Any, ClassVar

from libs.common.erasure.parts import ErasureAsked, PartDone
from libs.common.events import Event
from libs.common.row_access import AccessChanged as ClientAccessChanged

__all__ = ["ClientAccessChanged", "ErasureAsked"]


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


class PersonErased(PartDone):
    """Our part in erasing a person is done."""

    event_type: ClassVar[str] = "ai.person_erased"
