"""One short function per command, event or job of billing; none commits."""

from services.billing.handlers.checkouts import note_checkout_fault
from services.billing.handlers.company import on_company_changed
from services.billing.handlers.deals import (
    on_client_access_changed,
    on_clients_access_changed,
    on_deal_changed,
    on_deal_reopened,
    on_deal_won,
)
from services.billing.handlers.drafts import create_invoice, update_invoice
from services.billing.handlers.erasing import tell_erased
from services.billing.handlers.issuing import issue_failed, issue_finished, issue_outside
from services.billing.handlers.mails import on_email_failed, on_email_sent
from services.billing.handlers.notices import keep_provider_event, notice_applied, notice_failed, notice_outside
from services.billing.handlers.overdue import announce_overdue
from services.billing.handlers.payments import assign_payment, record_payment
from services.billing.handlers.previews import (
    forget_previews,
    preview_failed,
    preview_finished,
    preview_outside,
    removal_finished,
    removal_outside,
    request_preview,
)
from services.billing.handlers.pricing import preview_totals
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
    "forget_previews",
    "is_payable",
    "issue_failed",
    "issue_finished",
    "issue_outside",
    "keep_provider_event",
    "note_checkout",
    "note_checkout_fault",
    "notice_applied",
    "notice_failed",
    "notice_outside",
    "on_client_access_changed",
    "on_clients_access_changed",
    "on_company_changed",
    "on_deal_changed",
    "on_deal_reopened",
    "on_deal_won",
    "on_email_failed",
    "on_email_sent",
    "preview_failed",
    "preview_finished",
    "preview_outside",
    "preview_totals",
    "receipt_finished",
    "receipt_outside",
    "record_payment",
    "refund_failed",
    "refund_finished",
    "refund_outside",
    "refund_payment",
    "removal_finished",
    "removal_outside",
    "request_preview",
    "send_invoice",
    "tell_erased",
    "update_invoice",
    "void_invoice",
]
