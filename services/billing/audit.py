"""What the audit log of billing covers."""

from __future__ import annotations

from libs.common.audit.plan import AuditPlan, Watched

AUDIT = AuditPlan(
    "billing",
    watched={
        "invoices": Watched(
            subject=("client_id",),
            open=frozenset(
                "invoice_number origin status currency payment_method mail_status edited due_date_set created_by "
                "sent_by".split()
            ),
            silent=frozenset({"mail_changed_at"}),
        ),
        "invoice_lines": Watched(subject=("invoice_id",), open=frozenset({"position", "quantity"})),
        "invoice_references": Watched(subject=("invoice_id",), key=("reference",)),
        "payments": Watched(
            subject=("invoice_id",),
            open=frozenset("status currency method livemode dispute_status receipt_mail".split()),
        ),
        "refunds": Watched(subject=("invoice_id",), open=frozenset({"status"})),
        "documents": Watched(subject=("invoice_id",), open=frozenset({"kind", "filename", "sha256", "size"})),
    },
    unwatched={
        "provider_events": "what Stripe told; what came of it stands with the payment",
        "provider_faults": "the newest fault of each question to Stripe, for the page of integrations",
        "number_sequences": "a counter; each number stands with its invoice",
        "deal_states": "a copy of deals",
        "invoice_previews": "pictures of drafts that are made again",
        "company": "a copy of the gateway's",
    },
)
