"""What billing does beside changing its rows when a person is erased."""

from __future__ import annotations

from libs.common.database import UnitOfWork
from libs.common.erasure.parts import Part
from services.billing.events import PersonErased
from services.billing.handlers.previews import drop_previews


def tell_erased(uow: UnitOfWork, part: Part) -> None:
    """Pictures of drafts that named the person go, too; then our part is done."""
    drafts = {each.row["id"] for each in part.found if each.table == "invoices" and each.kept is None}
    drafts |= {each.row["invoice_id"] for each in part.found if each.table == "invoice_lines" and each.kept is None}
    drop_previews(uow, sorted(drafts))
    uow.outbox.add(PersonErased(**part.data), of=part)
