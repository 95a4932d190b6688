"""Whether money that came in is the money an invoice asked for."""

from __future__ import annotations

from libs.common.money import display
from services.billing.domain.invoice import OPEN, PAID, Invoice
from services.billing.domain.notices import PaymentSucceeded


def misfit(
    invoice: Invoice | None, payment: PaymentSucceeded, asked_minor: int | None, *, expects_live: bool
) -> str | None:
    """Why a payment may not be booked on an invoice by itself; None when it fits.

    asked_minor: what we asked the provider for under this reference; None when we did not make the reference, and
    then it must have asked for what is owed. Less or more may have come in than was asked for: that is booked as it is.
    """
    if payment.livemode != expects_live:
        return "it is a test payment" if expects_live else "it is a live payment, and this system runs in test mode"
    if payment.received_minor <= 0:
        return "it brought no money"
    if invoice is None:
        return "no invoice has its reference"
    if payment.currency != invoice.currency:
        return f"it is in {payment.currency}, and {invoice.invoice_number} in {invoice.currency}"
    if invoice.status == PAID:
        return f"{invoice.invoice_number} is paid already"
    if invoice.status not in OPEN:
        return f"{invoice.invoice_number} is {'void' if invoice.status == 'void' else 'not sent yet'}"
    if payment.asked_minor not in (
        {asked_minor} if asked_minor is not None else {invoice.due_minor, invoice.amount_minor}
    ):
        wanted = display(invoice.due_minor if asked_minor is None else asked_minor, invoice.currency)
        came = display(payment.asked_minor, payment.currency)
        return f"it is a payment of {came}, and {invoice.invoice_number} asks for {wanted}"
    return None
