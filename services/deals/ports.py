"""What deals needs from outside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol


class ClientDirectory(Protocol):
    """The clients service: asked once about a client that is not known here yet, and for all exchange rates."""

    def access(self, client_id: str) -> dict[str, Any]:
        """Who may see the client, in the shape of client.access_changed; NotFound when there is no such client."""
        ...

    def exchange_rates(self) -> Iterator[dict[str, Any]]:
        """``{currency, day, rate, version}`` of every rate there is; rate is text."""
        ...


class Segments(Protocol):
    """The segments of the clients service, asked on behalf of whoever asks here."""

    def clients_of(self, segment_id: str, person: dict[str, Any] | None) -> dict[str, Any]:
        """``{id, name, client_ids}`` as the caller, or the person it asks for, finds them; NotFound, or Invalid."""
        ...
