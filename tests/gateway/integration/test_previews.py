"""Looking at invoices before they are sent, and sums of many: what billing is asked, and how its answers leave."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from libs.common.ids import new_id
from libs.common.problems import Conflict, NotFound
from tests.gateway.conftest import problem

INVOICE = new_id()
SUMS = {"subtotal_minor": 2_836, "discount_minor": 284, "tax_minor": 226, "amount_minor": 2_778}


def post(http: Any, headers: dict[str, str], body: str) -> Any:
    headers = headers | {"Content-Type": "application/json"}
    return http.post("/api/v1/invoices/preview", data=body, headers=headers)


def test_figures_go_in_exact_and_come_out_exact(http: Any, bearer: Any, rpc: Any) -> None:
    lines = [{"amount_minor": 2_503}, {"amount_minor": 333}]
    rpc.answers["billing.preview_totals"] = {"currency": "EUR", "lines": lines, **SUMS}
    body = """{"lines": [{"quantity": 2.5, "unit_price": 10.01}, {"description": "More", "unit_price": 3.33}],
               "discount_percent": 10, "tax_percent": 8.875, "currency": "EUR"}"""
    answer = post(http, bearer("sales"), body)
    assert answer.status_code == 200
    assert orjson.loads(answer.data) == {
        "currency": "EUR",
        "lines": [{"amount": 25.03}, {"amount": 3.33}],
        "subtotal": 28.36,
        "discount": 2.84,
        "tax": 2.26,
        "amount": 27.78,
    }
    assert rpc.last("billing.preview_totals").arguments["data"] == {
        "lines": [
            {"description": None, "quantity": "2.5", "unit_price_minor": 1_001},
            {"description": "More", "quantity": "1", "unit_price_minor": 333},
        ],
        "discount_percent": "10",
        "tax_percent": "8.875",
        "currency": "EUR",
    }


def test_an_amount_alone_and_in_the_companys_currency(http: Any, bearer: Any, rpc: Any) -> None:
    rpc.answers["billing.preview_totals"] = {"currency": "USD", "lines": [], **SUMS}
    assert post(http, bearer(), '{"amount": 5.5, "lines": null, "tax_percent": null}').status_code == 200
    assert rpc.last("billing.preview_totals").arguments == {"data": {"amount_minor": 550}}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ('{"amount": 5.555}', "amount"),
        ('{"amount": "5"}', "amount"),
        ('{"lines": []}', "lines"),
        ('{"lines": [{"quantity": 1}]}', "lines.0.unit_price"),
        ('{"lines": [{"unit_price": 1, "quantity": 0}]}', "lines.0.quantity"),
        ('{"amount": 1, "currency": "usd"}', "currency"),
        ('{"amount": 1, "client_id": "x"}', "client_id"),
    ],
)
def test_what_is_no_figure_is_named(http: Any, bearer: Any, rpc: Any, body: str, field: str) -> None:
    problem(post(http, bearer(), body), 422, field)
    assert rpc.asked == []


@pytest.mark.parametrize(("status", "code"), [("making", 202), ("ready", 200), ("failed", 200)])
def test_a_preview_says_how_far_it_is(http: Any, bearer: Any, rpc: Any, runtime: Any, status: str, code: int) -> None:
    is_ready = status == "ready"
    state = {"status": status, "problem": "no" if status == "failed" else None}
    stored = (
        {"key": "previews/secret.pdf", "filename": "INV-1-draft.pdf"} if is_ready else {"key": None, "filename": None}
    )
    rpc.answers["billing.request_preview"] = state | stored
    answer = http.post(f"/api/v1/invoices/{INVOICE}/preview", headers=bearer())
    url = f"{runtime.settings.public_url}/api/v1/invoices/{INVOICE}/preview.pdf"
    shown = state | {"filename": stored["filename"], "pdf_url": url if is_ready else None}
    assert (answer.status_code, answer.json) == (code, shown)
    assert rpc.last("billing.request_preview").arguments == {"invoice_id": INVOICE}


def test_the_pdf_is_behind_a_link(http: Any, bearer: Any, rpc: Any) -> None:
    rpc.answers["billing.preview_link"] = {"url": "https://files/x", "filename": "x", "content_type": "application/pdf"}
    address = f"/api/v1/invoices/{INVOICE}/preview.pdf"
    answer = http.get(address, headers=bearer())
    assert (answer.status_code, answer.headers["Location"]) == (302, "https://files/x")
    for refusal, status in ((Conflict("being made"), 409), (NotFound("no"), 404)):
        rpc.answers["billing.preview_link"] = refusal
        problem(http.get(address, headers=bearer()), status)
    problem(http.get(address), 401)
    problem(http.post(f"/api/v1/invoices/{INVOICE}/preview"), 401)


def test_sums_have_the_lists_filters_and_major_units(http: Any, bearer: Any, rpc: Any) -> None:
    amounts = [{"currency": "JPY", "amount_minor": 700, "paid_minor": 0, "due_minor": 700}]
    rpc.answers["billing.totals"] = {"count": 1, "amounts": amounts}
    query = "status=open&status=draft&from=2025-01-01&due_from=2025-01-02&due_to=2025-01-03&overdue=true"
    answer = http.get(f"/api/v1/invoices/totals?{query}", headers=bearer("finance"))
    assert answer.json == {"count": 1, "amounts": [{"currency": "JPY", "amount": 700, "paid": 0, "due": 700}]}
    assert rpc.last("billing.totals").arguments["filters"] == {
        "status": ["open", "draft"],
        "from": "2025-01-01",
        "due_from": "2025-01-02",
        "due_to": "2025-01-03",
        "overdue": True,
    }
    problem(http.get("/api/v1/invoices/totals?limit=5", headers=bearer()), 422, "limit")
