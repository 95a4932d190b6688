"""The real adapters and the fakes that stand for them, by the same tests."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.context import Context
from libs.common.ids import new_id
from libs.common.money import EXPONENTS
from libs.common.object_store import ObjectStore
from libs.common.problems import NotFound, Unavailable
from services.billing import settings, wiring
from services.billing.adapters.object_store import StoredDocuments, StoredPreviews
from services.billing.adapters.stripe import StripePayments
from services.billing.adapters.stripe_amounts import from_stripe, to_stripe
from services.billing.ports import DocumentStore, PaymentOrder, PaymentProvider, Refused
from tests.billing.fakes import FakePayments, MemoryDocuments
from tests.sandbox.conftest import STRIPE_KEY, Sandbox
from tests.support.actors import JOHN, system

KEY = "invoices/2025/INV-2025-001.pdf"
ORDER = PaymentOrder("key-1", "01920000-0000-7000-8000-000000000001", "INV-2025-001", 6250000, "USD")


@pytest.fixture(params=["real", "fake"])
def documents(request: pytest.FixtureRequest) -> DocumentStore:
    if request.param == "fake":
        return MemoryDocuments()
    return StoredDocuments(ObjectStore.open(settings.current()))


def test_a_document_never_changes(documents: DocumentStore) -> None:
    first = documents.keep(KEY, b"one")
    assert (first.key, first.size) == (KEY, 3)
    assert documents.keep(KEY, b"one") == first
    other = documents.keep(KEY, b"two")
    assert other.key == f"invoices/2025/INV-2025-001-{other.sha256[:8]}.pdf"
    assert documents.keep(KEY, b"two") == other
    assert documents.keep(KEY, b"one") == first
    assert "INV-2025-001" in documents.link(KEY, "INV-2025-001.pdf") or documents.link(KEY, "x.pdf")


@pytest.fixture(params=["real", "fake"])
def payments(request: pytest.FixtureRequest) -> PaymentProvider:
    if request.param == "fake":
        return FakePayments()
    sandbox = request.getfixturevalue("stripe_stand_in")
    return StripePayments(STRIPE_KEY, sandbox.stripe)


def test_one_order_is_opened_once(payments: PaymentProvider) -> None:
    first = payments.open_payment(ORDER)
    assert first.startswith("pi_") and payments.open_payment(ORDER) == first
    payments.close(first)


def test_a_checkout_is_one_page(payments: PaymentProvider) -> None:
    order = PaymentOrder("checkout-1", ORDER.invoice_id, ORDER.invoice_number, 5000000, "USD")
    page = payments.checkout(order, "https://crm.example/pay/t", "sarah@techcorp.com")
    assert page.reference.startswith("cs_") and page.url.startswith("http")
    assert payments.checkout(order, "https://crm.example/pay/t", "sarah@techcorp.com") == page
    payments.close(page.reference)


def test_a_closed_page_is_followed_by_another(stripe_stand_in: Sandbox) -> None:
    provider = StripePayments(STRIPE_KEY, stripe_stand_in.stripe)
    order = PaymentOrder("checkout-2", ORDER.invoice_id, ORDER.invoice_number, 100, "USD")
    first = provider.checkout(order, "https://crm.example/pay/t", None)
    provider.close(first.reference)
    assert provider.checkout(order, "https://crm.example/pay/t", None).reference != first.reference


def test_what_stripe_refuses_is_refused_in_its_words(stripe_stand_in: Sandbox) -> None:
    provider = StripePayments(STRIPE_KEY, stripe_stand_in.stripe)
    too_much = PaymentOrder("key-2", ORDER.invoice_id, ORDER.invoice_number, 10**12, "USD")
    with pytest.raises(Refused, match=r"Stripe said: Amount must be no more than"):
        provider.open_payment(too_much)
    with pytest.raises(Refused, match="No such"):
        provider.refund("pi_unknown", 100, "USD", "key-3")
    with pytest.raises(Refused, match="does not accept") as refusal:
        StripePayments("sk_test_wrong_key", stripe_stand_in.stripe).open_payment(ORDER)
    assert "wrong_key" not in str(refusal.value)


def test_an_outage_of_stripe_may_pass(stripe_stand_in: Sandbox) -> None:
    with pytest.raises(Unavailable):
        StripePayments(STRIPE_KEY, "http://127.0.0.1:9").open_payment(ORDER)
    for status in (500, 503, 429):
        stripe_stand_in.behave(stripe_stand_in.stripe, fail_next=1, fail_status=status)
        with pytest.raises(Unavailable):
            StripePayments(STRIPE_KEY, stripe_stand_in.stripe).open_payment(
                PaymentOrder(f"key-{status}", ORDER.invoice_id, ORDER.invoice_number, 100, "USD")
            )


@pytest.mark.parametrize(
    ("minor", "currency", "stripes"),
    [
        (6250000, "USD", 6250000),
        (62500, "JPY", 62500),
        (62500500, "BHD", 62500500),
        (5, "ISK", 500),
        (5, "UGX", 500),
        (500, "MGA", 5),
        (500, "HUF", 500),
        (500, "TWD", 500),
        (500, "KRW", 500),
    ],
)
def test_amounts_as_stripe_counts_them(minor: int, currency: str, stripes: int) -> None:
    assert to_stripe(minor, currency) == stripes
    assert from_stripe(stripes, currency.lower()) == (minor, currency)


@pytest.mark.parametrize(("minor", "currency"), [(62500501, "BHD"), (62500505, "KWD"), (501, "MGA")])
def test_amounts_that_stripe_cannot_charge(minor: int, currency: str) -> None:
    with pytest.raises(Refused):
        to_stripe(minor, currency)


@given(st.integers(1, 10**13), st.sampled_from(sorted(EXPONENTS)))
def test_what_is_charged_is_what_is_booked(minor: int, currency: str) -> None:
    try:
        charged = to_stripe(minor, currency)
    except Refused:
        return
    assert from_stripe(charged, currency.lower()) == (minor, currency)


@pytest.mark.parametrize("amount", [None, True, 1.5, "100", -1, 10**16])
def test_an_amount_that_is_none(amount: Any) -> None:
    with pytest.raises(ValueError, match="amount"):
        from_stripe(amount, "usd")


def test_previews_are_overwritten_and_removed() -> None:
    store = ObjectStore.open(settings.current())
    previews = StoredPreviews(store)
    for content in (b"one", b"two"):
        previews.keep("previews/a/1.pdf", content)
        assert store.get("previews/a/1.pdf") == content
    for _ in range(2):
        previews.remove("previews/a/1.pdf")
    with pytest.raises(NotFound):
        store.get("previews/a/1.pdf")


class Asked:
    """The bus, by hand: whom it was asked as."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, str | None, dict[str, Any]]] = []

    def call(self, context: Context, service: str, method: str, *, seconds: float = 10, **arguments: Any) -> Any:
        self.calls.append((f"{service}.{method}", context.actor.id, context.idempotency_key, arguments))
        return {"client_id": "of this client"}


def test_others_are_asked_as_the_caller_and_for_access_as_ourselves(monkeypatch: pytest.MonkeyPatch) -> None:
    bus, wanted = Asked(), {"client_id": new_id()}
    monkeypatch.setitem(wiring.runtime().__dict__, "rpc", bus)
    caller = Context(actor=JOHN, idempotency_key="a key of this command")
    assert wiring.deals(caller).client_of("a deal") == "of this client"
    wiring.clients(caller).access(wanted["client_id"])
    wiring.clients(caller).card(wanted["client_id"], 2.0)
    wiring.clients(caller).segment("a segment", None)
    person = {"id": JOHN.id, "role": JOHN.role}
    wiring.clients(Context(actor=system("notifications"))).segment("a segment", person)
    assert bus.calls == [
        ("deals.get_deal", JOHN.id, None, {"deal_id": "a deal"}),
        ("clients.client_access", "system:billing", None, wanted),
        ("clients.contact_card", JOHN.id, "a key of this command", wanted),
        ("clients.segment_clients", JOHN.id, None, {"segment_id": "a segment", "person": None}),
        ("clients.segment_clients", "system:billing", None, {"segment_id": "a segment", "person": person}),
    ]
