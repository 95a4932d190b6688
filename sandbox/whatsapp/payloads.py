"""Webhook bodies as Meta builds, escapes and signs them, and phone numbers as WhatsApp knows them."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

Json = dict[str, Any]

BUSINESS_ACCOUNT = "102290129340398"
DISPLAY_NUMBER = "15550783881"


def wa_id(number: str) -> str:
    """A phone number's WhatsApp id: its digits. Mexico has a 1 after the country code, most of Brazil lacks its
    ninth digit, so that what was sent to and what comes back can differ."""
    digits = re.sub(r"\D", "", number)
    if len(digits) == 12 and digits.startswith("52"):
        return "521" + digits[2:]
    if len(digits) == 13 and digits.startswith("55") and int(digits[2:4]) >= 31 and digits[4] == "9":
        return digits[:4] + digits[5:]
    return digits


def envelope(phone_number_id: str, value: Json) -> Json:
    """One change as a whole webhook body."""
    metadata = {"display_phone_number": DISPLAY_NUMBER, "phone_number_id": phone_number_id}
    full = {"messaging_product": "whatsapp", "metadata": metadata, **value}
    change = {"value": full, "field": "messages"}
    return {"object": "whatsapp_business_account", "entry": [{"id": BUSINESS_ACCOUNT, "changes": [change]}]}


def encode(payload: Any) -> bytes:
    r"""Meta's bytes: non-ASCII as \uXXXX in lower case, / as \/, and < % @ as \u003C \u0025 \u0040.

    None of these four stands in JSON outside a string, so replacing them in the text is safe.
    """
    text = json.dumps(payload, ensure_ascii=True, separators=(",", ":"))
    for character, escaped in (("/", "\\/"), ("<", "\\u003C"), ("%", "\\u0025"), ("@", "\\u0040")):
        text = text.replace(character, escaped)
    return text.encode("ascii")


def signer(app_secret: str) -> Callable[[bytes], Mapping[str, str]]:
    """Headers for a body: HMAC-SHA256 of the very bytes under the app's secret."""

    def sign(body: bytes) -> Mapping[str, str]:
        signature = hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()
        return {
            "Content-Type": "application/json",
            "X-Hub-Signature-256": f"sha256={signature}",
            "User-Agent": "facebookexternalua",
        }

    return sign
