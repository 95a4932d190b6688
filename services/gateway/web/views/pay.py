"""The page a payment link leads to: what is owed, the PDF, and a button to pay."""

from __future__ import annotations

from typing import Any

from flask import redirect, request

from libs.common.problems import Problem
from services.gateway.api import requests as r
from services.gateway.web import parts, shell
from services.gateway.web.routing import Pages

pages = Pages("pay")

# The form leads to the payment provider's page, wherever that is.
_CSP = shell.CSP.replace("form-action 'self'", "form-action *")


@pages.get("/pay/<token>", who=None)
def pay(token: str) -> Any:
    """The invoice as its client sees it."""
    try:
        invoice = parts.one("billing", "public_invoice", token=token)
    except Problem as problem:
        return shell.page("public/pay_problem.html", problem.status, problem=problem)
    # Back from the provider's page: its word comes to us a moment later, and nobody should pay twice meanwhile.
    confirming = "paid" in request.args and invoice["can_pay_online"]
    return shell.dressed(shell.page("public/pay.html", invoice=invoice, token=token, confirming=confirming), _CSP)


@pages.post("/pay/<token>", who=None)
def begin_payment(token: str) -> Any:
    """Lead to the payment provider's page."""
    try:
        return redirect(r.ask("billing", "start_payment", token=token)["url"], 303)
    except Problem as problem:
        return shell.page("public/pay_problem.html", problem.status, problem=problem)
