"""What clients tells, and the fields it reads of what others tell."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from libs.common import row_access
from libs.common.erasure.parts import ErasureAsked, PartDone
from libs.common.events import Event
from libs.common.record_merges import Merged as ClientMerged
from libs.common.record_merges import Unmerged as ClientUnmerged
from libs.common.row_access import Reader
from services.clients.event_shapes import (
    ActivityState,
    ContactCard,
    DealState,
    ImportedClient,
    MeetingState,
    TaskState,
)

__all__ = [
    "ActivityState",
    "ClientMerged",
    "ClientUnmerged",
    "ContactCard",
    "DealState",
    "ErasureAsked",
    "ImportedClient",
    "MeetingState",
    "Reader",
]


class ClientAccessChanged(row_access.AccessChanged):
    event_type: ClassVar[str] = "client.access_changed"

    handover: bool


class ClientsAccessChanged(Event):
    """Who may see many clients now, told at once: as many events would take longer than the change itself."""

    event_type: ClassVar[str] = "clients.access_changed"

    accesses: list[ClientAccessChanged]
    version: int


class ClientCreated(Event):
    event_type: ClassVar[str] = "client.created"

    client_id: str
    company_name: str
    status: str
    source: str
    industry: str | None
    owner_id: str | None
    contact: ContactCard | None
    message: str | None
    reference: str | None
    version: int


class ClientsImported(Event):
    """What a batch of an import made. contact_ids: the people among it, of these clients and of others."""

    event_type: ClassVar[str] = "clients.imported"

    import_id: str
    clients: list[ImportedClient]
    contact_ids: list[str]
    version: int


class ClientInquired(Event):
    """A contact form came in, for a new client or a known one."""

    event_type: ClassVar[str] = "client.inquired"

    client_id: str
    company_name: str
    contact: ContactCard
    message: str | None
    owner_id: str | None
    created: bool
    reference: str
    version: int


class ClientAssigned(Event):
    event_type: ClassVar[str] = "client.assigned"

    client_id: str
    company_name: str
    owner_id: str | None
    previous_owner_id: str | None
    industry: str | None
    phone: str | None
    email: str | None
    contact: ContactCard | None
    assigned_by: str
    version: int


class ClientsAssigned(Event):
    """More clients than anybody reads of one by one have a new owner. clients: how many; first: one of them."""

    event_type: ClassVar[str] = "clients.assigned"

    change_set_id: str
    owner_id: str
    clients: int
    first_client_id: str
    first_company_name: str
    assigned_by: str
    version: int


class ContactCreated(Event):
    event_type: ClassVar[str] = "contact.created"
    has_subscribers: ClassVar[bool] = False

    contact_id: str
    client_id: str
    company_name: str
    first_name: str
    last_name: str
    email: str | None
    phone: str | None
    job_title: str | None
    is_primary: bool
    version: int


class ActivityLogged(ActivityState):
    event_type: ClassVar[str] = "activity.logged"


class ActivityChanged(ActivityState):
    """Somebody changed what stands there, or ticked a task off or opened it again."""

    event_type: ClassVar[str] = "activity.changed"


class MeetingBooked(MeetingState):
    """It was agreed, or moved."""

    event_type: ClassVar[str] = "meeting.booked"


class MeetingCancelled(MeetingState):
    """It will not be held."""

    event_type: ClassVar[str] = "meeting.cancelled"


class TaskAssigned(TaskState):
    """This person is to do it, and did not say so themselves. cause: what made it, ``given`` where somebody gave it to
    them; it may have no time then."""

    event_type: ClassVar[str] = "task.assigned"

    cause: str


class TaskDue(TaskState):
    """Its time has come; told once for each time that is set."""

    event_type: ClassVar[str] = "task.due"


class ExchangeRateSet(Event):
    """What one unit of a currency is worth in the base currency from a day on; as text, so that it is exact."""

    event_type: ClassVar[str] = "exchange_rate.set"

    currency: str
    day: date
    rate: str
    version: int


class DealCreated(DealState):
    event_type: ClassVar[str] = "deal.created"


class DealChanged(DealState):
    event_type: ClassVar[str] = "deal.changed"


class DealStageChanged(DealState):
    event_type: ClassVar[str] = "deal.stage_changed"


class DealRemoved(DealState):
    event_type: ClassVar[str] = "deal.removed"


class DealWon(DealState):
    event_type: ClassVar[str] = "deal.won"


class DealFieldSet(Event):
    """A field that the company made for deals, as it is now, or as it was when it was removed."""

    event_type: ClassVar[str] = "deal_field.set"

    field_id: str
    key: str
    label: str
    kind: str
    options: list[str]
    position: int
    archived: bool
    removed: bool
    version: int


class DealStagnant(Event):
    """Nothing happens with an open deal. since: the instant from which that is so."""

    event_type: ClassVar[str] = "deal.stagnant"

    deal_id: str
    client_id: str
    deal_name: str
    because: list[str]
    idle_days: int
    since: datetime


class DealFullyPaid(Event):
    event_type: ClassVar[str] = "deal.fully_paid"

    deal_id: str
    client_id: str
    deal_name: str
    total_minor: int
    currency: str


class PaymentReceived(Event):
    event_type: ClassVar[str] = "payment.received"

    client_id: str
    deal_id: str | None
    invoice_number: str
    amount_minor: int
    currency: str
    method: str


class WhatsAppReceived(Event):
    """Somebody wrote on WhatsApp; client_id is None while nobody knows who it is."""

    event_type: ClassVar[str] = "whatsapp.received"

    message_id: str
    conversation_id: str
    client_id: str | None
    contact_id: str | None
    text: str
    occurred_at: datetime
    version: int


class WhatsAppSent(Event):
    event_type: ClassVar[str] = "whatsapp.sent"

    message_id: str
    conversation_id: str
    client_id: str | None
    contact_id: str | None
    text: str
    template_name: str | None
    sent_by: str | None
    sent_by_name: str | None
    occurred_at: datetime
    version: int


class WhatsAppFailed(Event):
    event_type: ClassVar[str] = "whatsapp.failed"

    message_id: str
    conversation_id: str
    client_id: str | None
    contact_id: str | None
    text: str
    reason: str
    advice: str
    # Before this was told, every failure was.
    certain: bool = True
    version: int


class EmailSent(Event):
    event_type: ClassVar[str] = "email.sent"

    email_id: str
    kind: str
    client_id: str | None
    to: list[str]
    subject: str
    text: str
    refs: dict[str, Any]


class DealsErased(PartDone):
    event_type: ClassVar[str] = "deals.person_erased"


class BillingErased(PartDone):
    event_type: ClassVar[str] = "billing.person_erased"


class NotificationsErased(PartDone):
    event_type: ClassVar[str] = "notifications.person_erased"


class AiErased(PartDone):
    event_type: ClassVar[str] = "ai.person_erased"


class GatewayErased(PartDone):
    event_type: ClassVar[str] = "gateway.person_erased"
