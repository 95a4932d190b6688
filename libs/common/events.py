"""Events: what a service tells, and the envelope it travels in."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from libs.common.identity import Actor

EXCHANGE = "crm.events"

EventType = TypeVar("EventType", bound="Event")


class Event(BaseModel):
    """The data of an event. A publisher names all fields; a consumer's copy keeps those it reads.

    event_type: its name on the bus, ``deal.won``.
    has_subscribers: false while nobody listens, so that the broker need not route it.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    event_type: ClassVar[str]
    event_version: ClassVar[int] = 1
    has_subscribers: ClassVar[bool] = True


# ``type`` is a field of the envelope, so its methods need another name for the class of classes.
Kind: TypeAlias = type[EventType]


class Envelope(BaseModel):
    """What every event carries beside its data. ``actor`` is ``{id, role, name}``; times are UTC.

    publisher: the service that tells it; None in an event from before events said so.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    type: str
    version: int = Field(ge=1)
    occurred_at: datetime
    aggregate_id: str
    aggregate_version: int
    correlation_id: str
    causation_id: str | None = None
    publisher: str | None = None
    actor: dict[str, str]
    data: dict[str, Any]

    @classmethod
    def parse(cls, body: bytes | str) -> Self:
        """Read an envelope; SchemaError when it is not one."""
        try:
            return cls.model_validate_json(body)
        except ValidationError as error:
            raise SchemaError(f"not an event envelope: {_reasons(error)}") from None

    @property
    def who(self) -> Actor:
        return Actor(self.actor.get("id", ""), self.actor.get("role", ""), self.actor.get("name", ""))

    def read(self, kind: Kind[EventType]) -> EventType:
        """The data as a consumer's model; SchemaError when a field it reads is missing or malformed."""
        try:
            return kind.model_validate(self.data)
        except ValidationError as error:
            raise SchemaError(f"{self.type} does not fit {kind.__name__}: {_reasons(error)}") from None


class SchemaError(Exception):
    """A message that no retry can mend; it becomes a dead letter at once."""


def _reasons(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, item['loc'])) or 'body'}: {item['msg']}" for item in error.errors()[:5])
