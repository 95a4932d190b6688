"""Writing an invoice: lines whose totals the server works out while they are typed, with the one function of money."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_babel import gettext as _

from libs.common.problems import Conflict, Problem
from libs.common.rpc.client import Call
from services.gateway.api import invoices as api
from services.gateway.api import previews
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.routing import checked
from services.gateway.web import editing, forms, parts, picking, shell
from services.gateway.web.formats import typed_amount
from services.gateway.web.forms import Form
from services.gateway.web.invoice_forms import LINE, MOST_LINES, PERCENT, body, form_of, merge, rows, spread
from services.gateway.web.listing import given
from services.gateway.web.parts import Part
from services.gateway.web.routing import Pages, done
from services.gateway.web.toasts import Toast
from services.gateway.web.views.invoices import WRITERS

pages = Pages("invoice_editor")

_DEALS = 200


@pages.get("/invoices/new", who=WRITERS)
def new() -> Any:
    """The form for a new invoice; from a deal it begins with the deal's value."""
    chosen = given("client_id", "deal_id")
    values: dict[str, Any] = {"currency": r.gateway().settings.base_currency} | chosen
    if "deal_id" in chosen:
        deal = parts.one("deals", "get_deal", deal_id=chosen["deal_id"])
        values |= {"client_id": deal["client_id"], "currency": deal["currency"], "lines.0.quantity": "1"}
        values |= {"lines.0.description": deal["deal_name"]}
        values |= {"lines.0.unit_price": typed_amount(deal["deal_value_minor"], deal["currency"])}
    return _editor(Form(values))


@pages.post("/invoices/new", who=WRITERS)
def create() -> Any:
    """Draft the invoice, unless only another line or the totals were asked for."""
    form = forms.sent()
    if again := _again(form):
        return again
    try:
        chosen = forms.read({"client_id": forms.text, "deal_id": forms.text}, form.values)
        made = api.create_invoice(checked(s.InvoiceNew, body(form) | chosen))
    except Problem as problem:
        if not editing.fits(problem):
            raise
        return _editor(form.refused(problem), problem.status)
    return done(f"/invoices/{made['id']}", Toast(_("%(number)s is drafted", number=made["invoice_number"])))


@pages.get("/invoices/<uuid:invoice_id>/edit", who=WRITERS)
def edit(invoice_id: Any) -> Any:
    """The draft as a form."""
    invoice = parts.one("billing", "get_invoice", invoice_id=str(invoice_id))
    if invoice["status"] != "draft":
        raise Conflict(_("This invoice was sent, so it is locked. Void it and write another one."))
    return _editor(form_of(invoice), invoice=invoice)


@pages.post("/invoices/<uuid:invoice_id>/edit", who=WRITERS)
def save(invoice_id: Any) -> Any:
    """Save the draft; where somebody else saved meanwhile, show both versions field by field."""
    form, key = spread(forms.sent()), str(invoice_id)
    invoice = parts.one("billing", "get_invoice", invoice_id=key)
    if again := _again(form, invoice):
        return again
    try:
        if invoice["status"] != "draft":
            raise Conflict(_("This invoice was sent meanwhile, so it is locked. What you typed is below."))
        if form.values.get("version") != str(invoice["version"]):
            merged = merge(form, invoice)
            if merged.clashes:
                shown = {"merge": merged, "form": form, "action": f"/invoices/{key}/edit", "back": f"/invoices/{key}"}
                return shell.page("conflict.html", 409, **shown)
            form.values |= merged.merged | {"version": str(merged.version)}
            spread(form)
        api.change_invoice(key, checked(s.InvoiceChange, _change(form)))
    except Problem as problem:
        if not editing.fits(problem):
            raise
        return _editor(form.refused(problem), problem.status, invoice=invoice)
    return done(f"/invoices/{key}", Toast(_("Saved")))


@pages.post("/invoices/totals", who=WRITERS)
def totals() -> Any:
    """The totals of what was typed so far."""
    form = forms.sent()
    return shell.fragment("invoices/totals.html", totals=_totals(form), form=form)


def _change(form: Form) -> dict[str, Any]:
    """The draft as the API takes a change of it: an emptied text is told as empty."""
    emptied = [name for name in ("description", "notes") if not form.values.get(name, "").strip()]
    return body(form) | dict.fromkeys(emptied, "") | {"version": forms.whole("version", form.values["version"])}


def _again(form: Form, invoice: dict[str, Any] | None = None) -> Response | None:
    """The form once more, for those without scripts: with another line, without one, or with its totals."""
    count = rows(form)[-1] + 1
    if "add_line" in form.values:
        form.values[f"lines.{min(count, MOST_LINES - 1)}.description"] = ""
    elif "remove_line" in form.values:
        gone = f"lines.{form.values['remove_line']}."
        form.values = {name: value for name, value in form.values.items() if not name.startswith(gone)}
    elif "work_out" not in form.values and "find" not in form.values:
        return None
    return _editor(form, invoice=invoice)


def _editor(form: Form, status: int = 200, invoice: dict[str, Any] | None = None) -> Response:
    """The form with clients to choose from, and the chosen client's deals."""
    client_id, typed = form.values.get("client_id"), form.values.get(picking.SEARCH_FIELD, "")
    deals = {"filters": {"client_id": client_id}, "limit": _DEALS}
    found = parts.ask(
        {
            "clients": None if invoice else picking.offered(typed),
            "client": None if invoice else picking.chosen(client_id),
            "deals": Call("deals", "list_deals", deals) if client_id and not invoice else None,
        }
    )
    picked = picking.choices(found.get("clients", Part("clients", {})), found.get("client"))
    shown = {"form": form, "rows": rows(form), "parts": found, "totals": _totals(form), "blank": Form()}
    return shell.page("invoices/editor.html", status, invoice=invoice, **shown, **picked)


def _totals(form: Form) -> dict[str, Any] | None:
    """What the lines add up to, by the server's one function of money; None while they make no sum."""
    try:
        lines = []
        for number in rows(form):
            typed = {name: form.values.get(f"lines.{number}.{name}", "").strip() for name in ("quantity", "unit_price")}
            if typed["unit_price"]:
                lines.append({name: LINE[name](name, value) for name, value in typed.items() if value})
        if not lines:
            return None
        head = forms.read({"currency": forms.text} | PERCENT, form.values)
        return previews.preview_amounts(checked(previews.AmountsToPreview, head | {"lines": lines}))
    except Problem as problem:
        return {"problem": problem.detail}
