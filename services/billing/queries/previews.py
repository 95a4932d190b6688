"""What is known of an invoice's preview, and what it shows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from libs.common.identity import Actor
from libs.common.ids import is_id
from libs.common.problems import Conflict, NotFound
from services.billing import access, settings
from services.billing.domain import DRAFT, VOID
from services.billing.models import documents, invoice_previews, invoices
from services.billing.queries.documents import PDF, invoice_view


def preview_subject(session: Session, actor: Actor, invoice_id: str) -> dict[str, Any]:
    """``{version, client_id, issued}`` of an invoice; NotFound unless the actor may see it."""
    row = invoices.c
    columns = (row.version, row.client_id, row.status, row.pdf_key)
    statement = select(*columns).where(row.id == invoice_id, access.scope(actor))
    found = session.execute(statement).first() if is_id(invoice_id) else None
    if found is None:
        raise NotFound("there is no such invoice, or it is not yours to see")
    # One that was voided before it was issued has no PDF but its preview.
    issued = found.pdf_key is not None or found.status not in (DRAFT, VOID)
    return {"version": found.version, "client_id": found.client_id, "issued": issued}


def issued_preview(session: Session, invoice_id: str) -> dict[str, Any]:
    """The state of the PDF that goes, or went, to the client."""
    row = invoices.c
    columns = (row.pdf_key, row.mail_status, row.mail_problem, documents.c.filename)
    stored = invoices.join(documents, documents.c.key == row.pdf_key, isouter=True)
    found = session.execute(select(*columns).select_from(stored).where(row.id == invoice_id)).one()
    if found.pdf_key is not None:
        return _state("ready", found.pdf_key, found.filename)
    return _state("failed", problem=found.mail_problem) if found.mail_status == "failed" else _state("making")


def draft_preview(session: Session, invoice_id: str) -> dict[str, Any]:
    """The state of the preview that was asked for last."""
    found = _asked(session, invoice_id)
    if found.status == "ready":
        return _state("ready", found.key, _filename(found))
    return _state(found.status, problem=found.problem)


def preview_for_link(session: Session, actor: Actor, invoice_id: str) -> dict[str, Any]:
    """Key and name of the PDF to look at. NotFound unless the actor may see the invoice, Conflict while there is
    none of the invoice as it is now."""
    subject = preview_subject(session, actor, invoice_id)
    if subject["issued"]:
        state = issued_preview(session, invoice_id)
    else:
        found = _asked(session, invoice_id)
        if found is None or found.version != subject["version"]:
            raise Conflict("ask for the preview first: there is none of this invoice as it is now")
        state = draft_preview(session, invoice_id)
    if state["status"] == "failed":
        raise Conflict(f"the preview could not be made: {state['problem']}")
    if state["status"] == "making":
        raise Conflict("the preview is being made; try again in a moment")
    return {"key": state["key"], "filename": state["filename"], "content_type": PDF}


def preview_view(session: Session, invoice_id: str, bill_to: dict[str, Any] | None, day: date) -> dict[str, Any] | None:
    """All that a preview shows: the invoice as it would be issued on that day. None when it was issued."""
    row = invoices.c
    columns = (row.status, row.pdf_key, row.company_name, row.due_date, row.due_date_set)
    found = session.execute(select(*columns).where(row.id == invoice_id)).first()
    view = invoice_view(session, invoice_id)
    if found is None or view is None or found.pdf_key is not None or found.status not in (DRAFT, VOID):
        return None
    due = found.due_date if found.due_date_set else day + timedelta(days=settings.current().payment_terms_days)
    nobody = {"company_name": found.company_name, "contact_name": "", "email": "", "address": []}
    shown = {"bill_to": view["bill_to"] or bill_to or nobody, "issued_on": view["issued_on"] or day, "due_date": due}
    return view | shown | {"mark": found.status.upper()}


def _asked(session: Session, invoice_id: str) -> Any:
    row = invoice_previews.c
    columns = (row.version, row.status, row.key, row.problem, invoices.c.invoice_number, invoices.c.status.label("of"))
    both = invoice_previews.join(invoices, invoices.c.id == row.invoice_id)
    return session.execute(select(*columns).select_from(both).where(row.invoice_id == invoice_id)).first()


def _filename(found: Any) -> str:
    return f"{found.invoice_number}-{found.of}.pdf"


def _state(
    status: str, key: str | None = None, filename: str | None = None, problem: str | None = None
) -> dict[str, Any]:
    return {"status": status, "key": key, "filename": filename, "problem": problem}
