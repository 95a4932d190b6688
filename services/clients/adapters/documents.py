"""Documents in the object store."""

from __future__ import annotations

from libs.common.object_store import ObjectStore


class DocumentLinks:
    """Signs links with the object store's own means."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def link(self, key: str, filename: str, content_type: str) -> str:
        return self._store.link(key, filename, content_type)
