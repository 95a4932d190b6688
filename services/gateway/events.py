"""What the gateway tells: who works here, and who we are."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from libs.common.erasure.parts import ErasureAsked, PartDone
from libs.common.events import Event

__all__ = ["ErasureAsked"]


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


class UserInvited(Event):
    """Somebody is to be mailed a link; ``sealed_token`` is opened by notifications alone, when the mail leaves."""

    event_type: ClassVar[str] = "user.invited"

    invitation_id: str
    email: str
    name: str
    role: str
    invited_by: str
    sealed_token: str
    expires_at: datetime
    version: int


class UserResetAsked(Event):
    """Somebody asked to choose a new password; the token is sealed as that of an invitation."""

    event_type: ClassVar[str] = "user.reset_asked"

    reset_id: str
    user_id: str
    email: str
    name: str
    sealed_token: str
    expires_at: datetime
    version: int


class CompanyChanged(Event):
    """The company as its people last wrote it down."""

    event_type: ClassVar[str] = "company.changed"

    name: str
    address: str
    email: str
    payment_instructions: str
    website: str
    version: int


class PersonErased(PartDone):
    """Our part in erasing a person is done."""

    event_type: ClassVar[str] = "gateway.person_erased"
