"""What the audit log of ai covers."""

from __future__ import annotations

from libs.common.audit.plan import AuditPlan, Watched

AUDIT = AuditPlan(
    "ai",
    watched={
        "generations": Watched(
            subject=("client_id",),
            open=frozenset(
                "kind status provider model prompt_version input_tokens output_tokens milliseconds score".split()
            ),
        )
    },
)
