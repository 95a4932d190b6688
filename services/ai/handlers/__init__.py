"""What ai does: one short function an event or a step of a job."""

from services.ai.handlers.analyzing import on_brief_submitted
from services.ai.handlers.noting import claim_parts, note_done, take_notes
from services.ai.handlers.reactions import (
    on_client_access_changed,
    on_clients_access_changed,
    on_company_changed,
    tell_erased,
)
from services.ai.handlers.reporting import report_insight
from services.ai.handlers.sending import on_email_failed, on_email_sent
from services.ai.handlers.timing import read_times
from services.ai.handlers.training import train_scores

__all__ = [
    "claim_parts",
    "note_done",
    "on_brief_submitted",
    "on_client_access_changed",
    "on_clients_access_changed",
    "on_company_changed",
    "on_email_failed",
    "on_email_sent",
    "read_times",
    "report_insight",
    "take_notes",
    "tell_erased",
    "train_scores",
]
