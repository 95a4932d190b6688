"""What of billing an erasure leaves: what was issued and paid, which the law wants kept as it was."""

from __future__ import annotations

from libs.common.erasure.plan import ErasurePlan, Kept
from services.billing.audit import AUDIT

_LAW = "invoices and payments are kept for as long as the law wants accounts kept"

ERASURE = ErasurePlan(
    "billing",
    AUDIT,
    kept=[
        Kept("invoices", "t.issued_on IS NOT NULL", _LAW),
        Kept(
            "invoice_lines",
            "EXISTS (SELECT FROM invoices i WHERE i.id = t.invoice_id AND i.issued_on IS NOT NULL)",
            _LAW,
        ),
        Kept("payments", "t.status <> 'unmatched'", _LAW),
        Kept("refunds", "true", _LAW),
        Kept("documents", "true", _LAW),
        Kept("company", "true", "who we are"),
    ],
)
