"""Documents in the object store."""

from __future__ import annotations

from libs.common.object_store import ObjectStore
from libs.common.problems import NotFound


class DocumentLinks:
    """Signs links with the object store's own means, and takes names out of keys."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def moved(self, key: str) -> str | None:
        folder, _slash, name = key.rpartition("/")
        _stem, dot, ending = name.rpartition(".")
        new = f"{folder}/document{dot}{ending if ending.isalnum() else ''}".rstrip(".")
        try:
            if new != key:
                self._store.put(new, self._store.get(key), "application/octet-stream")
        except NotFound:
            return None
        return new

    def remove(self, key: str) -> None:
        self._store.delete(key)

    def link(self, key: str, filename: str, content_type: str) -> str:
        return self._store.link(key, filename, content_type)
