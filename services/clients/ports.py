"""What clients needs from outside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from libs.common.custom_fields import Definition


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


class FileStore(Protocol):
    """Where the files lie that people bring in."""

    def stream(self, key: str) -> Iterator[bytes]:
        """A file in pieces; NotFound when there is none, Unavailable when the store does not answer."""
        ...


class DealFields(Protocol):
    """The deals service, which owns the fields that the company made for deals."""

    def fields(self) -> list[dict[str, Any]]:
        """All fields as they are, the archived ones among them, each with its version."""
        ...

    def values(self, cursor: str | None) -> dict[str, Any]:
        """A page of what stands in them: ``{items: [{deal_id, custom, version}], next_cursor}``."""
        ...


class DealsBook(Protocol):
    """The deals service, which owns the deals that come with an import."""

    def custom_fields(self) -> list[Definition]:
        """The fields that the company made for deals, the archived ones among them."""
        ...

    def bring_fields(
        self, import_id: str, person: dict[str, Any], fields: list[dict[str, Any]], *, archive: bool
    ) -> list[str]:
        """Define fields of deals, ``[{key, label, kind, options}]``, in the name of a person, or archive them: the keys
        of those that this import made. Asked twice it does nothing more and answers the same."""
        ...

    def take_back_fields(self, import_id: str, person: dict[str, Any], named: list[str]) -> list[dict[str, Any]]:
        """Remove the fields of deals that this import made and nobody uses: ``[{id, entity, label, reason}]`` of those
        that stay. named: the keys of those that segments filter by. Asked twice it answers the same."""
        ...

    def bring(
        self, import_id: str, system: str, person: dict[str, Any], deals: list[dict[str, Any]], client_ids: set[str]
    ) -> list[dict[str, Any]]:
        """Bring in deals, ``[{n, key, data}]``, in the name of a person: ``[{n, state, deal_id, version}]`` or, where
        one is refused, ``[{n, problem, field}]``. Asked twice it does nothing more and answers the same."""
        ...

    def take_back(self, import_id: str, deal_ids: list[str]) -> dict[str, Any]:
        """Remove deals that this import made and nobody touched: ``{removed, refused:
        [{deal_id, reason}]}``; of each removed one its last state."""
        ...
