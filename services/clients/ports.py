"""What clients needs from outside."""

from __future__ import annotations

from typing import Protocol


class DocumentStore(Protocol):
    """Where documents' bytes are; clients hands out links and never carries bytes."""

    def link(self, key: str, filename: str, content_type: str) -> str:
        """A short-lived link to one object."""
        ...

    def moved(self, key: str) -> str | None:
        """Store an object once more, under a key without its name; that key, None when there is no such object."""
        ...

    def remove(self, key: str) -> None:
        """Remove an object; one that is not there is no error."""
        ...
