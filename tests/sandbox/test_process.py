"""The sandbox as a process: settings, restarts, and what survives them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests
import stripe

from tests.sandbox.conftest import ROOT, STRIPE_KEY, STRIPE_SECRET, Receiver, Sandbox, eventually, free_ports


def test_missing_settings_are_all_named() -> None:
    environment = {name: value for name, value in os.environ.items() if "STRIPE" not in name}
    done = subprocess.run(
        [sys.executable, "-m", "sandbox"],
        cwd=ROOT,
        env=environment | {"SANDBOX_SMTP_PORT": "x"},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == 2
    assert "STRIPE_API_KEY" in done.stderr and "SANDBOX_DIR" in done.stderr and "Traceback" not in done.stderr


def test_objects_keys_and_pending_webhooks_survive_kill_9(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    sandbox = Sandbox(tmp_path, f"http://127.0.0.1:{port}")  # nobody listens there: everything stays pending
    sandbox.start()
    client = stripe.StripeClient(STRIPE_KEY, base_addresses={"api": sandbox.stripe})
    made = client.v1.payment_intents.create({"amount": 100, "currency": "usd"}, {"idempotency_key": "k"})
    sandbox.stop(signal.SIGKILL)
    sandbox.start()
    again = client.v1.payment_intents.create({"amount": 100, "currency": "usd"}, {"idempotency_key": "k"})
    assert again.id == made.id
    (pending,) = requests.get(f"{sandbox.stripe}/_sandbox/webhooks", timeout=5).json()
    assert pending["state"] == "pending" and pending["subject"].startswith("payment_intent.created")
    started = time.monotonic()
    assert sandbox.stop() == 0
    assert time.monotonic() - started < 3


def test_a_pending_webhook_is_delivered_after_a_restart(tmp_path: Path, receiver: Receiver) -> None:
    sandbox = Sandbox(tmp_path, receiver.url)
    sandbox.start()
    sandbox.behave(sandbox.stripe, webhooks={"paused": True})
    client = stripe.StripeClient(STRIPE_KEY, base_addresses={"api": sandbox.stripe})
    made = client.v1.payment_intents.create({"amount": 100, "currency": "usd"})
    sandbox.stop(signal.SIGKILL)
    receiver.requests.clear()
    sandbox.start()
    (request,) = eventually(lambda: receiver.on("/stripe"), "the webhook arrives")
    event = stripe.Webhook.construct_event(request.body, request.headers["Stripe-Signature"], STRIPE_SECRET)
    assert event.data.object["id"] == made.id
    sandbox.stop()


def test_a_taken_port_is_an_error_not_a_hang(tmp_path: Path, sandbox: Sandbox) -> None:
    second = Sandbox(tmp_path, "http://127.0.0.1:9")
    second._environment["SANDBOX_STRIPE_PORT"] = sandbox.stripe.rsplit(":", 1)[1]
    with pytest.raises(AssertionError, match="cannot start"):
        second.start()
