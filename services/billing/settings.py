"""What the billing service reads from its environment beyond the common settings."""

from __future__ import annotations

from pydantic import Field

from libs.common import settings
from libs.common.settings import ServiceSettings


class BillingSettings(ServiceSettings):
    """stripe_api_base: only for a stand-in."""

    stripe_api_key: str = ""
    stripe_api_base: str = ""
    stripe_webhook_secret: str = ""
    payment_terms_days: int = Field(default=14, ge=0, le=365)

    @property
    def expects_live_money(self) -> bool:
        """Whether Stripe's events must say ``livemode: true``: only a live key earns real money."""
        return self.stripe_api_key.startswith(("sk_live_", "rk_live_"))


def current() -> BillingSettings:
    """The settings of this process."""
    loaded: BillingSettings = settings.load(BillingSettings)
    return loaded
