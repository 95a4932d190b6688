"""What the audit log of deals covers."""

from __future__ import annotations

from libs.common.audit.plan import AuditPlan, Watched

AUDIT = AuditPlan(
    "deals",
    watched={
        "deals": Watched(
            subject=("client_id",),
            open=frozenset("currency stage source tags ai_score".split()),
            silent=frozenset({"stage_since", "score_probability", "score", "score_version"}),
        ),
        "briefs": Watched(
            subject=("contact_id", "client_id"), open=frozenset({"timeline_weeks", "currency", "reference"})
        ),
        "stage_weights": Watched(subject=("stage",), key=("stage",), open=frozenset({"stage", "weight", "set_by"})),
    },
    unwatched={
        "stage_history": "a history itself; each move stands with its deal",
        "deal_invoices": "a copy of billing's invoices",
    },
)
