"""How the payment provider stands, by what this service has seen of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from libs.common.identity import Actor
from libs.common.integrations import Integration, Mode
from services.billing import settings
from services.billing.settings import BillingSettings

_LAST_SUCCESS = text("""
    SELECT applied_at AS at, type FROM provider_events WHERE outcome = 'applied' ORDER BY applied_at DESC LIMIT 1
""")
# Of sending an invoice only what Stripe did is its fault: the PDF and its place are part of the same job.
_LAST_ERROR = text("""
    SELECT at, what FROM (
        (SELECT applied_at AS at, type || ': ' || COALESCE(note, '') AS what FROM provider_events
         WHERE outcome = 'failed' ORDER BY applied_at DESC LIMIT 1)
        UNION ALL
        (SELECT updated_at, 'refund: ' || COALESCE(problem, '') FROM refunds
         WHERE status = 'failed' ORDER BY updated_at DESC LIMIT 1)
        UNION ALL
        (SELECT failed_at, problem FROM provider_faults)
        UNION ALL
        (SELECT COALESCE(failed_at, started_at, created_at), kind || ': ' || last_error FROM jobs
         WHERE finished_at IS NULL AND last_error IS NOT NULL
           AND (kind IN ('refund_payment', 'close_payments')
                OR kind = 'issue_invoice' AND last_error LIKE '%Stripe%')
         ORDER BY 1 DESC LIMIT 1)
    ) AS faults ORDER BY at DESC LIMIT 1
""")
_COUNTS = text("""
    SELECT (SELECT count(*) FROM provider_events WHERE outcome IN ('kept', 'waiting')) AS events_waiting,
           (SELECT count(*) FROM provider_events WHERE outcome = 'failed') AS events_failed,
           (SELECT count(*) FROM refunds WHERE status = 'requested') AS refunds_waiting
""")


def integration_status(session: Session, _actor: Actor) -> dict[str, Any]:
    """``{items: [Stripe]}``."""
    configured = settings.current()
    success, error = session.execute(_LAST_SUCCESS).first(), session.execute(_LAST_ERROR).first()
    mode = _mode(configured)
    stripe = Integration(
        name="stripe",
        label="Stripe",
        configured=mode != "off",
        mode=mode,
        detail=_detail(configured, mode),
        last_success_at=success.at if success else None,
        last_success=f"{success.type} applied" if success else None,
        last_error_at=error.at if error else None,
        last_error=error.what if error else None,
        counts=dict(session.execute(_COUNTS).mappings().one()),
    )
    return {"items": [stripe.document()]}


def _mode(configured: BillingSettings) -> Mode:
    if not configured.stripe_api_key:
        return "off"
    if configured.stripe_api_base:
        return "sandbox"
    return "live" if configured.expects_live_money else "test"


def _detail(configured: BillingSettings, mode: Mode) -> str:
    if mode == "off":
        return "no key is set (STRIPE_API_KEY): invoices cannot be paid online"
    if not configured.stripe_webhook_secret.strip():
        return "no webhook secret is set (STRIPE_WEBHOOK_SECRET): payments are taken and nobody here learns of them"
    return {
        "sandbox": "a stand-in takes Stripe's place: no real money moves",
        "test": "Stripe's test mode: no real money moves",
    }.get(mode, "Stripe's live mode: real money moves")
