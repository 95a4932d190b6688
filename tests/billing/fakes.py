"""Stand-ins for what is outside billing, as simple as their ports allow."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from libs.common.object_store import StoredObject
from libs.common.problems import NotFound, Problem
from services.billing.ports import Checkout, PaymentOrder


@dataclass
class FakePayments:
    """Remembers what it was asked; ``trouble`` holds the errors of the next calls."""

    opened: dict[str, tuple[PaymentOrder, str]] = field(default_factory=dict)
    refunded: dict[str, tuple[str, int]] = field(default_factory=dict)
    closed: list[str] = field(default_factory=list)
    trouble: list[Exception] = field(default_factory=list)

    def open_payment(self, order: PaymentOrder) -> str:
        self._fail_if_told()
        known = self.opened.setdefault(order.key, (order, f"pi_{len(self.opened) + 1:024d}"))
        assert known[0] == order, "the same key came with another order"
        return known[1]

    def checkout(self, order: PaymentOrder, return_url: str, email: str | None) -> Checkout:
        self._fail_if_told()
        _order, reference = self.opened.setdefault(order.key, (order, f"cs_{len(self.opened) + 1:024d}"))
        return Checkout(reference, f"https://checkout.example/{reference}")

    def refund(self, reference: str, amount_minor: int, currency: str, key: str) -> str:
        self._fail_if_told()
        assert self.refunded.setdefault(key, (reference, amount_minor)) == (reference, amount_minor)
        return f"re_{len(self.refunded)}"

    def close(self, reference: str) -> None:
        self._fail_if_told()
        self.closed.append(reference)

    def check(self) -> str:
        self._fail_if_told()
        return "the fake answered"

    def _fail_if_told(self) -> None:
        if self.trouble:
            raise self.trouble.pop(0)


@dataclass
class MemoryDocuments:
    """Documents in a dict; what is there never changes."""

    kept: dict[str, bytes] = field(default_factory=dict)
    trouble: list[Exception] = field(default_factory=list)

    def keep(self, key: str, content: bytes) -> StoredObject:
        if self.trouble:
            raise self.trouble.pop(0)
        digest = hashlib.sha256(content).hexdigest()
        if self.kept.get(key, content) != content:
            stem, _, ending = key.rpartition(".")
            key = f"{stem}-{digest[:8]}.{ending}"
        self.kept[key] = content
        return StoredObject(key, len(content), digest)

    def link(self, key: str, filename: str) -> str:
        return f"https://files.example/{key}?name={filename}"


@dataclass
class PlainRenderer:
    """A "PDF" that is the view's text, where how it looks does not matter."""

    rendered: list[dict[str, Any]] = field(default_factory=list)

    def invoice(self, view: dict[str, Any]) -> bytes:
        self.rendered.append(view)
        return f"invoice {sorted(view.items(), key=str)}".encode()

    def receipt(self, view: dict[str, Any]) -> bytes:
        self.rendered.append(view)
        return f"receipt {sorted(view.items(), key=str)}".encode()


@dataclass
class MemoryPreviews:
    """Previews in a dict."""

    kept: dict[str, bytes] = field(default_factory=dict)
    trouble: list[Exception] = field(default_factory=list)

    def keep(self, key: str, content: bytes) -> None:
        if self.trouble:
            raise self.trouble.pop(0)
        self.kept[key] = content

    def remove(self, key: str) -> None:
        self.kept.pop(key, None)


@dataclass
class FakeClients:
    """The clients service, as billing asks it."""

    cards: dict[str, dict[str, Any]] = field(default_factory=dict)
    known: dict[str, dict[str, Any]] = field(default_factory=dict)
    segments: dict[str, dict[str, Any]] = field(default_factory=dict)
    trouble: list[Problem] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def access(self, client_id: str) -> dict[str, Any]:
        return self._answer("access", self.known, client_id)

    def card(self, client_id: str, seconds: float) -> dict[str, Any]:
        assert seconds > 0
        return self._answer("card", self.cards, client_id)

    def segment(self, segment_id: str, person: dict[str, Any] | None) -> dict[str, Any]:
        return self._answer(f"segment for {person['id'] if person else 'the caller'}", self.segments, segment_id)

    def _answer(self, what: str, known: dict[str, dict[str, Any]], client_id: str) -> dict[str, Any]:
        self.asked.append(what)
        if self.trouble:
            raise self.trouble.pop(0)
        try:
            return known[client_id]
        except KeyError:
            raise NotFound("there is no such client") from None


@dataclass
class FakeDeals:
    """The deals service, as billing asks it: deal id → client id."""

    clients: dict[str, str] = field(default_factory=dict)

    def client_of(self, deal_id: str) -> str:
        try:
            return self.clients[deal_id]
        except KeyError:
            raise NotFound("there is no such deal") from None
