"""What the ai service reads from its environment beyond the common settings."""

from __future__ import annotations

from decimal import Decimal

from pydantic import Field, field_validator

from libs.common.settings import ServiceSettings
from services.ai.prices import read_prices


class AiSettings(ServiceSettings):
    """gemini_api_key: without one the built-in rules answer. gemini_attempts: calls for one generation.

    gemini_patience_seconds: how long work that nobody waits for waits for Gemini before the rules stand in.
    gemini_waiting_seconds: the same where somebody looks on.
    gemini_prices: ``model=input/output``, US dollars for a million tokens, before the table in ``prices.py``.
    ai_daily_budget, ai_user_daily_budget: US dollars a business day, until an admin changes them in the CRM.
    """

    gemini_api_key: str = ""
    gemini_base_url: str = ""
    gemini_model: str = "gemini-2.5-flash"
    # Shorter than the lease of a job, so that no second worker asks meanwhile.
    gemini_timeout_seconds: float = Field(default=30.0, gt=0, le=100)
    gemini_attempts: int = Field(default=5, ge=1, le=20)
    gemini_patience_seconds: float = Field(default=900.0, ge=0, le=86_400)
    gemini_prices: str = ""
    gemini_waiting_seconds: float = Field(default=25.0, ge=0, le=300)
    ai_daily_budget: Decimal = Field(default=Decimal("10.00"), ge=0, le=100_000)
    ai_user_daily_budget: Decimal = Field(default=Decimal("2.00"), ge=0, le=100_000)

    @field_validator("gemini_prices")
    @classmethod
    def _readable(cls, text: str) -> str:
        read_prices(text)
        return text
