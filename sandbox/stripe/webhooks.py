"""The signature on Stripe's webhooks: `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body" under the whole secret>`."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable, Mapping


def signer(secret: str) -> Callable[[bytes], Mapping[str, str]]:
    """Headers for a body, signed at the moment of the attempt as Stripe does on every retry."""

    def sign(body: bytes) -> Mapping[str, str]:
        at = int(time.time())
        signature = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        return {
            "Stripe-Signature": f"t={at},v1={signature}",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }

    return sign
