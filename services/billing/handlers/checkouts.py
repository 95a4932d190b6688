"""Faults of the payment provider's page, which a payer waits for: no job keeps them, so they are noted here."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert

from libs.common.database import UnitOfWork
from services.billing.models import provider_faults


def note_checkout_fault(uow: UnitOfWork, invoice_number: str, problem: str) -> None:
    """Keep why a payment page could not be opened; the newest such fault is enough."""
    values = {"problem": f"payment page of {invoice_number}: {problem}"[:2000], "failed_at": uow.now}
    statement = insert(provider_faults).values(asked="checkout", **values)
    uow.session.execute(statement.on_conflict_do_update(index_elements=["asked"], set_=values))
