"""What clients does: one short function a command or event."""

from services.clients.handlers.access import grant_access, revoke_access
from services.clients.handlers.activities import log_activity, update_activity
from services.clients.handlers.assigning import assign_client
from services.clients.handlers.automatic_tasks import answer_leads, follow_up
from services.clients.handlers.booking import book_meeting, cancel_meeting, move_meeting
from services.clients.handlers.bulk import CHANGE_MANY, UNDO_MANY, bulk_update, change_job, undo, undo_change_set, work
from services.clients.handlers.clients import create_client, delete_client, update_client
from services.clients.handlers.contacts import create_contact, delete_contact, update_contact
from services.clients.handlers.custom import CUSTOM
from services.clients.handlers.documents import complete_document, delete_document, prepare_document
from services.clients.handlers.erasing import erase_here, erasing, moved, on_person_erased, record_part, removed
from services.clients.handlers.forgetting import forget_imports
from services.clients.handlers.importing import (
    change_import,
    commit_import,
    complete_import,
    delete_import,
    prepare_import,
    repair_row,
    undo_import,
)
from services.clients.handlers.intake import submit_contact
from services.clients.handlers.merging import (
    CHECK_DUPLICATES,
    EVERY_MINUTE,
    SWEEP,
    check_duplicates,
    dismiss_duplicate,
    merge_certain,
    merge_clients,
)
from services.clients.handlers.rates import set_exchange_rate
from services.clients.handlers.reactions import (
    on_deal_fully_paid,
    on_deal_removed,
    on_deal_stagnant,
    on_deal_state,
    on_deal_won,
    on_email_sent,
    on_payment_received,
)
from services.clients.handlers.reminding import REMIND
from services.clients.handlers.searching import LEARN_WORDS, SWEEP_WORDS, rebuild
from services.clients.handlers.segments import create_segment, delete_segment, update_segment

__all__ = [
    "CHANGE_MANY",
    "CHECK_DUPLICATES",
    "CUSTOM",
    "EVERY_MINUTE",
    "LEARN_WORDS",
    "REMIND",
    "SWEEP",
    "SWEEP_WORDS",
    "UNDO_MANY",
    "answer_leads",
    "assign_client",
    "book_meeting",
    "bulk_update",
    "cancel_meeting",
    "change_import",
    "change_job",
    "check_duplicates",
    "commit_import",
    "complete_document",
    "complete_import",
    "create_client",
    "create_contact",
    "create_segment",
    "delete_client",
    "delete_contact",
    "delete_document",
    "delete_import",
    "delete_segment",
    "dismiss_duplicate",
    "erase_here",
    "erasing",
    "follow_up",
    "forget_imports",
    "grant_access",
    "log_activity",
    "merge_certain",
    "merge_clients",
    "move_meeting",
    "moved",
    "on_deal_fully_paid",
    "on_deal_removed",
    "on_deal_stagnant",
    "on_deal_state",
    "on_deal_won",
    "on_email_sent",
    "on_payment_received",
    "on_person_erased",
    "prepare_document",
    "prepare_import",
    "rebuild",
    "record_part",
    "removed",
    "repair_row",
    "revoke_access",
    "set_exchange_rate",
    "submit_contact",
    "undo",
    "undo_change_set",
    "undo_import",
    "update_activity",
    "update_client",
    "update_contact",
    "update_segment",
    "work",
]
