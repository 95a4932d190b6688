"""What notifications does: one short function a command, event or step of sending."""

from services.notifications.handlers.accounts import on_reset_asked, on_user_invited
from services.notifications.handlers.deals import on_brief_submitted, on_deal_won
from services.notifications.handlers.delivery import send_failed, send_finished, send_outside, send_retried
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
    set_preferences,
)
from services.notifications.handlers.posting import JOB

__all__ = [
    "DRAW_JOB",
    "JOB",
    "close_guide",
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
    "review_guide",
    "send_failed",
    "send_finished",
    "send_outside",
    "send_retried",
    "send_test_email",
    "set_preferences",
    "tell_erased",
    "warm_up",
]
