"""Webhooks: the bytes go to the service that owns the secret, untouched."""

from __future__ import annotations

import base64
from typing import Any

from flask import request

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
