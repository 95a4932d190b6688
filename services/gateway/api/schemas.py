"""What the API takes: a pydantic model for each body and for each set of query parameters."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from libs.common.money import MoneyError, to_minor
from libs.common.problems import Invalid
from services.gateway.api import client_filters, values
from services.gateway.api.values import (
    Amount,
    Body,
    Currency,
    Custom,
    Id,
    Line,
    Name,
    NeededLine,
    NeededName,
    NeededTitle,
    NeededWord,
    NewSecret,
    Note,
    Paragraph,
    Percent,
    Quantity,
    Tags,
    Text,
    Word,
)

Page = values.Page
ClientFilters = client_filters.ClientFilters


class Version(Body):
    """``version`` is the one you loaded; a stale one is refused with 409."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1)] | None = None


class UserNew(Body):
    email: NeededName
    name: NeededName
    role: Literal["admin", "sales", "finance", "manager"]
    password: NewSecret


class UserChange(Version):
    name: NeededName | None = None
    role: Literal["admin", "sales", "finance", "manager"] | None = None
    active: bool | None = None
    locale: Literal["en", "de"] | None = None
    team: Annotated[Name, Field(max_length=100)] | None = None
    reports_to: Id | None = None


class Person(Body):
    """Somebody who fills in a form, and the company they speak for."""

    company_name: Name | None = None
    company_email: Name | None = None
    first_name: NeededName
    last_name: Name | None = None
    email: NeededName
    phone: Word | None = None
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
    features: Annotated[list[NeededLine], Field(max_length=100)] | Text = Field(default_factory=list)
    design: Text = ""
    timeline_weeks: Annotated[int, Field(ge=1, le=520, strict=True)]
    budget: Budget
    website: Annotated[str, Field(max_length=500)] | None = None


class ContactNew(Body):
    first_name: NeededName
    last_name: Name | None = None
    email: Name | None = None
    phone: Word | None = None
    job_title: Name | None = None
    is_primary: bool | None = None
    custom: Custom | None = None


class ContactChange(Version):
    first_name: NeededName | None = None
    last_name: Name | None = None
    email: Name | None = None
    phone: Word | None = None
    job_title: Name | None = None
    is_primary: bool | None = None
    custom: Custom | None = None


class ClientFields(Body):
    email: Name | None = None
    phone: Word | None = None
    website: Line | None = None
    industry: Name | None = None
    status: Literal["prospect", "active", "inactive", "churned"] | None = None
    source: NeededWord | None = None
    address: Line | None = None
    city: Name | None = None
    state: Name | None = None
    country: Name | None = None
    notes: Text | None = None
    tags: Tags | None = None
    custom: Custom | None = None


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
    subject: NeededTitle
    description: Text | None = None
    occurred_at: datetime | None = None
    due_at: datetime | None = None
    contact_id: Id | None = None
    deal_id: Id | None = None
    assignee_id: Id | None = None


Stage = Literal["lead", "qualified", "proposal", "negotiation", "won", "lost"]


class DealFields(Body):
    deal_value: Amount | None = None
    currency: Currency | None = None
    source: NeededWord | None = None
    description: Text | None = None
    expected_close_date: date | None = None
    actual_close_date: Annotated[date | None, Field(description="Of a closed deal; not after today.")] = None
    owner_id: Id | None = None
    tags: Tags | None = None
    custom: Custom | None = None


class StageEntered(Body):
    stage: Literal["lead", "qualified", "proposal", "negotiation"]
    on: date


class DealNew(DealFields):
    deal_name: NeededTitle
    client_id: Id
    stage: Stage | None = None
    lost_reason: Line | None = None
    created_on: Annotated[date | None, Field(description="For admins: when it began elsewhere, in the past.")] = None
    history: Annotated[
        list[StageEntered] | None,
        Field(min_length=1, max_length=50, description="For admins: the open stages it was in, oldest first."),
    ] = None


class DealChange(DealFields, Version):
    deal_name: NeededTitle | None = None


class StageMove(Version):
    stage: Stage
    lost_reason: Line | None = None
    actual_close_date: Annotated[date | None, Field(description="When it closed; today without it.")] = None


class InvoiceSelection(Body):
    status: list[Literal["draft", "sent", "partially_paid", "paid", "void", "open"]] | None = None
    overdue: bool | None = None
    client_id: Id | None = None
    segment_id: Id | None = None
    deal_id: Id | None = None
    from_: Annotated[date | None, Field(alias="from")] = None
    to: date | None = None
    due_from: date | None = None
    due_to: date | None = None
    paid_from: date | None = None
    paid_to: date | None = None
    currency: Currency | None = None
    q: Name | None = None


class InvoiceFilters(InvoiceSelection, Page):
    sort: Annotated[str, Field(max_length=40)] | None = None


class InvoiceLine(Body):
    description: NeededLine
    # The document's default is a number, too: pydantic would write a Decimal as text.
    quantity: Annotated[Quantity, Field(json_schema_extra={"default": 1})] = Decimal(1)
    unit_price: Amount


class InvoiceFields(Body):
    amount: Amount | None = None
    lines: Annotated[list[InvoiceLine], Field(min_length=1, max_length=200)] | None = None
    discount_percent: Percent | None = None
    tax_percent: Percent | None = None
    currency: Currency | None = None
    due_date: Annotated[date, Field(ge=date(2000, 1, 1))] | None = None
    description: Paragraph | None = None
    notes: Note | None = None


class InvoiceNew(InvoiceFields):
    client_id: Id
    deal_id: Id | None = None


class InvoiceChange(InvoiceFields, Version):
    pass


class VoidReason(Body):
    reason: NeededLine


class PaymentNew(Body):
    amount: Amount
    currency: Currency | None = None
    method: NeededWord = "bank_transfer"
    paid_on: date | None = None
    reference: Name | None = None


class RefundNew(Body):
    amount: Amount | None = None


class PaymentFilters(Page):
    status: Literal["received", "unmatched", "partially_refunded", "refunded"] | None = None
    invoice_id: Id | None = None


class PaymentAssignment(Body):
    invoice_id: Id


def minor(values: dict[str, Any], currency: str, *names: str, at: str = "") -> dict[str, Any]:
    """Replace amounts in major units by ``<name>_minor``; Invalid names the field, ``at`` where it stands."""
    result = dict(values)
    for name in names:
        if name in result:
            amount = result.pop(name)
            try:
                result[f"{name}_minor"] = None if amount is None else to_minor(amount, currency)
            except MoneyError as error:
                raise Invalid(str(error), field=f"{at}{name}") from None
    return result


def paged(given: dict[str, Any]) -> dict[str, Any]:
    """Query parameters as an RPC list method takes them."""
    page: dict[str, Any] = {name: given.pop(name) for name in ("sort", "limit", "cursor") if name in given}
    return page | {"filters": given}


def changes(body: Version) -> dict[str, Any]:
    """A PATCH body as an RPC update method takes it."""
    given = body.given()
    return {"version": given.pop("version", None), "changes": given}
