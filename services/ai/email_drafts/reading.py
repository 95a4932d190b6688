"""From what the services answer to what a draft may speak of. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from libs.common.clock import business_date
from libs.common.ids import is_id
from services.ai.email_drafts.context import Activity, Deal, Invoice, Person

Document = dict[str, Any]

ACTIVITIES, INVOICES = 12, 12
_TEXT_LENGTH = 4_000
_FROM_FORMS = ("brief_wizard", "website", "whatsapp")


def deal_of(document: Document) -> Deal:
    """A deal that a form made holds the client's words."""
    return Deal(
        id=document["id"],
        name=document["deal_name"],
        stage=document["stage"],
        value_minor=document["deal_value_minor"],
        currency=document["currency"],
        description=_text(document.get("description")),
        expected_close_date=_day(document.get("expected_close_date")),
        ours=document.get("source") not in _FROM_FORMS,
    )


def contacts_of(items: Iterable[Document], wished: str | None) -> tuple[Document | None, tuple[Person, ...]]:
    """The contact to write to (the one wished for, else the first with an address), and the other people there."""
    found = list(items)
    with_address = [each for each in found if each.get("email")]
    chosen = next((each for each in with_address if each["id"] == wished), with_address[0] if with_address else None)
    others = [each for each in found if chosen is None or each["id"] != chosen["id"]]
    return chosen, tuple(person_of(each) for each in others)


def person_of(contact: Document) -> Person:
    name = f"{contact.get('first_name') or ''} {contact.get('last_name') or ''}".strip()
    return Person(name, contact.get("job_title") or "")


def activities_of(items: Iterable[Document], zone: str) -> tuple[Activity, ...]:
    """The newest first, as told. What no person here wrote may be a stranger's words."""
    return tuple(
        Activity(
            day=_business_day(each["occurred_at"], zone),
            type=each["type"],
            subject=_text(each["subject"]),
            text=_text(each.get("description")),
            by=each.get("actor_name") or "",
            ours=is_id(each.get("actor_id")) and each["type"] != "whatsapp",
            due=_business_day(each["due_at"], zone) if each.get("due_at") else None,
        )
        for each in list(items)[:ACTIVITIES]
    )


def invoices_of(items: Iterable[Document], zone: str) -> tuple[Invoice, ...]:
    """Issued ones: a draft's figures may still change, and a void one asks for nothing."""
    issued = [each for each in items if each["status"] not in ("draft", "void")]
    return tuple(
        Invoice(
            number=each["invoice_number"],
            status=each["status"],
            amount_minor=each["amount_minor"],
            owed_minor=max(0, each["amount_minor"] - each.get("paid_minor", 0)),
            currency=each["currency"],
            due_date=_day(each.get("due_date")),
            sent_on=_day(each.get("issued_on")),
            paid_on=_day(each.get("paid_date")),
            description=_text(each.get("description")),
        )
        for each in issued[:INVOICES]
    )


def _text(value: Any) -> str:
    return str(value or "")[:_TEXT_LENGTH]


def _day(value: Any) -> str | None:
    if value is None:
        return None
    return value.isoformat()[:10] if isinstance(value, date) else str(value)[:10]


def _business_day(value: Any, zone: str) -> str:
    instant = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return business_date(instant, zone).isoformat()
