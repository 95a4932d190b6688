"""One invoice's PDF by our renderer against WeasyPrint alone on the same page."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from stack.driver import Crm

ROUNDS = 15


def run(_crm: Crm) -> Iterator[dict[str, Any]]:
    from weasyprint import HTML

    from services.billing.adapters.weasyprint import WeasyPrintRenderer

    renderer, view = WeasyPrintRenderer(), _view()
    pages: list[str] = []
    real = renderer._page

    def keep(template: str, **values: Any) -> str:
        pages.append(real(template, **values))
        return pages[-1]

    renderer._page = keep  # type: ignore[method-assign]  # to have the very page for the comparison
    renderer.invoice(view)
    ours = _best(lambda: renderer.invoice(view))
    alone = _best(lambda: HTML(string=pages[0]).write_pdf())
    yield {"figure": "invoice pdf", "ms": round(ours * 1000, 1), "weasyprint_alone_ms": round(alone * 1000, 1)}
    yield {"figure": "ratio", "ours_to_weasyprint": round(ours / alone, 3)}


def _best(make: Callable[[], Any]) -> float:
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        make()
        times.append(time.perf_counter() - started)
    return min(times)


def _view() -> dict[str, Any]:
    line = {"description": "Development", "quantity": Decimal(2), "unit_price_minor": 150000, "amount_minor": 300000}
    return {
        "id": "01920000-0000-7000-8000-000000000001", "invoice_number": "INV-2026-001", "status": "sent",
        "currency": "USD", "subtotal_minor": 1500000, "discount_minor": 0, "tax_minor": 0, "amount_minor": 1500000,
        "discount_percent": Decimal(0), "tax_percent": Decimal(0), "description": "Phase 1", "notes": "",
        "issued_on": date(2026, 1, 5), "due_date": date(2026, 1, 19), "lines": [line] * 5, "pay_token": "token",
        "pay_url": "https://example.test/pay/token", "paid_minor": 0, "balance_minor": 1500000,
        "bill_to": {"company_name": "TechCorp", "contact_name": "Sarah Johnson", "email": "sarah@example.test",
                    "address": "", "city": "", "state": "", "country": ""},
        "seller": {"name": "AMO AI", "address": "1 Main Street", "email": "billing@example.test",
                   "payment_instructions": "By transfer.", "website": ""},
    }  # fmt: skip
