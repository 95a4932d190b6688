"""What the gateway tells: who works here, and who we are; and of what others tell, what open pages are told of."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from libs.common.erasure.parts import ErasureAsked, PartDone
from libs.common.events import Event
from libs.common.row_access import AccessChanged as ClientAccessChanged
from libs.common.row_access import AccessesChanged as ClientsAccessChanged

__all__ = ["ClientAccessChanged", "ClientsAccessChanged", "ErasureAsked"]


class UserState(Event):
    """A person as the other services keep one; email is None while no address is known."""

    user_id: str
    email: str | None
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


class DealHappened(Event):
    """What is read of every event about a deal."""

    deal_id: str
    client_id: str
    stage: str
    previous_stage: str | None


class DealCreated(DealHappened):
    event_type: ClassVar[str] = "deal.created"


class DealChanged(DealHappened):
    event_type: ClassVar[str] = "deal.changed"


class DealStageChanged(DealHappened):
    event_type: ClassVar[str] = "deal.stage_changed"


class DealWon(DealHappened):
    event_type: ClassVar[str] = "deal.won"


class DealLost(DealHappened):
    event_type: ClassVar[str] = "deal.lost"


class DealReopened(DealHappened):
    event_type: ClassVar[str] = "deal.reopened"


class DealRemoved(DealHappened):
    event_type: ClassVar[str] = "deal.removed"


class ActivityHappened(Event):
    """What is read of every event about an activity."""

    activity_id: str
    client_id: str
    deal_id: str | None
    type: str
    won: bool = False
    brought: bool = False


class ActivityLogged(ActivityHappened):
    event_type: ClassVar[str] = "activity.logged"


class ActivityChanged(ActivityHappened):
    event_type: ClassVar[str] = "activity.changed"


class ClientCreated(Event):
    event_type: ClassVar[str] = "client.created"

    client_id: str


class PeopleNotified(Event):
    event_type: ClassVar[str] = "people.notified"

    user_ids: list[str]


class MessageHappened(Event):
    """What is read of every event about a message on WhatsApp; client_id is None while nobody knows whose it is."""

    message_id: str
    conversation_id: str
    client_id: str | None


class WhatsAppReceived(MessageHappened):
    event_type: ClassVar[str] = "whatsapp.received"


class WhatsAppSent(MessageHappened):
    event_type: ClassVar[str] = "whatsapp.sent"


class WhatsAppFailed(MessageHappened):
    event_type: ClassVar[str] = "whatsapp.failed"


class WhatsAppStatusChanged(MessageHappened):
    event_type: ClassVar[str] = "whatsapp.status_changed"
