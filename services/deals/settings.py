"""What the deals service reads from its environment beyond the common settings."""

from __future__ import annotations

from pydantic import field_validator

from libs.common.settings import ServiceSettings
from services.deals.domain import STAGE_WEIGHTS, STAGES


class DealsSettings(ServiceSettings):
    """stage_weights: percent by stage, as JSON; a stage that is left out keeps its default."""

    stage_weights: dict[str, int] = STAGE_WEIGHTS

    @field_validator("stage_weights")
    @classmethod
    def _percentages(cls, value: dict[str, int]) -> dict[str, int]:
        if set(value) - set(STAGES) or not all(0 <= weight <= 100 for weight in value.values()):
            raise ValueError("stage weights are percentages of known stages")
        return STAGE_WEIGHTS | value
