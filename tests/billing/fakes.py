"""Stand-ins for what is outside billing, as simple as their ports allow."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from libs.common.context import Context
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
class FakeClients:
    """The clients and deals services, as billing asks them; ``deals`` is deal id → client id."""

    deals: dict[str, str] = field(default_factory=dict)
    cards: dict[str, dict[str, Any]] = field(default_factory=dict)
    access: dict[str, dict[str, Any]] = field(default_factory=dict)
    trouble: list[Problem] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def call(self, context: Context, service: str, method: str, *, seconds: float = 10, **arguments: Any) -> Any:
        if (service, method) == ("deals", "get_deal"):
            if arguments["deal_id"] not in self.deals:
                raise NotFound("there is no such deal")
            return {"client_id": self.deals[arguments["deal_id"]]}
        assert service == "clients"
        self.asked.append((method, context.actor.role))
        if self.trouble:
            raise self.trouble.pop(0)
        known = {"contact_card": self.cards, "client_access": self.access}[method]
        try:
            return known[arguments["client_id"]]
        except KeyError:
            raise NotFound("there is no such client") from None
