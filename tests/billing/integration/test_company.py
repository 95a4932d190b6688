"""Who we are on invoices: as it is now on what is to be sent, as it was on what was."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pypdf
import pytest

from libs.common.problems import Unavailable
from services.billing import queries, settings
from services.billing.adapters.weasyprint import WeasyPrintRenderer
from services.billing.events import CompanyChanged
from tests.billing.harness import Billing
from tests.billing.stripe_messages import intent_succeeded
from tests.support.actors import system

STUDIO = {
    "name": "AMO Studio",
    "address": "120 Mercer Street\nNew York",
    "email": "studio@amoai.example",
    "payment_instructions": "IBAN DE02 1203",
    "website": "https://studio.example",
}


def become(billing: Billing, version: int = 1, **changes: Any) -> None:
    billing.deliver(CompanyChanged(**STUDIO | changes, version=version), version)


def seller(billing: Billing, invoice_id: str) -> dict[str, Any]:
    with billing.runtime.database.read() as session:
        view = queries.invoice_view(session, invoice_id)
    assert view is not None
    found: dict[str, Any] = view["seller"]
    return found


def pay_page(billing: Billing, invoice: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = billing.as_(system("gateway")).public_invoice(token=invoice["pay_token"])
    return found


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def test_until_it_is_told_the_environment_says_who_we_are(billing: Billing, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"company_address": "1 Main Street\\nAustin", "payment_instructions": "By transfer."}
    changed = settings.current().model_copy(update=said)
    monkeypatch.setattr(settings, "current", lambda: changed)
    invoice = billing.sent()
    shown = seller(billing, invoice["id"])
    assert (shown["name"], shown["address"], shown["website"]) == ("AMO AI", "1 Main Street\nAustin", "")
    page = pay_page(billing, invoice)
    assert (page["seller"], page["payment_instructions"]) == ("AMO AI", "By transfer.")


def test_drafts_follow_the_company_and_sent_ones_do_not(billing: Billing) -> None:
    draft, sent = billing.invoice(), billing.sent()
    become(billing)
    assert seller(billing, draft["id"]) == STUDIO
    assert seller(billing, sent["id"])["name"] == "AMO AI"
    later = billing.sent()
    become(billing, version=2, name="AMO Works")
    assert seller(billing, later["id"]) == STUDIO


def test_the_newest_version_wins(billing: Billing) -> None:
    become(billing, version=3, name="Third")
    become(billing, version=2, name="Second")
    become(billing, version=3, name="Third again")
    assert seller(billing, billing.invoice()["id"])["name"] == "Third"
    assert billing.count("company") == 1


def test_the_pay_page_shows_who_we_are_now(billing: Billing) -> None:
    invoice = billing.sent()
    become(billing)
    page = pay_page(billing, invoice)
    assert page["seller"] == "AMO Studio" and page["seller_email"] == "studio@amoai.example"
    assert (page["payment_instructions"], page["seller_website"]) == ("IBAN DE02 1203", "https://studio.example")


def test_a_receipt_is_of_whom_the_invoice_was(billing: Billing) -> None:
    become(billing)
    invoice = billing.sent()
    become(billing, version=2, name="AMO Works")
    billing.webhook(intent_succeeded(invoice["payment_reference"], invoice["amount_minor"]))
    billing.run_jobs()
    assert billing.pdf.rendered[-1]["seller"] == STUDIO


def test_an_invoice_sent_once_more_is_the_same(billing: Billing) -> None:
    billing.documents.trouble = [Unavailable("no room")]
    become(billing)
    invoice_id = billing.invoice()["id"]
    billing.finance.send_invoice(invoice_id=invoice_id)
    billing.run_jobs()
    billing.sql("UPDATE invoices SET mail_status = 'failed'")
    become(billing, version=2, name="AMO Works")
    billing.finance.send_invoice(invoice_id=invoice_id)
    billing.run_jobs()
    assert seller(billing, invoice_id) == STUDIO


def test_invoices_from_before_keep_the_environments_words_to_the_letter(
    billing: Billing, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = settings.current().model_copy(update={"company_address": "1 Main Street\\nAustin"})
    monkeypatch.setattr(settings, "current", lambda: changed)
    invoice = billing.sent()
    billing.sql("UPDATE invoices SET seller = NULL")
    become(billing)
    shown = seller(billing, invoice["id"])
    assert (shown["name"], shown["address"]) == ("AMO AI", "1 Main Street\\nAustin")


def test_a_pdf_is_the_same_to_the_byte_after_the_company_changed(billing: Billing) -> None:
    renderer = WeasyPrintRenderer()
    billing.outside = replace(billing.outside, pdf=renderer)
    become(billing)
    invoice = billing.sent()
    first = billing.documents.kept[invoice["pdf_key"]]
    become(billing, version=2, name="AMO Works", website="")
    with billing.runtime.database.read() as session:
        view = queries.invoice_view(session, invoice["id"])
    assert view is not None
    again = renderer.invoice(view | {"pay_url": billing.outside.pay_url(invoice["pay_token"])})
    assert again == first
    shown = text_of(first)
    for words in ("AMO Studio", "New York", "studio@amoai.example", "https://studio.example", "IBAN DE02 1203"):
        assert words in shown
