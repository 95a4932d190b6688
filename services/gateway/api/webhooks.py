"""Webhooks: the bytes go to the service that owns the secret, untouched."""

from __future__ import annotations

import base64
from typing import Any

from flask import Response, request

from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api.routing import ANYBODY, Routes

routes = Routes("webhooks")


@routes.route("POST", "/webhooks/stripe", who=ANYBODY, body_type="application/octet-stream", answers=d.Done)
def stripe() -> dict[str, Any]:
    """Take a Stripe event: verified over the bytes as they came, kept once, applied afterwards."""
    body = base64.b64encode(request.get_data(cache=False)).decode()
    signature = request.headers.get("Stripe-Signature", "")
    return r.ask("billing", "stripe_webhook", body_base64=body, signature=signature)


@routes.route("GET", "/webhooks/whatsapp", who=ANYBODY, answers={200: None}, refusals=(403,), content_type="text/plain")
def whatsapp_handshake() -> Response:
    """Answer WhatsApp's handshake: the bare challenge, for who knows the token that was agreed on."""
    given = request.args.get
    found = r.ask(
        "notifications",
        "whatsapp_verify",
        mode=given("hub.mode", ""),
        token=given("hub.verify_token", ""),
        challenge=given("hub.challenge", ""),
    )
    return Response(found["challenge"], content_type="text/plain; charset=utf-8")


@routes.route(
    "POST",
    "/webhooks/whatsapp",
    who=ANYBODY,
    body_type="application/octet-stream",
    answers=d.Done,
    refusals=(403,),
)
def whatsapp() -> dict[str, Any]:
    """Take a delivery of WhatsApp's: verified over the bytes as they came, kept once, applied afterwards."""
    body = base64.b64encode(request.get_data(cache=False)).decode()
    # The older X-Hub-Signature (SHA-1) is not enough.
    signature = request.headers.get("X-Hub-Signature-256", "")
    return r.ask("notifications", "whatsapp_webhook", body_base64=body, signature=signature)
