"""Which messages are Stripe's: the official check, and one answer to every fault."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest

from libs.common.problems import BadRequest, Unavailable
from services.billing.adapters.stripe_events import StripeEvents
from tests.billing import stripe_messages as stripe
from tests.billing.harness import SECRET, Billing, signed
from tests.support.actors import system

EVENTS = StripeEvents(SECRET)
BODY = json.dumps(stripe.intent_succeeded("pi_1", 100), indent=2)


def test_a_signed_message_is_taken() -> None:
    event = EVENTS.verified(BODY.encode(), signed(BODY))
    assert (event.type, event.body) == ("payment_intent.succeeded", BODY)


def test_any_of_several_signatures_will_do() -> None:
    """Stripe signs with both secrets while one replaces the other."""
    at = int(time.time())
    old, new = (signed(BODY, secret, at).split(",")[1] for secret in ("whsec_old", SECRET))
    assert EVENTS.verified(BODY.encode(), f"t={at},{old},{new},v0=abc").type == "payment_intent.succeeded"


def v1(body: str = BODY) -> str:
    return signed(body).split(",")[1]


@pytest.mark.parametrize(
    "header",
    [
        signed(BODY, "whsec_another"),
        signed(BODY, at=int(time.time()) - 302),
        signed(BODY).replace("v1=", "v0="),
        signed(BODY).replace("v1=", "v1=0"),
        signed(BODY).replace("v1=", "v1=é"),
        "",
        None,
        17,
        "t=,v1=",
        "t=soon," + v1(),
        f"t={'9' * 20}," + v1(),
        f"t={'9' * 5000}," + v1(),
        "t=-1," + v1(),
        "t=1e5," + v1(),
        v1(),
        f"t={int(time.time())}",
        ",,,===",
        "t",
    ],
)
def test_a_false_header_is_a_bad_request(header: Any) -> None:
    with pytest.raises(BadRequest):
        EVENTS.verified(BODY.encode(), header)


@pytest.mark.parametrize(
    "body",
    [
        BODY.replace("pi_1", "pi_2").encode(),
        json.dumps(json.loads(BODY)).encode(),
        BODY.encode() + b" ",
        b"",
        BODY.encode("utf-16"),
        b"\xff\xfe",
    ],
)
def test_altered_bytes_are_a_bad_request(body: bytes) -> None:
    with pytest.raises(BadRequest):
        EVENTS.verified(body, signed(BODY))


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "null",
        "17",
        '"evt_1"',
        "{}",
        '{"id": "evt_1"}',
        '{"id": 5, "type": "a.b", "object": "event"}',
        '{"id": "evt_\\u0000", "type": "a.b", "object": "event"}',
        "[" * 100_000,
        "{" * 5,
        "1" * 5000,
    ],
)
def test_signed_nonsense_is_a_bad_request(body: str) -> None:
    with pytest.raises(BadRequest):
        EVENTS.verified(body.encode(), signed(body))


def test_exactly_five_minutes_old_is_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = int(time.time())
    monkeypatch.setattr("stripe._webhook.time.time", lambda: float(now))
    assert EVENTS.verified(BODY.encode(), signed(BODY, at=now - 300))
    with pytest.raises(BadRequest):
        EVENTS.verified(BODY.encode(), signed(BODY, at=now - 301))


@pytest.mark.parametrize("secret", ["", "  "])
def test_without_a_secret_nothing_is_taken(secret: str) -> None:
    with pytest.raises(Unavailable):
        StripeEvents(secret).verified(BODY.encode(), signed(BODY))


def test_a_refused_message_leaves_no_row(billing: Billing) -> None:
    gateway = billing.as_(system("gateway"))
    encoded = base64.b64encode(BODY.encode()).decode()
    for body, header in ((encoded, signed(BODY, "whsec_x")), ("not base64!", signed(BODY)), (encoded, "")):
        with pytest.raises(BadRequest):
            gateway.stripe_webhook(body_base64=body, signature=header)
    assert billing.count("provider_events") == billing.count("jobs") == billing.count("commands") == 0
