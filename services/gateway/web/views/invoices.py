"""Invoices as a list, and one of them: its figures, its PDF, sending it, the money it brought."""

from __future__ import annotations

from typing import Any

from flask import Response, request, stream_with_context
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from libs.common.problems import Problem
from libs.common.rpc.client import Call
from services.gateway.api import invoices as api
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.routing import checked
from services.gateway.web import editing, forms, of_segment, parts, shell, words
from services.gateway.web.formats import day
from services.gateway.web.forms import Form
from services.gateway.web.listing import PAGE, Column, Listing, given, listing
from services.gateway.web.routing import MONEY, Pages, done, is_part
from services.gateway.web.toasts import Toast

pages = Pages("invoices")

WRITERS = frozenset({"admin", "sales", "finance"})
NUMBER = Column("invoice_number", _l("Invoice"), "invoice_number")
COLUMNS = (
    Column("client", _l("Client"), "company_name"),
    Column("status", _l("Status")),
    Column("amount", _l("Amount"), "amount", numeric=True),
    Column("paid", _l("Paid"), numeric=True),
    Column("due", _l("Due"), "due_date"),
    Column("mail", _l("Mail")),
    Column("created", _l("Created"), "created_at"),
)
_FILTERS = "q status overdue client_id segment_id deal_id from to due_from due_to paid_from paid_to currency".split()
# Browsers show a PDF in a frame of their own, which an empty policy would forbid.
_PDF_CSP = "default-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
PAYMENT: dict[str, forms.Reader] = {
    "amount": forms.amount,
    "method": forms.text,
    "paid_on": forms.text,
    "reference": forms.text,
}


@pages.get("/invoices")
def list_invoices() -> Any:
    """All invoices a person may see, with what they add up to."""
    filters = given(*_FILTERS)
    if isinstance(filters.get("status"), str):
        filters["status"] = [filters["status"]]
    page = given("sort", "cursor") | {"limit": PAGE}
    query = checked(s.InvoiceFilters, filters | page)
    arguments = s.paged(query.model_dump(mode="json", exclude_unset=True, by_alias=True))
    more = "cursor" in page and is_part()
    found = parts.ask(
        {
            "invoices": Call("billing", "list_invoices", arguments),
            "totals": None if more else Call("billing", "totals", {"filters": arguments["filters"]}),
            "segment": None if more else of_segment.one(query.segment_id),
        }
    )
    template = "invoices/rows.html" if more else "invoices/results.html" if is_part() else "invoices/list.html"
    show = shell.fragment if is_part() else shell.page
    shown: dict[str, Any] = {
        "listing": _listing(found.get("segment")),
        "filters": filters,
        "statuses": words.INVOICE_STATUSES,
    }
    return show(template, parts=found, **shown)


@pages.get("/invoices/<uuid:invoice_id>")
def show(invoice_id: Any) -> Any:
    """One invoice."""
    return _record(str(invoice_id))


@pages.get("/invoices/<uuid:invoice_id>/state")
def state(invoice_id: Any) -> Any:
    """How far the PDF and the mail are."""
    invoice = parts.one("billing", "get_invoice", invoice_id=str(invoice_id))
    tries = forms.whole("tries", request.args.get("tries", "0"))
    response = shell.fragment("invoices/state.html", invoice=invoice, tries=tries)
    if invoice["mail_status"] != "waiting":
        # The rest of the page (its PDF, its mails) has changed with it.
        response.headers["HX-Refresh"] = "true"
    return response


@pages.post("/invoices/<uuid:invoice_id>/send", who=WRITERS)
def send(invoice_id: Any) -> Any:
    """Send it: the PDF is made and mailed; the page tells when the mail left."""
    made = api.send_invoice(invoice_id)
    return done(f"/invoices/{invoice_id}", Toast(_("%(number)s is on its way", number=made["invoice_number"])))


@pages.post("/invoices/<uuid:invoice_id>/void", who=WRITERS)
def void(invoice_id: Any) -> Any:
    """Void it, with the reason; it keeps its number."""
    form = forms.sent()
    try:
        made = api.void_invoice(invoice_id, checked(s.VoidReason, {"reason": form.values.get("reason", "")}))
    except Problem as problem:
        return _refused(str(invoice_id), problem, void=form)
    return done(f"/invoices/{invoice_id}", Toast(_("%(number)s is void", number=made["invoice_number"])))


@pages.post("/invoices/<uuid:invoice_id>/payments", who=MONEY)
def record_payment(invoice_id: Any) -> Any:
    """Record money that came another way than by card."""
    form = forms.sent()
    try:
        body = checked(s.PaymentNew, forms.read(PAYMENT, form.values))
        api.record_payment(invoice_id, body)
    except Problem as problem:
        return _refused(str(invoice_id), problem, payment=form)
    return done(f"/invoices/{invoice_id}", Toast(_("The payment was recorded")))


@pages.post("/invoices/<uuid:invoice_id>/refund", who=MONEY)
def refund(invoice_id: Any) -> Any:
    """Give money back, all of it unless an amount is named."""
    form = forms.sent()
    try:
        body = checked(s.RefundNew, forms.read({"amount": forms.amount}, form.values))
        api.refund_invoice(invoice_id, body)
    except Problem as problem:
        return _refused(str(invoice_id), problem, refund=form)
    return done(f"/invoices/{invoice_id}", Toast(_("The refund is on its way")))


@pages.get("/invoices/<uuid:invoice_id>/preview")
def preview(invoice_id: Any) -> Any:
    """The PDF as it would be sent now; the page waits for it."""
    key = str(invoice_id)
    found = r.ask("billing", "request_preview", invoice_id=key)
    tries = forms.whole("tries", request.args.get("tries", "0"))
    if is_part():
        return shell.fragment("invoices/preview_part.html", found=found, invoice={"id": key}, tries=tries)
    invoice = parts.one("billing", "get_invoice", invoice_id=key)
    return shell.page("invoices/preview.html", found=found, invoice=invoice, tries=tries)


@pages.get("/invoices/<uuid:invoice_id>/preview.pdf")
def preview_pdf(invoice_id: Any) -> Response:
    """The preview's bytes, for the frame that shows them."""
    found = parts.one("billing", "preview_link", invoice_id=str(invoice_id))
    store = r.gateway().object_store
    key, filename, _type = store.opened(found["url"].rsplit("/", 1)[1])
    response = Response(stream_with_context(store.stream(key)), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{filename}"'
    response.headers["Content-Security-Policy"] = (
        "default-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    )
    return response


def _record(key: str, status: int = 200, **shown: Form) -> Response:
    invoice = parts.one("billing", "get_invoice", invoice_id=key)
    draft = invoice["status"] == "draft"
    found = parts.ask(
        {
            "to": Call("clients", "contact_card", {"client_id": invoice["client_id"]}) if draft else None,
            "mails": Call("notifications", "list_emails", {"filters": {"invoice_id": key}, "limit": 10}),
        }
    )
    owed = invoice["amount_minor"] - invoice["paid_minor"]
    blank = {name: Form() for name in ("payment", "void")}
    # Lists of money that is too much lead here with the amount to give back.
    blank["refund"] = Form({"amount": request.args.get("refund", "")[:30]})
    values = {"invoice": invoice, "owed": owed, "parts": found, "tries": 0, "methods": words.METHODS}
    pay_url = f"{r.gateway().settings.public_url}/pay/{invoice['pay_token']}"
    return shell.page("invoices/record.html", status, **values, **(blank | shown), pay_url=pay_url)


def _refused(key: str, problem: Problem, **form: Form) -> Response:
    """The page again, with the form that did not fit, open and filled in."""
    if not editing.fits(problem):
        raise problem
    return _record(key, problem.status, **{name: each.refused(problem) for name, each in form.items()})


def _listing(segment: parts.Part | None) -> Listing:
    labels = {
        "q": (_("Search"), str),
        "status": (_("Status"), words.word),
        "overdue": (_("Overdue"), lambda value: _("yes") if value == "true" else _("no")),
        "client_id": (_("Client"), lambda _id: _("only one")),
        "segment_id": of_segment.chip(segment),
        "deal_id": (_("Deal"), lambda _id: _("only one")),
        "from": (_("Dated from"), day),
        "to": (_("Dated until"), day),
        "due_from": (_("Due from"), day),
        "due_to": (_("Due until"), day),
        "paid_from": (_("Paid from"), day),
        "paid_to": (_("Paid until"), day),
        "currency": (_("Currency"), str),
    }
    return listing("invoices", NUMBER, COLUMNS, labels)
