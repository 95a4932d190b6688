"""Drafts: their numbers, their lines, their changes."""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from libs.common import record_merges, row_access
from libs.common.database import UnitOfWork
from libs.common.ids import new_id
from libs.common.problems import Forbidden, Invalid, NotFound
from services.billing import access, events, fields, queries, settings
from services.billing.domain import ORIGIN_DEAL, ORIGIN_MANUAL, Invoice
from services.billing.handlers.loading import invoice_to_change
from services.billing.handlers.pricing import priced_lines, require_amounts
from services.billing.handlers.telling import tell
from services.billing.models import deal_states, number_sequences

Document = dict[str, Any]


def create_invoice(uow: UnitOfWork, data: Document) -> Document:
    """A draft by hand, for a client the actor may write to."""
    given = fields.read(fields.NEW_INVOICE, data)
    if "client_id" not in given:
        raise Invalid("client_id is needed", field="client_id")
    require_amounts(given)
    named = given["client_id"]
    client_id = record_merges.current(uow.session, named)
    _check_client(uow, client_id)
    _check_deal(uow, client_id, given.get("deal_id"))
    company_name = row_access.label(uow.session, client_id)
    currency = given.get("currency") or uow.business.currency
    invoice = begin_draft(uow, client_id, company_name, currency, ORIGIN_MANUAL, given.get("deal_id"))
    _change(invoice, given)
    uow.session.add(invoice)
    uow.session.flush()
    record_merges.note(uow, named, "invoices", invoice.id)
    tell(uow, events.InvoiceDrafted, invoice)
    return queries.invoice_document(uow.session, invoice.id, uow.today)


def update_invoice(uow: UnitOfWork, invoice_id: str, changes: Document, version: int | None = None) -> Document:
    """Change a draft; ``lines`` replaces all of them. A sent invoice is locked."""
    invoice = invoice_to_change(uow, invoice_id, version)
    invoice.check_draft()
    given = fields.read(fields.INVOICE_CHANGES, changes)
    if "deal_id" in given and given["deal_id"] != invoice.deal_id:
        if invoice.origin == ORIGIN_DEAL:
            raise Invalid("this invoice was drafted for its deal and stays with it", field="deal_id")
        _check_deal(uow, invoice.client_id, given["deal_id"])
        invoice.deal_id = given["deal_id"]
    _change(invoice, given)
    invoice.edited = invoice.edited or not uow.actor.is_system
    invoice.touch(uow.now)
    uow.session.flush()
    tell(uow, events.InvoiceDrafted, invoice)
    return queries.invoice_document(uow.session, invoice.id, uow.today)


def begin_draft(
    uow: UnitOfWork, client_id: str, company_name: str, currency: str, origin: str, deal_id: str | None
) -> Invoice:
    """An empty draft with the next number; it is not in the session yet."""
    return Invoice(
        id=new_id(),
        invoice_number=_next_number(uow),
        client_id=client_id,
        company_name=company_name,
        currency=currency,
        origin=origin,
        deal_id=deal_id,
        pay_token=secrets.token_urlsafe(16),
        dated_on=uow.today,
        due_date=_usual_due_date(uow.today),
        created_by=uow.actor.id,
        created_at=uow.now,
        updated_at=uow.now,
    )


def _change(invoice: Invoice, given: Document) -> None:
    """Take over what was typed; what was not given stays."""
    if given.get("currency", invoice.currency) != invoice.currency:
        if "lines" not in given and "amount_minor" not in given:
            raise Invalid("with another currency, give the amount or the lines anew", field="currency")
        invoice.currency = given["currency"]
    _change_description(invoice, given)
    invoice.notes = given.get("notes", invoice.notes)
    discount = given.get("discount_percent", invoice.discount_percent)
    tax = given.get("tax_percent", invoice.tax_percent)
    invoice.price(priced_lines(invoice.lines, invoice.description, given, discount, tax), discount, tax)
    if "due_date" in given:
        invoice.choose_due_date(given["due_date"], settings.current().payment_terms_days)


def _change_description(invoice: Invoice, given: Document) -> None:
    """An invoice given as one amount says the same in its only line."""
    described = given.get("description", invoice.description)
    if len(invoice.lines) == 1 and invoice.lines[0].description == invoice.description != described:
        invoice.lines[0].description = described or "Services"
    invoice.description = described


def _check_client(uow: UnitOfWork, client_id: str) -> None:
    if not row_access.usable(uow.session, client_id):
        raise Invalid("there is no such client", field="client_id")
    if not access.sees_client(uow.session, uow.actor, client_id):
        raise NotFound("there is no such client, or it is not yours to see")
    if not access.owns_client(uow.session, uow.actor, client_id):
        raise Forbidden("you may look at this client, and only its owner may write invoices to it")


def _check_deal(uow: UnitOfWork, client_id: str, deal_id: str | None) -> None:
    """A deal that billing knows of belongs to the same client; one it does not know is taken at its word."""
    found = select(deal_states.c.client_id).where(deal_states.c.deal_id == deal_id)
    owner = uow.session.execute(found).scalar_one_or_none() if deal_id else None
    if owner not in (None, client_id):
        raise Invalid("this deal belongs to another client", field="deal_id")


def _next_number(uow: UnitOfWork) -> str:
    """The next of this year's numbers. Its row stays locked until the commit, and a rollback takes it back."""
    series = f"INV-{uow.today.year}"
    upsert = (
        insert(number_sequences)
        .values(series=series, last=1)
        .on_conflict_do_update(index_elements=["series"], set_={"last": number_sequences.c.last + 1})
        .returning(number_sequences.c.last)
    )
    return f"{series}-{uow.session.execute(upsert).scalar_one():03d}"


def _usual_due_date(dated_on: date) -> date:
    return dated_on + timedelta(days=settings.current().payment_terms_days)
