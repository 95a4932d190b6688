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
        "applied_parts": Watched(subject=("client_id",), open=frozenset({"part"})),
        "score_models": Watched(
            open=frozenset("number outcome because closed won learnt_from held_back base_rate trained_by".split()),
        ),
        "budgets": Watched(open=frozenset({"one", "daily_micro_usd", "user_daily_micro_usd"})),
    },
    unwatched={
        "deal_facts": "a copy of deals, and the score that was told of each",
        "stage_visits": "a copy of the history of deals",
        "client_industries": "a copy of clients",
        "history_reading": "how far the history was read",
        "provider_calls": "what each call to a provider took; what it made is a generation, which is watched",
        "provider_pauses": "until when nobody asks a provider, as the provider said",
        "draft_refusals": "which version of a draft was refused to whom, until it is confirmed",
        "company": "a copy of the gateway's",
    },
)
