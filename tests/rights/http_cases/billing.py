"""The operations of invoices and payments."""

from __future__ import annotations

from tests.rights.cases import CHANGE, COMMON, GATE, LIST, NOBODY, READ, Case, counted, listed
from tests.rights.http_cases.given import LINE, deal_of, filter_of_client, invoice_of, sent_of

BILLING = (
    Case("GET /invoices", LIST, "invoices.read", filter_of_client),
    Case("GET /invoices/totals", LIST, "invoices.read", filter_of_client, shows=counted),
    Case("POST /invoices/preview", COMMON, "invoices.write", lambda _s, _r: {"json": {"lines": [LINE]}}),
    Case(
        "POST /invoices",
        CHANGE,
        "invoices.write",
        lambda _s, r: {"json": {"client_id": r["client"], "lines": [LINE]}},
    ),
    Case("GET /invoices/{invoice_id}", READ, "invoices.read", invoice_of),
    Case(
        "PATCH /invoices/{invoice_id}",
        CHANGE,
        "invoices.write",
        lambda s, r: invoice_of(s, r) | {"json": {"notes": "Text"}},
        seen="invoices.read",
    ),
    Case(
        "POST /invoices/{invoice_id}/send",
        CHANGE,
        "invoices.write",
        lambda s, r: {"invoice_id": s.invoice(r)},
        seen="invoices.read",
    ),
    Case(
        "POST /invoices/{invoice_id}/void",
        CHANGE,
        "invoices.write",
        lambda s, r: {"invoice_id": s.invoice(r), "json": {"reason": "A mistake"}},
        seen="invoices.read",
    ),
    Case(
        "POST /invoices/{invoice_id}/payments",
        CHANGE,
        "payments.write",
        lambda s, r: sent_of(s, r) | {"json": {"amount": 1}},
        seen="invoices.read",
        looks_first=True,
    ),
    Case(
        "POST /invoices/{invoice_id}/refund",
        CHANGE,
        "payments.write",
        lambda s, r: sent_of(s, r) | {"json": {"amount": 1}},
        seen="invoices.read",
        looks_first=True,
    ),
    Case("GET /invoices/{invoice_id}/pdf", READ, "invoices.read", sent_of),
    Case("POST /invoices/{invoice_id}/preview", READ, "invoices.read", invoice_of),
    Case("GET /invoices/{invoice_id}/preview.pdf", READ, "invoices.read", invoice_of),
    Case("GET /payments", LIST, "payments.read", lambda _s, r: {"query": {"invoice_id": r["sent"]}}),
    Case(
        "POST /payments/{payment_id}/assign",
        GATE,
        "payments.write",
        lambda _s, _r: {"payment_id": NOBODY, "json": {"invoice_id": NOBODY}},
    ),
    Case("GET /emails", LIST, "emails.read", lambda _s, r: {"query": {"invoice_id": r["sent"], "kind": "invoice"}}),
    Case("GET /generations", LIST, "generations.read", lambda _s, r: {"query": deal_of(_s, r)}, shows=listed),
    Case(
        "GET /generations/{generation_id}", READ, "generations.read", lambda _s, r: {"generation_id": r["generation"]}
    ),
    Case(
        "POST /ai/email-drafts",
        CHANGE,
        "drafts.write",
        lambda _s, r: {"json": {"deal_id": r["deal"]}},
        seen="generations.read",
    ),
    Case("GET /deals/{deal_id}/email-drafts", LIST, "generations.read", deal_of, shows=listed),
    Case("GET /ai/email-drafts/{draft_id}", READ, "generations.read", lambda _s, r: {"draft_id": r["draft"]}),
    Case(
        "PATCH /ai/email-drafts/{draft_id}",
        CHANGE,
        "drafts.write",
        lambda _s, r: {"draft_id": r["draft"], "json": {"subject": f"{r.name} mail"}},
        seen="generations.read",
    ),
    Case(
        "POST /ai/email-drafts/{draft_id}/send",
        CHANGE,
        "drafts.write",
        lambda _s, r: {"draft_id": r["draft"], "json": {"confirm": True}},
        seen="generations.read",
    ),
    Case("POST /ai/email-drafts/{draft_id}/again", GATE, "drafts.write", lambda _s, _r: {"draft_id": NOBODY}),
)
