"""Payments by Stripe, over its official client."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from libs.common.integrations import CheckFailed
from libs.common.problems import Unavailable
from services.billing.adapters.stripe_amounts import to_stripe
from services.billing.ports import AlreadyPaid, Checkout, PaymentOrder, Refused

if TYPE_CHECKING:
    from stripe import StripeClient
    from stripe.checkout import Session

Answer = TypeVar("Answer")

# A person may be waiting: start_payment is called by the pay page.
_TIMEOUT_SECONDS = 8
_TRY_AGAIN = frozenset({409, 424, 429})


class StripePayments:
    """One Stripe account. ``api_base`` only where a stand-in takes Stripe's place."""

    def __init__(self, key: str, api_base: str = "") -> None:
        self._key, self._api_base = key, api_base
        self._made: StripeClient | None = None

    def open_payment(self, order: PaymentOrder) -> str:
        params: Any = {
            "amount": to_stripe(order.amount_minor, order.currency),
            "currency": order.currency.lower(),
            "description": f"Invoice {order.invoice_number}",
            "metadata": _metadata(order),
            "automatic_payment_methods": {"enabled": True},
        }
        intents = self._client.v1.payment_intents
        return _asked(lambda: intents.create(params, {"idempotency_key": order.key})).id

    def checkout(self, order: PaymentOrder, return_url: str, email: str | None) -> Checkout:
        price = {
            "currency": order.currency.lower(),
            "unit_amount": to_stripe(order.amount_minor, order.currency),
            "product_data": {"name": f"Invoice {order.invoice_number}"},
        }
        params: Any = {
            "mode": "payment",
            "line_items": [{"quantity": 1, "price_data": price}],
            "client_reference_id": order.invoice_id,
            "metadata": _metadata(order),
            "payment_intent_data": {
                "metadata": _metadata(order),
                "description": f"Invoice {order.invoice_number}",
            },
            "success_url": f"{return_url}?paid=1",
            "cancel_url": return_url,
        }
        if email:
            params["customer_email"] = email
        return self._open_page(params, order.key)

    def refund(self, reference: str, amount_minor: int, currency: str, key: str) -> str:
        of = "charge" if reference.startswith(("ch_", "py_")) else "payment_intent"
        params: Any = {of: reference, "amount": to_stripe(amount_minor, currency)}
        return _asked(lambda: self._client.v1.refunds.create(params, {"idempotency_key": key})).id

    def close(self, reference: str) -> None:
        if reference.startswith("cs_"):
            _asked(lambda: self._client.v1.checkout.sessions.expire(reference))
        else:
            _asked(lambda: self._client.v1.payment_intents.cancel(reference))

    def check(self) -> str:
        import stripe

        try:
            balance = self._client.v1.balance.retrieve()
        except stripe.PermissionError:
            return "Stripe knows the key; it may not read the balance, which this check asks for"
        except (stripe.APIConnectionError, stripe.RateLimitError):
            raise CheckFailed("Stripe is not answering") from None
        except stripe.StripeError as error:
            raise CheckFailed(_fault(error)) from None
        return f"Stripe answered, in {'live' if balance.livemode else 'test'} mode"

    def _open_page(self, params: Any, key: str) -> Checkout:
        """The page made under the key, and another where that one has ended."""
        for attempt in range(10):
            page = self._page(params, f"{key}-{attempt}")
            if page.status == "open" and page.url:
                return Checkout(page.id, page.url)
            if page.status == "complete":
                raise AlreadyPaid("this invoice was paid a moment ago; the payment is being booked")
        raise Unavailable("the payment page could not be opened; try again tomorrow")

    def _page(self, params: Any, key: str) -> Session:
        """The page as it is now: the answer to a known key is only the one first given."""
        sessions = self._client.v1.checkout.sessions
        made = _asked(lambda: sessions.create(params, {"idempotency_key": key}))
        return _asked(lambda: sessions.retrieve(made.id))

    @property
    def _client(self) -> StripeClient:
        if self._made is None:
            import stripe

            addresses: Any = {"api": self._api_base} if self._api_base else {}
            self._made = stripe.StripeClient(
                self._key,
                base_addresses=addresses,
                http_client=stripe.RequestsClient(timeout=_TIMEOUT_SECONDS),
                max_network_retries=0,
            )
        return self._made


def _asked(question: Callable[[], Answer]) -> Answer:
    """Stripe's answer; Unavailable for what may pass, Refused for what will not."""
    import stripe

    try:
        return question()
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise Unavailable("Stripe is not answering; try again in a moment") from error
    except stripe.StripeError as error:
        status = error.http_status or 500
        if status >= 500 or status in _TRY_AGAIN:
            raise Unavailable("Stripe could not do this now; try again in a moment") from error
        raise Refused(_reason(error)) from error


def _reason(error: Any) -> str:
    if error.http_status in (401, 403):
        # Stripe's own text quotes the key.
        return "Stripe does not accept this system's key"
    return f"Stripe said: {error.user_message or 'no'}"


def _fault(error: Any) -> str:
    """Why a check failed; Stripe's own words may quote the key."""
    if error.http_status == 401:
        return "Stripe does not accept this system's key"
    return f"Stripe answered with an error ({error.http_status or 'unreadable'})"


def _metadata(order: PaymentOrder) -> dict[str, str]:
    return {"invoice_id": order.invoice_id, "invoice_number": order.invoice_number}
