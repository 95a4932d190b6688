"""One short function per command, event or job of billing; none commits."""

from services.billing.handlers.deals import on_client_access_changed, on_deal_reopened, on_deal_won
from services.billing.handlers.drafts import create_invoice, update_invoice
from services.billing.handlers.issuing import issue_failed, issue_finished, issue_outside
from services.billing.handlers.mails import on_email_failed, on_email_sent
from services.billing.handlers.notices import keep_provider_event, notice_applied, notice_failed, notice_outside
from services.billing.handlers.overdue import announce_overdue
from services.billing.handlers.payments import assign_payment, record_payment
from services.billing.handlers.receipts import receipt_finished, receipt_outside
from services.billing.handlers.refunds import refund_failed, refund_finished, refund_outside, refund_payment
from services.billing.handlers.sending import (
    addressee,
    close_finished,
    close_outside,
    is_payable,
    note_checkout,
    send_invoice,
    void_invoice,
)

__all__ = [
    "addressee",
    "announce_overdue",
    "assign_payment",
    "close_finished",
    "close_outside",
    "create_invoice",
    "is_payable",
    "issue_failed",
    "issue_finished",
    "issue_outside",
    "keep_provider_event",
    "note_checkout",
    "notice_applied",
    "notice_failed",
    "notice_outside",
    "on_client_access_changed",
    "on_deal_reopened",
    "on_deal_won",
    "on_email_failed",
    "on_email_sent",
    "receipt_finished",
    "receipt_outside",
    "record_payment",
    "refund_failed",
    "refund_finished",
    "refund_outside",
    "refund_payment",
    "send_invoice",
    "update_invoice",
    "void_invoice",
]
