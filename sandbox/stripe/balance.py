"""/v1/balance: what charges brought less what went back. None of it is paid out, so all of it is pending."""

from __future__ import annotations

from sandbox.stripe.call import Call
from sandbox.stripe.params import Params
from sandbox.stripe.store import Json


def retrieve(call: Call, params: Params) -> Json:
    """GET /v1/balance"""
    params.only()
    sums: dict[str, int] = {"usd": 0}
    for charge in call.objects.all("charge"):
        if charge["paid"]:
            left = int(charge["amount_captured"]) - int(charge["amount_refunded"])
            sums[charge["currency"]] = sums.get(charge["currency"], 0) + left
    return {
        "object": "balance",
        "available": [_fund(0, currency) for currency in sums],
        "livemode": False,
        "pending": [_fund(amount, currency) for currency, amount in sums.items()],
    }


def _fund(amount: int, currency: str) -> Json:
    return {"amount": amount, "currency": currency, "source_types": {"card": amount}}
