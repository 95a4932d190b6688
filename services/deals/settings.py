"""What the deals service reads from its environment beyond the common settings."""

from __future__ import annotations

from pydantic import Field, field_validator

from libs.common import settings
from libs.common.settings import ServiceSettings
from services.deals.domain import STAGE_WEIGHTS, DealError, check_weights


class DealsSettings(ServiceSettings):
    """stage_weights: percent by stage until an admin sets others, as JSON; a stage left out keeps its default.

    stagnant_days: an open deal is stagnant when nothing was done about it for so many days.
    """

    stage_weights: dict[str, int] = STAGE_WEIGHTS
    stagnant_days: int = Field(14, ge=1, le=3660)

    @field_validator("stage_weights")
    @classmethod
    def _percentages(cls, value: dict[str, int]) -> dict[str, int]:
        try:
            check_weights(value)
        except DealError as error:
            raise ValueError(f"STAGE_WEIGHTS, {error.field}: {error}") from None
        return STAGE_WEIGHTS | value


def current() -> DealsSettings:
    """The settings of this process."""
    loaded: DealsSettings = settings.load(DealsSettings)
    return loaded
