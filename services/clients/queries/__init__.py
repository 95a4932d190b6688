"""What clients answers: SQL to plain dicts, always as the actor."""

from services.clients.queries.clients import (
    client_access,
    client_document,
    contact_card,
    grants,
    list_clients,
    list_tags,
)
from services.clients.queries.history import (
    activity_document,
    contact_document,
    document_document,
    document_for_link,
    list_activities,
    list_contacts,
    list_documents,
    timeline,
)

__all__ = [
    "activity_document",
    "client_access",
    "client_document",
    "contact_card",
    "contact_document",
    "document_document",
    "document_for_link",
    "grants",
    "list_activities",
    "list_clients",
    "list_contacts",
    "list_documents",
    "list_tags",
    "timeline",
]
