"""What the gateway tells: who works here."""

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
