"""PDFs: the same bytes each time, the exact total in their text, and nothing fetched."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdf
import pytest

from libs.common.money import display
from services.billing.adapters.weasyprint import WeasyPrintRenderer
from services.billing.domain import InvoiceLine, totals

PDF = WeasyPrintRenderer()
SELLER = {
    "name": "AMO AI",
    "address": "120 Mercer Street\nNew York",
    "email": "a@b.example",
    "payment_instructions": "",
    "website": "",
}
SARAH = {
    "company_name": "TechCorp Solutions",
    "contact_name": "Sarah Johnson",
    "email": "sarah@techcorp.com",
    "contact_id": "c",
    "address": ["San Francisco, CA"],
}


def view(currency: str = "USD", prices: tuple[int, ...] = (6250000,), tax: str = "0", **more: Any) -> dict[str, Any]:
    lines = [InvoiceLine.of("l", n, f"Work {n + 1}", Decimal("1.000"), price) for n, price in enumerate(prices)]
    sums = totals([line.amount_minor for line in lines], Decimal(0), Decimal(tax))
    return {
        "id": "01920000-0000-7000-8000-000000000001",
        "invoice_number": "INV-2025-001",
        "status": "sent",
        "currency": currency,
        "subtotal_minor": sums.subtotal_minor,
        "discount_minor": sums.discount_minor,
        "tax_minor": sums.tax_minor,
        "amount_minor": sums.amount_minor,
        "discount_percent": Decimal("0.0000"),
        "tax_percent": Decimal(tax),
        "description": "E-commerce AI Chatbot Development - Phase 1",
        "notes": "",
        "issued_on": date(2025, 1, 31),
        "due_date": date(2025, 2, 15),
        "bill_to": SARAH,
        "pay_token": "t",
        "pay_url": "https://crm.example/pay/t",
        "seller": SELLER,
        "lines": [
            {
                "description": line.description,
                "quantity": "1",
                "unit_price_minor": line.unit_price_minor,
                "amount_minor": line.amount_minor,
            }
            for line in lines
        ],
    } | more


def receipt_view(amount: int = 6250000, balance: int = 0) -> dict[str, Any]:
    return {
        "id": "01920000-0000-7000-8000-000000000002",
        "invoice_number": "INV-2025-001",
        "currency": "USD",
        "amount_minor": amount,
        "invoice_amount_minor": amount + balance,
        "balance_minor": balance,
        "method": "stripe",
        "reference": "pi_3MtwBwLkdIwHu7ix28a3tqPa",
        "paid_on": date(2025, 2, 10),
        "description": "Phase 1",
        "issued_on": date(2025, 1, 31),
        "bill_to": SARAH,
        "seller": SELLER,
    }


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def test_an_invoice_shows_what_it_must() -> None:
    shown = text_of(PDF.invoice(view()))
    for needed in ("INV-2025-001", "TechCorp Solutions", "Sarah Johnson", "sarah@techcorp.com", "February 15, 2025"):
        assert needed in shown
    assert "Total $62,500\n" in shown and "https://crm.example/pay/t" in shown and "How to pay" in shown
    offline = " ".join(text_of(PDF.invoice(view(pay_url=None))).split())
    assert "online" not in offline and "Write to a@b.example for our bank details." in offline


def test_a_receipt_shows_what_was_paid() -> None:
    shown = text_of(PDF.receipt(receipt_view()))
    assert "Thank you for your payment of $62,500." in shown and "paid in full" in shown
    assert "pi_3MtwBwLkdIwHu7ix28a3tqPa" in shown and "February 10, 2025" in shown
    part = text_of(PDF.receipt(receipt_view(1250050, 5000000)))
    assert "Thank you for your payment of $12,500.50." in part and "Still to be paid $50,000.00" in part


def test_the_total_is_the_same_in_any_currency() -> None:
    chance = random.Random(20250131)
    for currency in ("USD", "JPY", "BHD", "EUR", "ISK", "INR", "CHF", "KRW"):
        prices = tuple(chance.randrange(1, 10**9) for _ in range(3))
        made = view(currency, prices, tax=str(Decimal(chance.randrange(0, 250000)) / 10000))
        assert f"Total {display(made['amount_minor'], currency)}\n" in text_of(PDF.invoice(made))


_AGAIN = """
import hashlib
from tests.billing.unit.test_pdf import PDF, receipt_view, view
made = PDF.invoice(view(prices=(6250000, 1234), tax="8.875", notes="Thanks")), PDF.receipt(receipt_view())
print(*(hashlib.sha256(each).hexdigest() for each in made))
"""


def test_other_processes_make_the_same_bytes() -> None:
    """Another hash seed, another second, another time zone: nothing of that is in the file."""
    root = Path(__file__).parents[3]
    outputs = {
        subprocess.run(
            [sys.executable, "-c", _AGAIN],
            cwd=root,
            env=os.environ | {"PYTHONHASHSEED": seed, "TZ": zone},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }
    assert len(outputs) == 1 and len(outputs.pop().split()) == 2


def test_texts_from_outside_fetch_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    evil = f'<img src="file://{secret}"><link rel="attachment" href="file://{secret}"><script>1</script>'
    opened: list[object] = []
    monkeypatch.setattr("urllib.request.FileHandler.file_open", lambda *a: opened.append(a))
    made = PDF.invoice(view(description=evil, notes="</style>" + evil, bill_to=SARAH | {"company_name": evil}))
    assert "<img src=" in text_of(made) and b"EmbeddedFile" not in made and not opened

    from weasyprint.urls import URLFetcher

    with pytest.raises(ValueError, match="disallowed"):
        URLFetcher(allowed_protocols={"data"}).fetch(f"file://{secret}")


def test_long_invoices_take_more_pages() -> None:
    made = PDF.invoice(view(prices=tuple(range(1, 121)), notes="word " * 400))
    pages = pypdf.PdfReader(io.BytesIO(made)).pages
    assert len(pages) > 2 and f"Page 2 of {len(pages)}" in pages[1].extract_text()
    assert "UNIT PRICE" in pages[1].extract_text(), "the table's head is on each page"


def test_a_draft_says_so_on_every_page_and_cannot_be_paid() -> None:
    made = PDF.invoice(view(prices=tuple(range(1, 61)), mark="DRAFT"))
    pages = pypdf.PdfReader(io.BytesIO(made)).pages
    assert len(pages) > 1 and all("DRAFT" in page.extract_text() for page in pages)
    assert "crm.example/pay" not in text_of(made) and b"crm.example/pay" not in made
    assert "online" in text_of(made)
    assert "DRAFT" not in text_of(PDF.invoice(view(prices=tuple(range(1, 61)))))


def test_a_draft_may_have_nobody_to_go_to_yet() -> None:
    nobody = {"company_name": "TechCorp", "contact_name": "", "email": "", "address": []}
    assert "TechCorp" in text_of(PDF.invoice(view(bill_to=nobody, mark="DRAFT", pay_url=None)))
