"""What clients does: one short function a command or event."""

from services.clients.handlers.access import grant_access, revoke_access
from services.clients.handlers.activities import log_activity
from services.clients.handlers.clients import assign_client, create_client, delete_client, update_client
from services.clients.handlers.contacts import create_contact, delete_contact, update_contact
from services.clients.handlers.documents import complete_document, prepare_document
from services.clients.handlers.intake import submit_contact
from services.clients.handlers.reactions import (
    on_deal_fully_paid,
    on_deal_state,
    on_deal_won,
    on_email_sent,
    on_payment_received,
)

__all__ = [
    "assign_client",
    "complete_document",
    "create_client",
    "create_contact",
    "delete_client",
    "delete_contact",
    "grant_access",
    "log_activity",
    "on_deal_fully_paid",
    "on_deal_state",
    "on_deal_won",
    "on_email_sent",
    "on_payment_received",
    "prepare_document",
    "revoke_access",
    "submit_contact",
    "update_client",
    "update_contact",
]
