"""What the audit log of deals covers."""

from __future__ import annotations

from libs.common.audit.plan import AuditPlan, Watched
from services.deals.models import WORKED_OUT

AUDIT = AuditPlan(
    "deals",
    watched={
        "deals": Watched(
            subject=("client_id",),
            open=frozenset("currency stage source tags ai_score".split()),
            silent=frozenset("stage_since score_probability score score_version".split()) | WORKED_OUT,
        ),
        "briefs": Watched(
            subject=("contact_id", "client_id"), open=frozenset({"timeline_weeks", "currency", "reference"})
        ),
        "custom_fields": Watched(open=frozenset("entity key label kind options position archived".split())),
        "stage_weights": Watched(subject=("stage",), key=("stage",), open=frozenset({"stage", "weight", "set_by"})),
        "sales_targets": Watched(),
    },
    unwatched={
        "stage_history": "a history itself; each move stands with its deal",
        "deal_custom_values": "what stands in the deals, by kind",
        "deal_stagnation": "since when a deal was told to stand still; made by the system",
        "imported_deals": "which import brought a deal; that it came stands with the deal",
        "deal_invoices": "a copy of billing's invoices",
        "exchange_rates": "a copy of the rates in clients",
        "stage_weight_history": "what stood in stage_weights before, which is watched",
        "deal_states": "what the database notes of each change of a deal, which is watched",
        **dict.fromkeys(
            ("pipeline_sums", "pipeline_cohorts", "pipeline_scores", "pipeline_durations"),
            "sums of deals, which the database keeps",
        ),
    },
)
