"""Stripe's test cards and test payment methods, and what happens to whoever pays with them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    """A card; `decline_code` is empty for the ones that pay."""

    brand: str
    last4: str
    decline_code: str = ""

    @property
    def error_code(self) -> str:
        """The error's `code`: the bank's own reasons are all `card_declined`."""
        return self.decline_code if self.decline_code in ("expired_card", "incorrect_cvc") else "card_declined"

    @property
    def message(self) -> str:
        return MESSAGES.get(self.decline_code, "Your card was declined.")


MESSAGES = {
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
}

VISA = Card("visa", "4242")

NUMBERS = {
    "4242424242424242": VISA,
    "5555555555554444": Card("mastercard", "4444"),
    "378282246310005": Card("amex", "0005"),
    "4000000000000002": Card("visa", "0002", "generic_decline"),
    "4000000000009995": Card("visa", "9995", "insufficient_funds"),
    "4000000000000069": Card("visa", "0069", "expired_card"),
    "4000000000000127": Card("visa", "0127", "incorrect_cvc"),
}

PAYMENT_METHODS = {
    "pm_card_visa": VISA,
    "pm_card_mastercard": NUMBERS["5555555555554444"],
    "pm_card_amex": NUMBERS["378282246310005"],
    "pm_card_chargeDeclined": NUMBERS["4000000000000002"],
    "pm_card_visa_chargeDeclined": NUMBERS["4000000000000002"],
    "pm_card_chargeDeclinedInsufficientFunds": NUMBERS["4000000000009995"],
    "pm_card_visa_chargeDeclinedInsufficientFunds": NUMBERS["4000000000009995"],
    "pm_card_chargeDeclinedExpiredCard": NUMBERS["4000000000000069"],
    "pm_card_chargeDeclinedIncorrectCvc": NUMBERS["4000000000000127"],
}
