"""What billing refuses, in plain words."""

from __future__ import annotations


class BillingError(Exception):
    """A rule of this service that a command would break; ``field`` names the input at fault."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NotValid(BillingError):
    """A value that cannot be."""


class NotPossible(BillingError):
    """A change that the invoice's or payment's state does not allow."""
