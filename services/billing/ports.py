"""What billing needs from outside."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from libs.common.object_store import StoredObject
from services.billing.domain import Notice


class Refused(Exception):
    """The payment provider will not do this, however often it is asked; the message says why."""


class AlreadyPaid(Refused):
    """There is nothing to pay any more: the money is on its way."""


@dataclass(frozen=True, slots=True)
class PaymentOrder:
    """What to ask a payer for. ``key`` names the order: asked again under it, the provider does nothing twice."""

    key: str
    invoice_id: str
    invoice_number: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Checkout:
    """A page of the provider where the payer pays, and the provider's id of it."""

    reference: str
    url: str


class PaymentProvider(Protocol):
    """Takes and gives back money. Raises Refused for good, Unavailable when it may be asked again."""

    def open_payment(self, order: PaymentOrder) -> str:
        """Be ready to take a payment; returns the provider's id of it."""
        ...

    def checkout(self, order: PaymentOrder, return_url: str, email: str | None) -> Checkout:
        """A page to pay at, from which the payer comes back to ``return_url``."""
        ...

    def refund(self, reference: str, amount_minor: int, currency: str, key: str) -> str:
        """Give back money of a payment; returns the provider's id of the refund."""
        ...

    def close(self, reference: str) -> None:
        """Take no money under this reference any more; one that is paid or closed stays as it is."""
        ...

    def check(self) -> str:
        """Ask the provider whether it knows us: what it said in plain words, or CheckFailed. Changes nothing."""
        ...


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """A message that the provider did send. ``body`` is its text as it came."""

    event_id: str
    type: str
    body: str


class ProviderEvents(Protocol):
    """Reads the provider's messages."""

    def verified(self, body: bytes, signature: str) -> ProviderEvent:
        """The message, when its signature is right; BadRequest for any fault, Unavailable without a secret."""
        ...

    def notice(self, body: str, received_at: datetime) -> Notice | None:
        """What it tells of, None when that is nothing to us; ValueError when it cannot be understood."""
        ...


class ClientDirectory(Protocol):
    """The clients service."""

    def access(self, client_id: str) -> dict[str, Any]:
        """Who may see the client, in the shape of client.access_changed; NotFound when there is no such client."""
        ...

    def card(self, client_id: str, seconds: float) -> dict[str, Any]:
        """Whom to write to, asked as the caller and waited for that long: NotFound, Forbidden, or Unavailable."""
        ...

    def segment(self, segment_id: str, person: dict[str, Any] | None) -> dict[str, Any]:
        """``{id, name, client_ids}`` as the caller, or the person it asks for, finds them; NotFound, or Invalid."""
        ...


class DealDirectory(Protocol):
    """The deals service."""

    def client_of(self, deal_id: str) -> str:
        """Whose deal it is; NotFound unless the caller may see it."""
        ...


class PdfRenderer(Protocol):
    """Makes PDFs; the same view gives the same bytes. A ``mark`` in an invoice's view stands across each page."""

    def invoice(self, view: dict[str, Any]) -> bytes: ...

    def receipt(self, view: dict[str, Any]) -> bytes: ...


class DocumentStore(Protocol):
    """Keeps PDFs."""

    def keep(self, key: str, content: bytes) -> StoredObject:
        """Store under the key, or, where other content has that key, beside it: what was sent never changes."""
        ...

    def link(self, key: str, filename: str) -> str:
        """A short-lived link to one document."""
        ...


class PreviewStore(Protocol):
    """Keeps PDFs that nobody was sent."""

    def keep(self, key: str, content: bytes) -> None:
        """Store under the key, whatever is there."""
        ...

    def remove(self, key: str) -> None:
        """Forget it; one that is gone already is fine."""
        ...


@dataclass(frozen=True, slots=True)
class Outside:
    """All that a job may touch. ``payments`` is None when no provider is configured."""

    read: Callable[[], AbstractContextManager[Session]]
    payments: PaymentProvider | None
    events: ProviderEvents
    pdf: PdfRenderer
    documents: DocumentStore
    previews: PreviewStore
    public_url: str

    def pay_url(self, token: str) -> str:
        """Where a client looks at an invoice and pays it."""
        return f"{self.public_url.rstrip('/')}/pay/{token}"
