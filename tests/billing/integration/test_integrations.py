"""How Stripe stands, by what billing has seen of it, and the check that asks Stripe itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from libs.common.integrations import CheckFailed
from libs.common.problems import Forbidden, NotFound, Unavailable
from services.billing import settings, wiring
from services.billing.adapters.stripe import StripePayments
from services.billing.ports import AlreadyPaid, Refused
from tests.billing.harness import Billing
from tests.billing.stripe_messages import intent_succeeded
from tests.sandbox.conftest import STRIPE_KEY, Sandbox
from tests.support.actors import ADMIN, FINANCE, JOHN, MANAGER, system


def stripe_of(billing: Billing) -> dict[str, Any]:
    (item,) = billing.as_(ADMIN).integration_status()["items"]
    found: dict[str, Any] = item
    return found


@pytest.fixture
def configured(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    def change(**changes: Any) -> None:
        changed = settings.current().model_copy(update=changes)
        monkeypatch.setattr(settings, "current", lambda: changed)

    yield change


@pytest.mark.parametrize("method", ["integration_status", "test_integration"])
def test_only_admins_may_ask(billing: Billing, method: str) -> None:
    arguments = {"name": "stripe"} if method == "test_integration" else {}
    for actor in (JOHN, FINANCE, MANAGER):
        with pytest.raises(Forbidden):
            getattr(billing.as_(actor), method)(**arguments)
    for actor in (ADMIN, system("gateway")):
        assert getattr(billing.as_(actor), method)(**arguments)


def test_nothing_happened_yet(billing: Billing) -> None:
    item = stripe_of(billing)
    assert (item["name"], item["label"], item["configured"], item["mode"]) == ("stripe", "Stripe", True, "test")
    assert "no real money" in item["detail"]
    happened = ("last_success_at", "last_success", "last_error_at", "last_error")
    assert [item[name] for name in happened] == [None] * 4
    assert item["counts"] == {"events_waiting": 0, "events_failed": 0, "refunds_waiting": 0}


@pytest.mark.parametrize(
    ("changes", "mode", "words"),
    [
        ({"stripe_api_key": ""}, "off", "STRIPE_API_KEY"),
        ({"stripe_api_base": "http://127.0.0.1:1"}, "sandbox", "stand-in"),
        ({"stripe_api_key": "sk_live_x"}, "live", "real money"),
        ({"stripe_api_key": "rk_live_x"}, "live", "real money"),
        ({"stripe_webhook_secret": " "}, "test", "STRIPE_WEBHOOK_SECRET"),
    ],
)
def test_modes(billing: Billing, configured: Any, changes: dict[str, Any], mode: str, words: str) -> None:
    configured(**changes)
    item = stripe_of(billing)
    assert (item["mode"], item["configured"]) == (mode, mode != "off") and words in item["detail"]
    assert "sk_" not in str(item) and "rk_" not in str(item)


def test_an_applied_message_is_a_success(billing: Billing) -> None:
    invoice = billing.sent()
    billing.webhook(intent_succeeded(invoice["payment_reference"], invoice["amount_minor"]))
    assert stripe_of(billing)["counts"]["events_waiting"] == 1
    billing.run_jobs()
    item = stripe_of(billing)
    assert item["last_success"] == "payment_intent.succeeded applied" and item["last_success_at"]
    assert item["counts"]["events_waiting"] == 0 and item["last_error"] is None


def test_a_message_that_cannot_be_read_is_an_error(billing: Billing) -> None:
    event = intent_succeeded(billing.sent()["payment_reference"], 6250000)
    event["data"]["object"]["currency"] = "nonsense"
    billing.webhook(event)
    billing.run_jobs()
    item = stripe_of(billing)
    assert item["last_error"].startswith("payment_intent.succeeded: the message could not be understood")
    assert item["counts"]["events_failed"] == 1 and item["last_success"] is None


def test_a_payment_that_could_not_be_opened_is_an_error_until_it_could(billing: Billing) -> None:
    billing.payments.trouble = [Unavailable("Stripe is not answering; try again in a moment")]
    draft = billing.invoice()
    billing.finance.send_invoice(invoice_id=draft["id"])
    billing.run_jobs()
    assert "Stripe is not answering" in stripe_of(billing)["last_error"]
    billing.hurry_jobs()
    billing.run_jobs()
    assert stripe_of(billing)["last_error"] is None


def test_a_full_store_is_not_stripes_fault(billing: Billing) -> None:
    billing.documents.trouble = [Unavailable("the object store is not answering")]
    billing.finance.send_invoice(invoice_id=billing.invoice()["id"])
    billing.run_jobs()
    assert billing.count("jobs", "last_error IS NOT NULL") == 1
    assert stripe_of(billing)["last_error"] is None


@pytest.mark.parametrize("fault", [Unavailable("Stripe is not answering"), Refused("Stripe does not accept the key")])
def test_a_payment_page_that_could_not_be_opened_is_kept(billing: Billing, fault: Exception) -> None:
    invoice = billing.sent()
    for _ in range(2):
        billing.payments.trouble = [fault]
        with pytest.raises(Exception, match="Stripe"):
            billing.as_(system("gateway")).start_payment(token=invoice["pay_token"])
    assert stripe_of(billing)["last_error"] == f"payment page of {invoice['invoice_number']}: {fault}"
    assert billing.count("provider_faults") == 1


def test_a_payer_who_was_faster_than_the_message_is_no_fault(billing: Billing) -> None:
    invoice = billing.sent()
    billing.payments.trouble = [AlreadyPaid("this invoice was paid a moment ago")]
    with pytest.raises(Exception, match="a moment ago"):
        billing.as_(system("gateway")).start_payment(token=invoice["pay_token"])
    assert stripe_of(billing)["last_error"] is None


def test_a_refused_refund_is_an_error(billing: Billing) -> None:
    invoice = billing.sent()
    billing.webhook(intent_succeeded(invoice["payment_reference"], invoice["amount_minor"]))
    billing.run_jobs()
    billing.payments.trouble = [Refused("Stripe said: no")]
    billing.finance.refund_payment(invoice_id=invoice["id"])
    assert stripe_of(billing)["counts"]["refunds_waiting"] == 1
    billing.run_jobs()
    item = stripe_of(billing)
    assert "Stripe said: no" in item["last_error"] and item["counts"]["refunds_waiting"] == 0


def test_the_check_names_what_it_found(billing: Billing, monkeypatch: pytest.MonkeyPatch) -> None:
    found = billing.as_(ADMIN).test_integration(name="stripe")
    assert (found["ok"], found["message"]) == (True, "the fake answered") and found["ms"] >= 0
    billing.payments.trouble = [CheckFailed("Stripe is not answering")]
    assert billing.as_(ADMIN).test_integration(name="stripe")["message"] == "Stripe is not answering"
    monkeypatch.setattr(wiring, "payments", lambda: None)
    without = billing.as_(ADMIN).test_integration(name="stripe")
    assert not without["ok"] and "STRIPE_API_KEY" in without["message"]
    with pytest.raises(NotFound):
        billing.as_(ADMIN).test_integration(name="smtp")


def test_stripe_is_asked_and_the_key_never_shown(billing: Billing, stripe_stand_in: Sandbox) -> None:
    def ask(key: str = STRIPE_KEY, address: str = stripe_stand_in.stripe) -> dict[str, Any]:
        billing.outside = replace(billing.outside, payments=StripePayments(key, address))
        found: dict[str, Any] = billing.as_(ADMIN).test_integration(name="stripe")
        return found

    assert ask()["message"] == "Stripe answered, in test mode" and ask()["ok"]
    wrong = ask(key="sk_test_1234567890abcdef")
    assert (wrong["ok"], wrong["message"]) == (False, "Stripe does not accept this system's key")
    assert ask(address="http://127.0.0.1:9")["message"] == "Stripe is not answering"
    stripe_stand_in.behave(stripe_stand_in.stripe, fail_next=1, fail_status=500)
    assert ask()["message"] == "Stripe answered with an error (500)"
    assert ask()["ok"]
