"""Reads: SQL to plain dicts."""

from typing import Any

from services.billing.queries.documents import (
    invoice_for_link,
    invoice_for_public_link,
    invoice_view,
    receipt_view,
    seller_now,
)
from services.billing.queries.finding import quick_find, totals
from services.billing.queries.integrations import integration_status
from services.billing.queries.invoices import client_of_invoice, get_invoice, invoice_document, list_invoices
from services.billing.queries.payments import list_payments, payment_document
from services.billing.queries.previews import (
    draft_preview,
    issued_preview,
    preview_for_link,
    preview_subject,
    preview_view,
)
from services.billing.queries.public import payable_invoice, public_invoice
from services.billing.queries.receivables import payment_time, receivables
from services.billing.queries.summary import summary

Document = dict[str, Any]

__all__ = [
    "Document",
    "client_of_invoice",
    "draft_preview",
    "get_invoice",
    "integration_status",
    "invoice_document",
    "invoice_for_link",
    "invoice_for_public_link",
    "invoice_view",
    "issued_preview",
    "list_invoices",
    "list_payments",
    "payable_invoice",
    "payment_document",
    "payment_time",
    "preview_for_link",
    "preview_subject",
    "preview_view",
    "public_invoice",
    "quick_find",
    "receipt_view",
    "receivables",
    "seller_now",
    "summary",
    "totals",
]
