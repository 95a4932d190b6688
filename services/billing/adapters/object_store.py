"""PDFs in the object store."""

from __future__ import annotations

import hashlib

from libs.common.object_store import ObjectStore, StoredObject
from libs.common.problems import NotFound

_PDF = "application/pdf"


class StoredDocuments:
    """Keeps documents under readable keys and never changes one that is there."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def keep(self, key: str, content: bytes) -> StoredObject:
        digest = hashlib.sha256(content).hexdigest()
        there = self._found(key)
        if there is not None and there != content:
            stem, dot, ending = key.rpartition(".")
            key = f"{stem}-{digest[:8]}{dot}{ending}"
            there = self._found(key)
        if there == content:
            return StoredObject(key, len(content), digest)
        return self._store.put(key, content, _PDF)

    def link(self, key: str, filename: str) -> str:
        return self._store.link(key, filename, _PDF)

    def _found(self, key: str) -> bytes | None:
        try:
            return self._store.get(key)
        except NotFound:
            return None


class StoredPreviews:
    """Previews are nobody's document: they may be overwritten, and go when nobody needs them any more."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def keep(self, key: str, content: bytes) -> None:
        self._store.put(key, content, _PDF)

    def remove(self, key: str) -> None:
        self._store.delete(key)
