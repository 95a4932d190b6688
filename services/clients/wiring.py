"""The only place that picks adapters."""

from __future__ import annotations

from functools import cache

from libs.common import settings
from libs.common.runtime import Runtime
from services.clients.adapters.documents import DocumentLinks
from services.clients.ports import DocumentStore
from services.clients.settings import ClientsSettings


@cache
def runtime() -> Runtime[ClientsSettings]:
    """The runtime of this process."""
    return Runtime("clients", settings.load(ClientsSettings))


def documents() -> DocumentStore:
    """Links to documents."""
    return DocumentLinks(runtime().object_store)
