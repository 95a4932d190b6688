"""The only place that picks adapters."""

from __future__ import annotations

from functools import cache
from typing import Any

from libs.common import settings
from libs.common.jobs import Job
from libs.common.runtime import Runtime
from libs.common.uploads import Limits
from services.clients.adapters.deals import DealFieldsOverRpc, DealsOverRpc
from services.clients.adapters.documents import DocumentLinks
from services.clients.importing.steps.run import Tools
from services.clients.ports import DealFields, DealsBook, DocumentStore
from services.clients.queries import clients_access, document_key
from services.clients.settings import ClientsSettings

# How long after it happened the search knew of a deal, the latest of the last minutes. What clients writes itself is
# searched in the same transaction.
_SEARCH_LAG = """
    SELECT coalesce(extract(epoch FROM max(handled_at - occurred_at)), 0) FROM inbox
    WHERE handled_at > now() - interval '5 minutes' AND type LIKE 'deal.%'
"""
FIGURES = {"search_lag_seconds": _SEARCH_LAG}

ClientsRuntime = Runtime[ClientsSettings]


@cache
def runtime() -> ClientsRuntime:
    """The runtime of this process."""
    return Runtime("clients", settings.load(ClientsSettings), figures=FIGURES)


def documents() -> DocumentStore:
    """Links to documents."""
    return DocumentLinks(runtime().object_store)


def deals() -> DealsBook:
    """The deals service."""
    made = runtime()

    def access(client_ids: set[str]) -> list[dict[str, Any]]:
        with made.database.read() as session:
            return clients_access(session, client_ids)

    return DealsOverRpc(made.rpc, made.own_context, access)


def deal_fields() -> DealFields:
    """The fields of deals, at the deals service."""
    return DealFieldsOverRpc(runtime().rpc, runtime().own_context())


def import_tools() -> Tools:
    """What imports are worked on with."""
    settings, limits = runtime().settings, Limits(rows=runtime().settings.import_max_rows)
    largest = settings.max_document_bytes
    return Tools(runtime().database, runtime().object_store, deals(), limits, settings.default_country, largest)


def move_document(job: Job) -> str | None:
    """Store a document's bytes under a key that says nothing; the key, None when there are no such bytes any more."""
    with runtime().database.read() as session:
        key = document_key(session, job.payload["document_id"])
    return documents().moved(key) if key else None


def remove_object(job: Job) -> None:
    """Remove what lies under a document's former key."""
    documents().remove(job.payload["key"])
