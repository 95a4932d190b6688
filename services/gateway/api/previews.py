"""Looking at an invoice before it is sent: its figures while they are typed, its PDF; and many invoices as sums."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from flask import Response, g, redirect
from pydantic import Field

from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.invoices import exact, filters_of
from services.gateway.api.routing import Routes
from services.gateway.api.values import Amount, Body, Currency, Line, Percent, Quantity

routes = Routes("invoice previews")


class PreviewLine(Body):
    """A line as far as it was typed: it need not be described yet."""

    description: Line | None = None
    # The document's default is a number, too: pydantic would write a Decimal as text.
    quantity: Annotated[Quantity, Field(json_schema_extra={"default": 1})] = Decimal(1)
    unit_price: Amount


class AmountsToPreview(Body):
    amount: Amount | None = None
    lines: Annotated[list[PreviewLine], Field(min_length=1, max_length=200)] | None = None
    discount_percent: Percent | None = None
    tax_percent: Percent | None = None
    currency: Currency | None = None


class LineAmount(d.Document):
    amount: d.MoneyNumber


class PreviewedAmounts(d.Document):
    currency: str
    lines: list[LineAmount]
    subtotal: d.MoneyNumber
    discount: d.MoneyNumber
    tax: d.MoneyNumber
    amount: d.MoneyNumber


class PreviewState(d.Document):
    """``pdf_url`` is there once it is ready, ``problem`` where it could not be made."""

    status: Literal["ready", "making", "failed"]
    filename: str | None
    problem: str | None
    pdf_url: str | None


class Amounts(d.Document):
    currency: str
    amount: d.MoneyNumber
    paid: d.MoneyNumber
    due: d.MoneyNumber


class InvoiceTotals(d.Document):
    """``due`` is what sent and partially paid invoices still ask for."""

    count: int
    amounts: list[Amounts]


@routes.route("GET", "/invoices/totals", query=s.InvoiceSelection, answers=InvoiceTotals)
def invoice_totals(query: s.InvoiceSelection) -> dict[str, Any]:
    """How many invoices fit, and what they ask for together, a figure for each currency."""
    return r.ask("billing", "totals", filters=filters_of(query))


@routes.route("POST", "/invoices/preview", body=AmountsToPreview, answers=PreviewedAmounts)
def preview_amounts(body: AmountsToPreview) -> dict[str, Any]:
    """What an invoice with this amount, or these lines, would ask for. Nothing is written."""
    data = exact(body, body.currency)
    return r.ask("billing", "preview_totals", data={name: value for name, value in data.items() if value is not None})


@routes.route("POST", "/invoices/<uuid:invoice_id>/preview", answers={200: PreviewState, 202: PreviewState})
def request_preview(invoice_id: Any) -> dict[str, Any]:
    """Have the PDF of an invoice made as it is now, a draft's with a mark; 202 while it is being made.

    Ask again until it is ready or failed; one version is made once. What was sent is its own preview.
    """
    found = r.ask("billing", "request_preview", invoice_id=str(invoice_id))
    ready = found["status"] == "ready"
    g.status = 202 if found["status"] == "making" else 200
    url = f"{r.gateway().settings.public_url}/api/v1/invoices/{invoice_id}/preview.pdf" if ready else None
    return {name: found[name] for name in ("status", "filename", "problem")} | {"pdf_url": url}


@routes.route("GET", "/invoices/<uuid:invoice_id>/preview.pdf", answers={302: None}, refusals=(409,))
def preview_pdf(invoice_id: Any) -> Response:
    """The PDF that was asked for: answers with a link that is good for five minutes; 409 while there is none."""
    found = r.ask("billing", "preview_link", invoice_id=str(invoice_id))
    return redirect(found["url"])  # type: ignore[return-value]  # werkzeug's response is Flask's here
