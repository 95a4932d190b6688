"""Writing an invoice: lines whose totals the server works out while they are typed, with the one function of money."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import Response
from flask_babel import gettext as _

from libs.common.problems import Conflict, Invalid, Problem
from libs.common.rpc.client import Call
from services.gateway.api import invoices as api
from services.gateway.api import previews
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.routing import checked
from services.gateway.web import editing, forms, parts, shell
from services.gateway.web.formats import exact, typed_amount
from services.gateway.web.forms import Form
from services.gateway.web.listing import given
from services.gateway.web.routing import Pages, done
from services.gateway.web.toasts import Toast
from services.gateway.web.views.invoices import WRITERS

pages = Pages("invoice_editor")

_CLIENTS = 200
_MOST_LINES = 200
_HEAD: dict[str, forms.Reader] = {
    "currency": forms.text,
    "due_date": forms.text,
    "description": forms.text,
    "notes": forms.text,
}


def decimal(name: str, typed: str) -> Decimal:
    """A quantity or a percentage, in the reader's way of writing."""
    return forms.amount(name, typed.removesuffix("%").strip())


_PERCENT: dict[str, forms.Reader] = {"discount_percent": decimal, "tax_percent": decimal}
_LINE: dict[str, forms.Reader] = {"description": forms.text, "quantity": decimal, "unit_price": forms.amount}


@pages.get("/invoices/new", who=WRITERS)
def new() -> Any:
    """The form for a new invoice; from a deal it begins with the deal's value."""
    chosen = given("client_id", "deal_id")
    values: dict[str, Any] = {"currency": r.gateway().settings.base_currency} | chosen
    if "deal_id" in chosen:
        deal = r.ask("deals", "get_deal", deal_id=chosen["deal_id"])
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
        made = api.create_invoice(checked(s.InvoiceNew, _body(form) | chosen))
    except Problem as problem:
        if not editing.fits(problem):
            raise
        return _editor(form.refused(problem), problem.status)
    return done(f"/invoices/{made['id']}", Toast(_("%(number)s is drafted", number=made["invoice_number"])))


@pages.get("/invoices/<uuid:invoice_id>/edit", who=WRITERS)
def edit(invoice_id: Any) -> Any:
    """The draft as a form."""
    invoice = r.ask("billing", "get_invoice", invoice_id=str(invoice_id))
    if invoice["status"] != "draft":
        raise Conflict(_("This invoice was sent, so it is locked. Void it and write another one."))
    return _editor(_form_of(invoice), invoice=invoice)


@pages.post("/invoices/<uuid:invoice_id>/edit", who=WRITERS)
def save(invoice_id: Any) -> Any:
    """Save the draft; what somebody else saved meanwhile is shown beside what was typed."""
    form, key = forms.sent(), str(invoice_id)
    invoice = r.ask("billing", "get_invoice", invoice_id=key)
    if again := _again(form, invoice):
        return again
    try:
        version = forms.whole("version", form.values.get("version", ""))
        blank = {name: None for name in ("description", "notes") if not form.values.get(name, "").strip()}
        body = _body(form) | dict.fromkeys(blank, "") | {"version": version}
        api.change_invoice(key, checked(s.InvoiceChange, body))
    except Problem as problem:
        if not editing.fits(problem):
            raise
        if isinstance(problem, Conflict) and str(invoice["version"]) != form.values.get("version"):
            form.values["version"] = str(invoice["version"])
            return _editor(form, 409, invoice=invoice, theirs=invoice)
        return _editor(form.refused(problem), problem.status, invoice=invoice)
    return done(f"/invoices/{key}", Toast(_("Saved")))


@pages.post("/invoices/totals", who=WRITERS)
def totals() -> Any:
    """The totals of what was typed so far."""
    form = forms.sent()
    return shell.fragment("invoices/totals.html", totals=_totals(form), form=form)


def _again(form: Form, invoice: dict[str, Any] | None = None) -> Response | None:
    """The form once more, for those without scripts: with another line, without one, or with its totals."""
    count = max((int(name.split(".")[1]) for name in form.values if name.startswith("lines.")), default=-1) + 1
    if "add_line" in form.values:
        form.values[f"lines.{min(count, _MOST_LINES - 1)}.description"] = ""
    elif "remove_line" in form.values:
        gone = f"lines.{form.values['remove_line']}."
        form.values = {name: value for name, value in form.values.items() if not name.startswith(gone)}
    elif "work_out" not in form.values:
        return None
    return _editor(form, invoice=invoice)


def _editor(form: Form, status: int = 200, **shown: Any) -> Response:
    """The form with the clients and the chosen client's deals to choose from."""
    chosen = form.values.get("client_id")
    clients = {"filters": {}, "sort": "company_name", "limit": _CLIENTS}
    deals = {"filters": {"client_id": chosen}, "limit": _CLIENTS}
    found = parts.ask(
        {
            "clients": Call("clients", "list_clients", clients),
            "client": Call("clients", "get_client", {"client_id": chosen}) if chosen else None,
            "deals": Call("deals", "list_deals", deals) if chosen else None,
        }
    )
    offered = [each for each in found["clients"].get("items", []) if each["access"] != "card"]
    one = found.get("client")
    if one and one.value["id"] not in [each["id"] for each in offered]:
        offered.insert(0, one.value)
    rows = _rows(form)
    values = {"form": form, "rows": rows, "parts": found, "clients": offered, "totals": _totals(form), "blank": Form()}
    return shell.page("invoices/editor.html", status, **({"invoice": None, "theirs": None} | values | shown))


def _rows(form: Form) -> list[int]:
    """The numbers of the lines in the form; an empty form has one line."""
    numbers = {int(name.split(".")[1]) for name in form.values if name.startswith("lines.") and name.count(".") == 2}
    return sorted(numbers) or [0]


def _body(form: Form) -> dict[str, Any]:
    """The invoice as the API takes it; lines without any word or price are left out."""
    lines, faults = [], []
    for number in _rows(form):
        typed = {name: form.values.get(f"lines.{number}.{name}", "").strip() for name in _LINE}
        if not typed["description"] and not typed["unit_price"]:
            continue
        for name in ("description", "unit_price"):
            if not typed[name]:
                faults.append({"field": f"lines.{number}.{name}", "message": _("This is needed.")})
        lines.append(
            {name: reader(f"lines.{number}.{name}", typed[name]) for name, reader in _LINE.items() if typed[name]}
        )
    if not lines and not faults:
        faults.append({"field": f"lines.{_rows(form)[0]}.description", "message": _("An invoice needs a line.")})
    if faults:
        problem = Invalid(_("A line is not complete."))
        problem.extra = {"errors": faults}
        raise problem
    head = forms.read(_HEAD, form.values) | forms.read(_PERCENT, form.values)
    return head | {"lines": lines}


def _totals(form: Form) -> dict[str, Any] | None:
    """What the lines add up to, by the server's one function of money; None while they make no sum."""
    try:
        lines = []
        for number in _rows(form):
            typed = {name: form.values.get(f"lines.{number}.{name}", "").strip() for name in ("quantity", "unit_price")}
            if typed["unit_price"]:
                lines.append({name: _LINE[name](name, value) for name, value in typed.items() if value})
        if not lines:
            return None
        head = forms.read({"currency": forms.text} | _PERCENT, form.values)
        return previews.preview_amounts(checked(previews.AmountsToPreview, head | {"lines": lines}))
    except Problem as problem:
        return {"problem": problem.detail}


def _form_of(invoice: dict[str, Any]) -> Form:
    """A draft as it stands in the form."""
    values = {name: invoice[name] or "" for name in ("currency", "due_date", "description", "notes", "client_id")}
    for name in ("discount_percent", "tax_percent"):
        values[name] = "" if invoice[name] == "0" else exact(invoice[name])
    for number, line in enumerate(invoice["lines"]):
        values |= {
            f"lines.{number}.description": line["description"],
            f"lines.{number}.quantity": exact(line["quantity"]),
        }
        values[f"lines.{number}.unit_price"] = typed_amount(line["unit_price_minor"], invoice["currency"])
    return Form(values | {"deal_id": invoice["deal_id"] or "", "version": str(invoice["version"])})
