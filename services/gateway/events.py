"""What the gateway tells: who works here, and who we are."""

from __future__ import annotations

from typing import ClassVar

from libs.common.events import Event


class UserState(Event):
    """A person as the other services keep one."""

    user_id: str
    email: str
    name: str
    role: str
    locale: str
    active: bool
    version: int


class UserJoined(UserState):
    event_type: ClassVar[str] = "user.joined"


class UserChanged(UserState):
    event_type: ClassVar[str] = "user.changed"


class UserRoleChanged(UserState):
    event_type: ClassVar[str] = "user.role_changed"


class UserDeactivated(UserState):
    event_type: ClassVar[str] = "user.deactivated"


class CompanyChanged(Event):
    """The company as its people last wrote it down."""

    event_type: ClassVar[str] = "company.changed"

    name: str
    address: str
    email: str
    payment_instructions: str
    website: str
    version: int
