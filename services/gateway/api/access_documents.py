"""What the API answers of log-ins, invitations and keys."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from services.gateway.api.documents import Document


class Session(Document):
    id: str
    kind: Annotated[Literal["token", "web"], Field(description="A program's pair of tokens, or a browser's cookie.")]
    user_agent: str
    address: str
    created_at: datetime
    used_at: datetime
    expires_at: datetime
    this_one: bool


class Invitation(Document):
    id: str
    email: str
    name: str
    role: Literal["admin", "sales", "finance", "manager"]
    user_id: Annotated[str | None, Field(description="Whose account it opens, where the person is here already.")]
    created_at: datetime
    expires_at: datetime
    version: int


class SecondFactor(Document):
    on: bool
    since: datetime | None
    recovery_codes_left: int


class SecondFactorSetUp(Document):
    secret: Annotated[str, Field(description="In base32, to be typed where no picture can be read.")]
    uri: Annotated[str, Field(description="otpauth://…, what the QR code holds.")]


class RecoveryCodes(Document):
    recovery_codes: list[str]


class ApiKey(Document):
    id: str
    name: str
    prefix: str
    scope: Literal["read", "write"]
    areas: Annotated[list[str], Field(description="Parts of the API it is limited to; empty: all.")]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: Annotated[datetime | None, Field(description="To the minute.")]


class ApiKeyMade(ApiKey):
    key: Annotated[str, Field(description="Shown this once.")]
