"""What the audit log of the gateway covers: people, their ways in, and who we are."""

from __future__ import annotations

from libs.common.audit.plan import AuditPlan, Watched

AUDIT = AuditPlan(
    "gateway",
    watched={
        "users": Watched(open=frozenset({"role", "team", "reports_to", "locale", "active"})),
        # A session that begins is a log-in, whatever the way in; one that is used on says nothing new.
        "sessions": Watched(
            subject=("user_id",),
            open=frozenset({"kind"}),
            silent=frozenset({"refresh_hash", "used_at", "expires_at"}),
        ),
        "company": Watched(open=frozenset("one name address email payment_instructions website training_url".split())),
        "invitations": Watched(subject=("user_id",), open=frozenset({"role", "invited_by"})),
        "password_resets": Watched(subject=("user_id",)),
        "second_factors": Watched(subject=("user_id",), key=("user_id",), silent=frozenset({"last_step"})),
        "recovery_codes": Watched(subject=("user_id",), key=("user_id",)),
        "api_keys": Watched(
            subject=("user_id",),
            open=frozenset({"scope", "areas", "prefix"}),
            silent=frozenset({"last_used_at"}),
        ),
        "sso_identities": Watched(subject=("user_id",), key=("user_id",), open=frozenset({"issuer"})),
    },
    unwatched={
        "login_failures": "counted for a while; each log-in that fails is noted by itself",
        "login_tickets": "a password that was right and waits for its code, for minutes",
        "spent_tokens": "hashes of refresh tokens that were replaced",
        "intake_forms": "forms on their way; what they make stands with the client and the deal",
        "request_log": "what was asked of us, kept for traces",
        "rate_limits": "counters",
        "choices": "how somebody likes to see pages",
        "brief_drafts": "what a visitor typed so far",
        "integration_checks": "the newest answer of each check",
        "live_changes": "that something changed, for pages that are open, for two hours",
    },
)
