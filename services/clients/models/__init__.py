"""Tables of the clients service and the mapping of its domain."""

from services.clients.models.changes import (
    change_set_counts,
    change_set_rows,
    change_sets,
    duplicate_checks,
    duplicate_pairs,
)
from services.clients.models.columns import (
    mapper,
    metadata,
)
from services.clients.models.imports import (
    import_changes,
    import_counts,
    import_keys,
    import_rows,
    imports,
)
from services.clients.models.meetings import meetings
from services.clients.models.records import (
    DEAL_FIGURES,
    access_grants,
    activities,
    assignments,
    client_deals,
    client_keys,
    clients,
    contacts,
    deal_fields,
    documents,
    erasures,
    exchange_rates,
    tags,
)
from services.clients.models.searching import (
    search_documents,
    search_words,
    segments,
)
from services.clients.models.tasks import task_causes, task_reminders

__all__ = [
    "DEAL_FIGURES",
    "access_grants",
    "activities",
    "assignments",
    "change_set_counts",
    "change_set_rows",
    "change_sets",
    "client_deals",
    "client_keys",
    "clients",
    "contacts",
    "deal_fields",
    "documents",
    "duplicate_checks",
    "duplicate_pairs",
    "erasures",
    "exchange_rates",
    "import_changes",
    "import_counts",
    "import_keys",
    "import_rows",
    "imports",
    "mapper",
    "meetings",
    "metadata",
    "search_documents",
    "search_words",
    "segments",
    "tags",
    "task_causes",
    "task_reminders",
]
