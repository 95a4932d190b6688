"""What notifications does: one short function a command, event or step of sending."""

from services.notifications.handlers.accounts import on_reset_asked, on_user_invited
from services.notifications.handlers.choosing import set_preferences, set_summary_settings, unsubscribe
from services.notifications.handlers.deals import on_brief_submitted, on_deal_won
from services.notifications.handlers.delivery import send_failed, send_finished, send_outside, send_retried
from services.notifications.handlers.digests import (
    DIGEST_JOB,
    as_mailed,
    collected,
    digest_failed,
    digest_finished,
    digest_outside,
    order_digests,
    preview,
    send_daily_summary,
)
from services.notifications.handlers.drawing import (
    DRAW_JOB,
    draw_failed,
    draw_finished,
    draw_outside,
    fingerprint,
    forget_renderings,
    order_chart,
    warm_up,
)
from services.notifications.handlers.erasing import tell_erased
from services.notifications.handlers.guides import (
    close_guide,
    on_activity_logged,
    on_client_given,
    on_deal_created,
    on_deal_moved,
    on_user_joined,
    review_guide,
)
from services.notifications.handlers.leads import on_client_inquired
from services.notifications.handlers.letters import on_email_ordered
from services.notifications.handlers.money import (
    on_invoice_sent,
    on_payment_disputed,
    on_payment_received,
    on_payment_refunded,
    on_payment_unmatched,
    on_receipt_ready,
)
from services.notifications.handlers.people import (
    mark_all_read,
    mark_read,
    on_client_access_changed,
    on_company_changed,
    on_user,
    send_test_email,
)
from services.notifications.handlers.posting import JOB

__all__ = [
    "DIGEST_JOB",
    "DRAW_JOB",
    "JOB",
    "as_mailed",
    "close_guide",
    "collected",
    "digest_failed",
    "digest_finished",
    "digest_outside",
    "draw_failed",
    "draw_finished",
    "draw_outside",
    "fingerprint",
    "forget_renderings",
    "mark_all_read",
    "mark_read",
    "on_activity_logged",
    "on_brief_submitted",
    "on_client_access_changed",
    "on_client_given",
    "on_client_inquired",
    "on_company_changed",
    "on_deal_created",
    "on_deal_moved",
    "on_deal_won",
    "on_email_ordered",
    "on_invoice_sent",
    "on_payment_disputed",
    "on_payment_received",
    "on_payment_refunded",
    "on_payment_unmatched",
    "on_receipt_ready",
    "on_reset_asked",
    "on_user",
    "on_user_invited",
    "on_user_joined",
    "order_chart",
    "order_digests",
    "preview",
    "review_guide",
    "send_daily_summary",
    "send_failed",
    "send_finished",
    "send_outside",
    "send_retried",
    "send_test_email",
    "set_preferences",
    "set_summary_settings",
    "tell_erased",
    "unsubscribe",
    "warm_up",
]
