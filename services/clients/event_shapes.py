"""What several events of clients have in common."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel

from libs.common.events import Event


class ContactCard(BaseModel):
    """A person, as other services need them."""

    contact_id: str
    first_name: str
    last_name: str
    email: str | None
    phone: str | None
    job_title: str | None


class ImportedClient(BaseModel):
    """A client that an import made."""

    client_id: str
    company_name: str
    status: str
    source: str
    industry: str | None
    owner_id: str | None
    version: int


class ActivityState(Event):
    """An activity as its client's timeline shows it; won: whether the client has a won deal; brought: whether a file
    brought it."""

    activity_id: str
    client_id: str
    deal_id: str | None
    type: str
    subject: str
    occurred_at: datetime
    won: bool
    brought: bool
    version: int


class MeetingState(Event):
    """A meeting with a client's person, as it stands. zone: theirs; sequence: how often it was changed.

    conversation_id: the chat it was agreed in.
    """

    activity_id: str
    client_id: str
    contact_id: str | None
    contact_name: str | None
    contact_email: str | None
    company_name: str
    subject: str
    begins_at: datetime
    ends_at: datetime
    zone: str
    host_id: str
    host_name: str
    conversation_id: str | None
    sequence: int
    version: int


class TaskState(Event):
    """A task of somebody here. due_at: when it is to be done by; None where nobody said."""

    activity_id: str
    client_id: str
    company_name: str
    subject: str
    due_at: datetime | None
    assignee_id: str
    version: int


class DealState(Event):
    """What clients reads of a deal, whatever happened to it."""

    deal_id: str
    client_id: str
    deal_name: str
    description: str | None
    # Both None in a message from before deals said so.
    custom: dict[str, Any] | None = None
    custom_text: str | None = None
    deal_value_minor: int | None
    currency: str
    stage: str
    actual_close_date: date | None
    version: int
