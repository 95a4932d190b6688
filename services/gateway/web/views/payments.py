"""Payments: what came in, and what fits no invoice."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext as _

from libs.common.rpc.client import Call
from services.gateway.api import invoices as api
from services.gateway.api import schemas as s
from services.gateway.api.routing import checked
from services.gateway.web import parts, shell, words
from services.gateway.web.listing import PAGE, given
from services.gateway.web.routing import MONEY, Pages, done, is_part
from services.gateway.web.toasts import Toast

pages = Pages("payments")

_OPEN = 100


@pages.get("/payments", who=MONEY)
def list_payments() -> Any:
    """All payments, newest first; those that fit no invoice can be given one here."""
    filters = given("status")
    page = given("cursor") | {"limit": PAGE}
    checked(s.PaymentFilters, filters | page)
    loose = filters.get("status") == "unmatched"
    open_ones = {"filters": {"status": ["open"]}, "sort": "-created_at", "limit": _OPEN}
    found = parts.ask(
        {
            "payments": Call("billing", "list_payments", {"filters": filters} | page),
            "invoices": Call("billing", "list_invoices", open_ones) if loose else None,
        }
    )
    more = is_part() and "cursor" in page
    show = shell.fragment if more else shell.page
    template = "payments/rows.html" if more else "payments/list.html"
    return show(template, parts=found, filters=filters, statuses=words.PAYMENT_STATUSES)


@pages.post("/payments/<uuid:payment_id>/assign", who=MONEY)
def assign(payment_id: Any) -> Any:
    """Say which invoice a payment is for."""
    made = api.assign_payment(payment_id, checked(s.PaymentAssignment, {"invoice_id": request.form.get("invoice_id")}))
    return done("/payments?status=unmatched", Toast(_("Booked to %(number)s", number=made["invoice_number"])))
