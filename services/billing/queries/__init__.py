"""Reads: SQL to plain dicts."""

from typing import Any

from services.billing.queries.documents import (
    invoice_for_link,
    invoice_for_public_link,
    invoice_view,
    receipt_view,
)
from services.billing.queries.invoices import client_of_invoice, get_invoice, invoice_document, list_invoices
from services.billing.queries.payments import list_payments, payment_document
from services.billing.queries.public import payable_invoice, public_invoice

Document = dict[str, Any]

__all__ = [
    "Document",
    "client_of_invoice",
    "get_invoice",
    "invoice_document",
    "invoice_for_link",
    "invoice_for_public_link",
    "invoice_view",
    "list_invoices",
    "list_payments",
    "payable_invoice",
    "payment_document",
    "public_invoice",
    "receipt_view",
]
