"""Pages for people without an account: paying an invoice."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, send_from_directory

from libs.common.money import display
from libs.common.problems import Problem
from services.gateway.api import requests as r

pages = Blueprint("pages", __name__, template_folder="templates")

_CSP = "default-src 'none'; style-src 'self'; img-src 'self'; form-action *; base-uri 'none'; frame-ancestors 'none'"


@pages.get("/")
def home() -> Any:
    """Where people who open the bare address are led."""
    return redirect("/docs")


@pages.get("/pay/<token>")
def pay(token: str) -> Response:
    """The invoice a payment link leads to, and a button to pay it."""
    try:
        invoice = r.ask("billing", "public_invoice", token=token)
    except Problem as problem:
        return _page("problem.html", problem.status, problem=problem)
    owed = display(invoice["amount_minor"] - invoice.get("paid_minor", 0), invoice["currency"])
    due = date.fromisoformat(invoice["due_date"]) if invoice.get("due_date") else None
    return _page("pay.html", 200, invoice=invoice, token=token, owed=owed, due=due)


@pages.post("/pay/<token>")
def begin_payment(token: str) -> Any:
    """Lead to the payment provider's page."""
    try:
        return redirect(r.ask("billing", "start_payment", token=token)["url"], 303)
    except Problem as problem:
        return _page("problem.html", problem.status, problem=problem)


@pages.get("/assets/<path:name>")
def asset(name: str) -> Response:
    """Our own style sheets and pictures."""
    response = send_from_directory("web/static", name, max_age=3600)
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def _page(template: str, status: int, **values: Any) -> Response:
    company = r.gateway().settings.company_name
    response = make_response(render_template(template, company=company, **values), status)
    response.headers["Content-Security-Policy"] = _CSP
    return response
