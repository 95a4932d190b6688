"""What the audit log of ai covers."""

from __future__ import annotations

from libs.common.audit.plan import AuditPlan, Watched

AUDIT = AuditPlan(
    "ai",
    watched={
        "generations": Watched(
            subject=("client_id",),
            open=frozenset(
                (
                    "kind status provider model prompt_version input_tokens output_tokens thought_tokens"
                    " cost_micro_usd milliseconds attempts score"
                ).split()
            ),
        ),
        "email_drafts": Watched(subject=("client_id",), open=frozenset({"mail_status"})),
        "budgets": Watched(open=frozenset({"one", "daily_micro_usd", "user_daily_micro_usd"})),
    },
    unwatched={
        "provider_calls": "what each call to a provider took; what it made is a generation, which is watched",
        "provider_pauses": "until when nobody asks a provider, as the provider said",
        "company": "a copy of the gateway's",
    },
)
