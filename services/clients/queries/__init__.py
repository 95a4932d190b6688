"""What clients answers: SQL to plain dicts, always as the actor."""

from services.clients.queries.changes import change_set, list_change_sets
from services.clients.queries.clients import (
    client_access,
    client_document,
    clients_access,
    contact_card,
    grants,
    list_tags,
)
from services.clients.queries.duplicates import find_duplicates
from services.clients.queries.erasures import document_key, erasure, list_erasures, names_alone, person
from services.clients.queries.exporting import export_page
from services.clients.queries.finding import quick_find
from services.clients.queries.history import (
    Narrowing,
    activity_document,
    contact_document,
    document_document,
    document_for_link,
    list_activities,
    list_contacts,
    list_documents,
    timeline,
)
from services.clients.queries.imports import import_document, import_row, import_rows_of, list_imports
from services.clients.queries.listing import check_list, list_clients
from services.clients.queries.matching import matching_ids
from services.clients.queries.meetings import meeting, meeting_slots
from services.clients.queries.numbers import contacts_of_phones
from services.clients.queries.pairs import both_to_change, list_duplicates
from services.clients.queries.rates import exchange_rate, list_exchange_rates
from services.clients.queries.segments import get_segment, list_segments, segment_clients, segment_document
from services.clients.queries.suggesting import client_values
from services.clients.queries.summary import summary
from services.clients.queries.tasks import list_tasks

__all__ = [
    "Narrowing",
    "activity_document",
    "both_to_change",
    "change_set",
    "check_list",
    "client_access",
    "client_document",
    "client_values",
    "clients_access",
    "contact_card",
    "contact_document",
    "contacts_of_phones",
    "document_document",
    "document_for_link",
    "document_key",
    "erasure",
    "exchange_rate",
    "export_page",
    "find_duplicates",
    "get_segment",
    "grants",
    "import_document",
    "import_row",
    "import_rows_of",
    "list_activities",
    "list_change_sets",
    "list_clients",
    "list_contacts",
    "list_documents",
    "list_duplicates",
    "list_erasures",
    "list_exchange_rates",
    "list_imports",
    "list_segments",
    "list_tags",
    "list_tasks",
    "matching_ids",
    "meeting",
    "meeting_slots",
    "names_alone",
    "person",
    "quick_find",
    "segment_clients",
    "segment_document",
    "summary",
    "timeline",
]
