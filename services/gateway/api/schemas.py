"""What the API takes: pydantic models, strict where a slip of type would change a meaning."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)

from libs.common.money import EXPONENTS, MoneyError, to_minor


def _amount(value: Any) -> Any:
    """A plain number: true, "5" and a binary float are refused, since each hides a slip."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("an amount is a plain number")
    return value


def _no_nul(value: Any) -> Any:
    if isinstance(value, str):
        if "\x00" in value:
            raise ValueError("holds a character that cannot be kept")
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValueError("holds half a character") from None
    return value


Amount = Annotated[
    Decimal,
    BeforeValidator(_amount),
    Field(ge=0, lt=10**15),
    WithJsonSchema({"type": "number", "minimum": 0, "exclusiveMaximum": 10**15}),
]
Text = Annotated[str, BeforeValidator(_no_nul), StringConstraints(strip_whitespace=True, max_length=20_000)]
Name = Annotated[str, BeforeValidator(_no_nul), StringConstraints(strip_whitespace=True, max_length=200)]
NeededName = Annotated[
    str, BeforeValidator(_no_nul), StringConstraints(strip_whitespace=True, min_length=1, max_length=200)
]
Id = Annotated[str, Field(pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")]
Percent = Annotated[
    Decimal,
    BeforeValidator(_amount),
    Field(ge=0, le=100, max_digits=7, decimal_places=4),
    PlainSerializer(lambda value: format(value, "f"), return_type=str),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 100}),
]
Quantity = Annotated[
    Decimal,
    BeforeValidator(_amount),
    Field(gt=0, lt=10**9, decimal_places=3),
    PlainSerializer(lambda value: format(value, "f"), return_type=str),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 10**9}),
]


def _currency(value: str) -> str:
    if value not in EXPONENTS:
        raise ValueError("is an ISO 4217 currency code, as in USD")
    return value


Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["USD"]), AfterValidator(_currency)]


class Body(BaseModel):
    """A body: unknown fields are refused, since a misspelt field would silently do nothing."""

    model_config = ConfigDict(extra="forbid")

    def given(self) -> dict[str, Any]:
        """The fields that were sent, as plain JSON values."""
        return self.model_dump(mode="json", exclude_unset=True)


def minor(values: dict[str, Any], currency: str, *names: str) -> dict[str, Any]:
    """Replace amounts in major units by ``<name>_minor``; MoneyError, which is a 422, names the field."""
    result = dict(values)
    for name in names:
        if name in result:
            amount = result.pop(name)
            try:
                result[f"{name}_minor"] = None if amount is None else to_minor(amount, currency)
            except MoneyError as error:
                error.field = name  # type: ignore[attr-defined]  # read where errors become problems
                raise
    return result


class Version(Body):
    """``version`` is the one you loaded; a stale one is refused with 409."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None


class LogIn(Body):
    email: Annotated[str, BeforeValidator(_no_nul), Field(max_length=254)]
    password: Annotated[str, BeforeValidator(_no_nul), Field(max_length=200)]


class Refresh(Body):
    refresh_token: Annotated[str, Field(max_length=200)]


class UserNew(Body):
    email: NeededName
    name: NeededName
    role: Literal["admin", "sales", "finance", "manager"]
    password: Annotated[str, BeforeValidator(_no_nul), Field(min_length=10, max_length=200)]


class UserChange(Version):
    name: NeededName | None = None
    role: Literal["admin", "sales", "finance", "manager"] | None = None
    active: bool | None = None
    locale: Literal["en", "de"] | None = None


class Person(Body):
    """Somebody who fills in a form, and the company they speak for."""

    company_name: Name | None = None
    company_email: Name | None = None
    first_name: NeededName
    last_name: Name | None = None
    email: NeededName
    phone: Annotated[Name, Field(max_length=60)] | None = None
    job_title: Name | None = None
    industry: Name | None = None
    message: Text | None = None


class ContactForm(Person):
    """``website`` is a honeypot: people do not see it, programs fill it in."""

    website: Annotated[str, Field(max_length=500)] | None = None


class Vision(Body):
    title: NeededName
    summary: Text = ""


class Budget(Body):
    min: Amount
    max: Amount
    currency: Currency = "USD"


class BriefForm(Body):
    contact: Person
    vision: Vision
    audience: Text = ""
    features: Annotated[list[Annotated[Text, Field(min_length=1, max_length=500)]], Field(max_length=100)] | Text = []
    design: Text = ""
    timeline_weeks: Annotated[int, Field(ge=1, le=520)]
    budget: Budget
    website: Annotated[str, Field(max_length=500)] | None = None


class Page(Body):
    limit: Annotated[int, Field(ge=1, le=200)] | None = None
    cursor: Annotated[str, Field(max_length=800, pattern=r"^[A-Za-z0-9_-]+$")] | None = None


class ClientFilters(Page):
    status: Literal["prospect", "active", "inactive", "churned"] | None = None
    industry: Name | None = None
    state: Name | None = None
    country: Name | None = None
    tag: Name | None = None
    owner_id: Id | Literal["none"] | None = None
    min_deal_value: Annotated[Decimal, Field(ge=0, lt=10**15)] | None = None
    q: Name | None = None
    sort: Annotated[str, Field(max_length=40)] | None = None


Tags = Annotated[list[Annotated[NeededName, Field(max_length=60)]], Field(max_length=50)]


class ContactNew(Body):
    first_name: NeededName
    last_name: Name | None = None
    email: Name | None = None
    phone: Annotated[Name, Field(max_length=60)] | None = None
    job_title: Name | None = None
    is_primary: bool | None = None


class ContactChange(Version):
    first_name: NeededName | None = None
    last_name: Name | None = None
    email: Name | None = None
    phone: Annotated[Name, Field(max_length=60)] | None = None
    job_title: Name | None = None
    is_primary: bool | None = None


class ClientFields(Body):
    email: Name | None = None
    phone: Annotated[Name, Field(max_length=60)] | None = None
    website: Annotated[Text, Field(max_length=500)] | None = None
    industry: Name | None = None
    status: Literal["prospect", "active", "inactive", "churned"] | None = None
    source: Annotated[NeededName, Field(max_length=60)] | None = None
    address: Annotated[Text, Field(max_length=500)] | None = None
    city: Name | None = None
    state: Name | None = None
    country: Name | None = None
    notes: Text | None = None
    tags: Tags | None = None


class ClientNew(ClientFields):
    company_name: NeededName
    owner_id: Id | None = None
    contact: ContactNew | None = None


class ClientChange(ClientFields, Version):
    company_name: NeededName | None = None


class Assignment(Body):
    owner_id: Id | None


class ActivityNew(Body):
    type: Literal["call", "email", "meeting", "note", "task", "whatsapp"]
    subject: Annotated[NeededName, Field(max_length=300)]
    description: Text | None = None
    occurred_at: datetime | None = None
    due_at: datetime | None = None
    contact_id: Id | None = None
    deal_id: Id | None = None


Stage = Literal["lead", "qualified", "proposal", "negotiation", "won", "lost"]


class DealFilters(Page):
    stage: list[Stage] | None = None
    owner_id: Id | None = None
    client_id: Id | None = None
    tag: Name | None = None
    source: Name | None = None
    closing_from: date | None = None
    closing_to: date | None = None
    q: Name | None = None
    sort: Annotated[str, Field(max_length=40)] | None = None


class BoardFilters(Body):
    owner_id: Id | None = None
    client_id: Id | None = None
    tag: Name | None = None
    source: Name | None = None
    closing_from: date | None = None
    closing_to: date | None = None
    q: Name | None = None


class DealFields(Body):
    deal_value: Amount | None = None
    currency: Currency | None = None
    source: Annotated[NeededName, Field(max_length=60)] | None = None
    description: Text | None = None
    expected_close_date: date | None = None
    owner_id: Id | None = None
    tags: Tags | None = None


class DealNew(DealFields):
    deal_name: Annotated[NeededName, Field(max_length=300)]
    client_id: Id
    stage: Stage | None = None
    lost_reason: Annotated[Text, Field(max_length=500)] | None = None


class DealChange(DealFields, Version):
    deal_name: Annotated[NeededName, Field(max_length=300)] | None = None


class StageMove(Version):
    stage: Stage
    lost_reason: Annotated[Text, Field(max_length=500)] | None = None


class InvoiceFilters(Page):
    status: list[Literal["draft", "sent", "partially_paid", "paid", "void"]] | None = None
    overdue: bool | None = None
    client_id: Id | None = None
    deal_id: Id | None = None
    from_: Annotated[date | None, Field(alias="from")] = None
    to: date | None = None
    q: Name | None = None
    sort: Annotated[str, Field(max_length=40)] | None = None


class InvoiceLine(Body):
    description: Annotated[NeededName, Field(max_length=500)]
    quantity: Quantity = Decimal(1)
    unit_price: Amount


class InvoiceFields(Body):
    amount: Amount | None = None
    lines: Annotated[list[InvoiceLine], Field(min_length=1, max_length=200)] | None = None
    discount_percent: Percent | None = None
    tax_percent: Percent | None = None
    currency: Currency | None = None
    due_date: date | None = None
    description: Annotated[Text, Field(max_length=2000)] | None = None
    notes: Annotated[Text, Field(max_length=5000)] | None = None


class InvoiceNew(InvoiceFields):
    client_id: Id
    deal_id: Id | None = None


class InvoiceChange(InvoiceFields, Version):
    pass


class VoidReason(Body):
    reason: Annotated[NeededName, Field(max_length=500)]


class PaymentNew(Body):
    amount: Amount
    currency: Currency | None = None
    method: Annotated[NeededName, Field(max_length=60)] = "bank_transfer"
    paid_on: date | None = None
    reference: Name | None = None


class RefundNew(Body):
    amount: Amount | None = None


class PaymentFilters(Page):
    status: Literal["matched", "unmatched", "refunded", "partially_refunded", "disputed"] | None = None
    invoice_id: Id | None = None


class PaymentAssignment(Body):
    invoice_id: Id


class NotificationFilters(Page):
    unread_only: bool | None = None


class EmailFilters(Page):
    kind: Name | None = None
    status: Name | None = None
    client_id: Id | None = None
    invoice_id: Id | None = None


class GenerationFilters(Page):
    deal_id: Id | None = None
    brief_id: Id | None = None
    kind: Name | None = None


class Upload(Body):
    """multipart/form-data"""

    file: Annotated[str, Field(json_schema_extra={"format": "binary"})]


def paged(given: dict[str, Any]) -> dict[str, Any]:
    """Query parameters as an RPC list method takes them."""
    page: dict[str, Any] = {name: given.pop(name) for name in ("sort", "limit", "cursor") if name in given}
    return page | {"filters": given}


def changes(body: Version) -> dict[str, Any]:
    """A PATCH body as an RPC update method takes it."""
    given = body.given()
    return {"version": given.pop("version", None), "changes": given}
