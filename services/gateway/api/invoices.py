"""Invoices and payments."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Protocol

from flask import Response, redirect

from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.routing import ANYBODY, Routes

routes = Routes("invoices")


@routes.route("GET", "/invoices", query=s.InvoiceFilters, answers=d.ListOf[d.InvoiceDocument])
def list_invoices(query: s.InvoiceFilters) -> dict[str, Any]:
    """Invoices you may see."""
    page = r.ask("billing", "list_invoices", **s.paged(filters_of(query)))
    return page | {"items": [_with_url(invoice) for invoice in page["items"]]}


@routes.route("POST", "/invoices", body=s.InvoiceNew, answers={201: d.InvoiceDocument})
def create_invoice(body: s.InvoiceNew) -> dict[str, Any]:
    """Draft an invoice: an `amount`, or `lines`, of which the amount is worked out."""
    return _with_url(r.ask("billing", "create_invoice", data=exact(body, body.currency)))


@routes.route("GET", "/invoices/<uuid:invoice_id>", answers=d.InvoiceDocument)
def get_invoice(invoice_id: Any) -> dict[str, Any]:
    """One invoice with its lines and payments."""
    return _with_url(r.ask("billing", "get_invoice", invoice_id=str(invoice_id)))


@routes.route("PATCH", "/invoices/<uuid:invoice_id>", body=s.InvoiceChange, answers=d.InvoiceDocument)
def change_invoice(invoice_id: Any, body: s.InvoiceChange) -> dict[str, Any]:
    """Change a draft. An invoice that was sent is locked."""
    currency = body.currency
    if currency is None and (body.amount is not None or body.lines):
        currency = r.ask("billing", "get_invoice", invoice_id=str(invoice_id))["currency"]
    changes = exact(body, currency)
    version = changes.pop("version", None)
    return _with_url(r.ask("billing", "update_invoice", invoice_id=str(invoice_id), changes=changes, version=version))


@routes.route("POST", "/invoices/<uuid:invoice_id>/send", answers=d.InvoiceDocument)
def send_invoice(invoice_id: Any) -> dict[str, Any]:
    """Send a draft: its PDF is made and mailed to the client's primary contact; `mail_status` tells when it left."""
    return _with_url(r.ask("billing", "send_invoice", invoice_id=str(invoice_id)))


@routes.route("POST", "/invoices/<uuid:invoice_id>/void", body=s.VoidReason, answers=d.InvoiceDocument)
def void_invoice(invoice_id: Any, body: s.VoidReason) -> dict[str, Any]:
    """Void an invoice; it keeps its number."""
    return _with_url(r.ask("billing", "void_invoice", invoice_id=str(invoice_id), reason=body.reason))


@routes.route("POST", "/invoices/<uuid:invoice_id>/payments", body=s.PaymentNew, answers={201: d.InvoiceDocument})
def record_payment(invoice_id: Any, body: s.PaymentNew) -> dict[str, Any]:
    """Record a payment that came another way than by card, in the invoice's currency."""
    given = body.given()
    currency = given.pop("currency", None) or r.ask("billing", "get_invoice", invoice_id=str(invoice_id))["currency"]
    data = s.minor(given | {"amount": body.amount, "method": body.method}, currency, "amount")
    return _with_url(r.ask("billing", "record_payment", invoice_id=str(invoice_id), data=data))


@routes.route("POST", "/invoices/<uuid:invoice_id>/refund", body=s.RefundNew, answers=d.InvoiceDocument)
def refund_invoice(invoice_id: Any, body: s.RefundNew) -> dict[str, Any]:
    """Give back what was paid, or a part of it."""
    amount = None
    if body.amount is not None:
        currency = r.ask("billing", "get_invoice", invoice_id=str(invoice_id))["currency"]
        amount = s.minor({"amount": body.amount}, currency, "amount")["amount_minor"]
    return _with_url(r.ask("billing", "refund_payment", invoice_id=str(invoice_id), amount_minor=amount))


@routes.route("GET", "/invoices/<uuid:invoice_id>/pdf", answers={302: None}, refusals=(409,))
def invoice_pdf(invoice_id: Any) -> Response:
    """The invoice's PDF: answers with a link that is good for five minutes."""
    found = r.ask("billing", "invoice_link", invoice_id=str(invoice_id))
    return redirect(found["url"])  # type: ignore[return-value]  # werkzeug's response is Flask's here


@routes.route("GET", "/payments", query=s.PaymentFilters, answers=d.ListOf[d.PaymentDocument])
def list_payments(query: s.PaymentFilters) -> dict[str, Any]:
    """Payments; `status=unmatched` are those that somebody has to look at."""
    arguments = s.paged(query.given())
    return r.ask("billing", "list_payments", **arguments)


@routes.route("POST", "/payments/<uuid:payment_id>/assign", body=s.PaymentAssignment, answers=d.PaymentDocument)
def assign_payment(payment_id: Any, body: s.PaymentAssignment) -> dict[str, Any]:
    """Say which invoice an unmatched payment is for."""
    return r.ask("billing", "assign_payment", payment_id=str(payment_id), invoice_id=body.invoice_id)


@routes.route("GET", "/pay/<token>", who=ANYBODY, answers=d.PublicInvoice)
def public_invoice(token: str) -> dict[str, Any]:
    """What the holder of a payment link sees of the invoice."""
    return r.ask("billing", "public_invoice", token=token)


@routes.route("GET", "/pay/<token>/pdf", who=ANYBODY, answers={302: None}, refusals=(409,))
def public_invoice_pdf(token: str) -> Response:
    """The PDF, for the holder of a payment link."""
    found = r.ask("billing", "public_invoice_link", token=token)
    return redirect(found["url"])  # type: ignore[return-value]  # werkzeug's response is Flask's here


@routes.route("POST", "/pay/<token>", who=ANYBODY, answers=d.Done)
def start_payment(token: str) -> dict[str, Any]:
    """Begin to pay by card: `url` is the payment provider's page."""
    return r.ask("billing", "start_payment", token=token)


class Priced(Protocol):
    """A body with an invoice's amounts; the lines have a ``unit_price``."""

    @property
    def amount(self) -> Decimal | None: ...

    @property
    def lines(self) -> Sequence[Any] | None: ...

    def given(self) -> dict[str, Any]: ...


def exact(body: Priced, currency: str | None) -> dict[str, Any]:
    """The body with its amounts in minor units of the currency, the company's own where none is given."""
    currency = currency or r.gateway().settings.base_currency
    given = body.given()
    if body.amount is not None:
        given = s.minor(given | {"amount": body.amount}, currency, "amount")
    if body.lines is not None:
        lines = [line.model_dump(mode="json") | {"unit_price": line.unit_price} for line in body.lines]
        given["lines"] = [
            s.minor(line, currency, "unit_price", at=f"lines.{number}.") for number, line in enumerate(lines)
        ]
    return given


def filters_of(query: s.InvoiceSelection) -> dict[str, Any]:
    """The parameters that were given, under the names they have in the address."""
    return query.model_dump(mode="json", exclude_unset=True, by_alias=True)


def _with_url(invoice: dict[str, Any]) -> dict[str, Any]:
    """Where the PDF is fetched; the object store's own links are made when somebody asks."""
    path = f"/api/v1/invoices/{invoice['id']}/pdf"
    return invoice | {"pdf_url": f"{r.gateway().settings.public_url}{path}" if invoice.get("pdf_key") else None}
