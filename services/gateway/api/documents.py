"""What the API answers, for its document. Services build the answers; these say what is in them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Item = TypeVar("Item")

CustomValues = Annotated[
    dict[str, Any],
    Field(description="Values of custom fields by their keys; money as `{amount, currency}`."),
]
MoneyNumber = Annotated[float, Field(description="Major units of the currency beside it, exact as text.")]


class Document(BaseModel):
    model_config = ConfigDict(extra="allow")


class ListOf(Document, Generic[Item]):
    items: list[Item]
    next_cursor: str | None
    total: int


class Fault(Document):
    field: str
    message: str


class ProblemDocument(Document):
    """RFC 9457; ``errors`` names the fields at fault."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[Fault] | None = None


class Employee(Document):
    id: str
    name: str
    role: Literal["admin", "sales", "finance", "manager"]
    locale: str


class User(Employee):
    email: str


class Account(Employee):
    email: Annotated[str | None, Field(description="Null: not known yet; they may own deals, and cannot sign in.")]
    team: str
    reports_to: Annotated[str | None, Field(description="The id of the person they report to.")]
    active: bool
    version: int
    created_at: datetime
    updated_at: datetime


class DirectoryEntry(Document):
    """``can_own``: clients and deals may be given to them."""

    id: str
    name: str
    role: str
    team: str
    active: bool
    can_own: bool


class Tokens(Document):
    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"]
    expires_in: Annotated[int, Field(description="Seconds the access token lives.")]
    user: User


class Receipt(Document):
    reference: str


class IntakeState(Document):
    reference: str
    kind: Literal["contact", "brief"]
    status: Literal["waiting", "done", "refused"]
    problem: str | None
    client_id: str | None
    contact_id: str | None
    deal_id: str | None
    received_at: datetime


class ClientDocument(Document):
    """A client; where ``access`` is "card" only name, industry, status and owner are shown. ``deal_value`` is that of
    the greatest of its deals, in the base currency."""

    id: str
    company_name: str
    industry: str | None
    status: str
    owner_id: str | None
    access: Literal["write", "read", "card"]
    lifetime_value: MoneyNumber | None = None
    open_deals: int | None = None
    deal_value: MoneyNumber | None = None
    currency: str | None = None
    waiting_since: datetime | None = None
    custom: CustomValues | None = None
    version: int | None = None


class ContactDocument(Document):
    id: str
    client_id: str
    first_name: str
    last_name: str
    email: str | None
    phone: str | None
    job_title: str | None
    is_primary: bool
    custom: CustomValues
    version: int


class ActivityDocument(Document):
    id: str
    client_id: str
    type: str
    subject: str
    description: str
    occurred_at: datetime


class DocumentDocument(Document):
    id: str
    client_id: str
    filename: str
    content_type: str
    size: int | None
    sha256: str | None


class Tag(Document):
    tag: str


class DealDocument(Document):
    id: str
    deal_name: str
    client_id: str
    company_name: str
    deal_value: MoneyNumber | None
    currency: str
    stage: str
    source: str
    description: str | None
    expected_close_date: date | None
    actual_close_date: date | None
    owner_id: str | None
    tags: list[str]
    custom: CustomValues
    ai_score: int | None
    ai_insights: dict[str, Any] | None
    probability: int
    win_probability: dict[str, Any]
    version: int


class BoardColumn(Document):
    stage: str
    weight: int
    count: int
    values: list[dict[str, Any]]
    items: list[DealDocument]


class Board(Document):
    columns: list[BoardColumn]


class StageStep(Document):
    deal_id: str
    from_stage: str | None
    to_stage: str
    moved_at: datetime
    moved_by: str


class AnalysisRequest(Document):
    deal_id: str
    brief_id: str
    status: Literal["requested"]


class LineDocument(Document):
    description: str
    quantity: float
    unit_price: MoneyNumber
    amount: MoneyNumber


class InvoiceDocument(Document):
    id: str
    invoice_number: str
    client_id: str
    deal_id: str | None
    amount: MoneyNumber
    tax: MoneyNumber
    discount_percent: float
    tax_percent: float
    currency: str
    lines: list[LineDocument] | None = None
    status: Literal["draft", "sent", "partially_paid", "paid", "void"]
    overdue: bool
    due_date: date | None
    paid_date: date | None
    payment_method: str | None
    payment_reference: str | None
    description: str | None
    mail_status: str
    pdf_url: str | None
    version: int


class PaymentDocument(Document):
    id: str
    invoice_id: str | None
    amount: MoneyNumber
    currency: str
    status: str


class PublicInvoice(Document):
    invoice_number: str
    amount: MoneyNumber
    currency: str
    status: str


class NotificationDocument(Document):
    id: str
    kind: str
    title: str
    message: str
    action_label: str | None
    action_path: str | None
    read_at: datetime | None
    created_at: datetime


class GenerationDocument(Document):
    id: str
    kind: str
    provider: str | None
    status: str


class Hop(Document):
    """One step of a request; ``ms`` is None while it is under way."""

    service: str
    kind: str
    name: str
    at: datetime
    ms: float | None


class Trace(Document):
    reference: str
    hops: list[Hop]
    unavailable: list[str]


class DeadLetter(Document):
    id: str
    service: str
    type: str
    error: str
    attempts: int


class DeadLetters(Document):
    items: list[DeadLetter]
    next_cursor: str | None
    total: int
    unavailable: list[str]


class Health(Document):
    alive: bool


class Ready(Document):
    """The gateway itself, and in ``services`` the same of each service; counts are null where it could not be asked.

    ``clients`` says ``search_lag_seconds``, too: how long after it happened searches and filters knew of a deal.
    """

    ready: bool
    database: bool
    broker: bool
    oldest_unsent_seconds: float | None
    dead_letters: int | None
    forms_waiting: int | None = None
    services: dict[str, Any]


class Done(Document):
    pass


class Deleted(Document):
    id: str
    change_set_id: str
