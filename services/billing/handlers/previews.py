"""Previews: the PDF of a draft before anybody was sent it, made by the worker and kept for a while."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from libs.common.database import UnitOfWork
from libs.common.jobs import Job
from services.billing import queries
from services.billing.domain import BillTo, Seller
from services.billing.models import invoice_previews as previews
from services.billing.ports import Outside

# A link lives for five minutes: what it leads to stays longer than that.
_LINGER = timedelta(minutes=10)
_KEEP = timedelta(days=2)


def request_preview(uow: UnitOfWork, invoice_id: str, bill_to: BillTo | None) -> queries.Document:
    """``{status: ready|making|failed, key, filename, problem}``. What was issued is its own preview.

    One edition is rendered once, however often it is asked for; another version, addressee, seller or day is another.
    bill_to: whom it would go to, None where that is not known.
    """
    subject = queries.preview_subject(uow.session, uow.actor, invoice_id)
    if subject["issued"]:
        return queries.issued_preview(uow.session, invoice_id)
    edition = _edition(subject["version"], bill_to, queries.seller_now(uow.session), uow.today)
    if _is_new(uow, invoice_id, subject["version"], edition):
        payload = {"invoice_id": invoice_id, "edition": edition, "bill_to": bill_to, "day": uow.today.isoformat()}
        uow.jobs.add("render_preview", payload, dedupe_key=f"{invoice_id} {edition}")
    return queries.draft_preview(uow.session, invoice_id)


def preview_outside(outside: Outside, job: Job) -> str | None:
    """Render and store the preview; its key, or None when the invoice was issued meanwhile."""
    invoice_id = job.payload["invoice_id"]
    with outside.read() as session:
        day = date.fromisoformat(job.payload["day"])
        view = queries.preview_view(session, invoice_id, job.payload["bill_to"], day)
    if view is None:
        return None
    pay_url = outside.pay_url(view["pay_token"]) if outside.payments is not None else None
    key = f"previews/{invoice_id}/{job.payload['edition']}.pdf"
    outside.previews.keep(key, outside.pdf.invoice(view | {"pay_url": pay_url}))
    return key


def preview_finished(uow: UnitOfWork, job: Job, key: str | None) -> None:
    """Note it, and let go of the one before; one that nobody waits for any more goes itself."""
    wanted = previews.c.invoice_id == job.payload["invoice_id"], previews.c.edition == job.payload["edition"]
    row = uow.session.execute(select(previews).where(*wanted).with_for_update()).first()
    if row is None or key is None:
        _remove(uow, [key])
        return
    uow.session.execute(update(previews).where(*wanted).values(status="ready", key=key, problem=None))
    _remove(uow, [row.key] if row.key != key else [])


def preview_failed(uow: UnitOfWork, job: Job, reason: str) -> None:
    """Say so; asked for again, it is tried again."""
    wanted = previews.c.invoice_id == job.payload["invoice_id"], previews.c.edition == job.payload["edition"]
    uow.session.execute(update(previews).where(*wanted).values(status="failed", problem=reason[:500]))


def forget_previews(uow: UnitOfWork, due_at: datetime) -> None:
    """Previews are for looking at now: those of the day before yesterday go."""
    old = delete(previews).where(previews.c.asked_at < due_at - _KEEP).returning(previews.c.key)
    _remove(uow, list(uow.session.execute(old).scalars()))


def drop_previews(uow: UnitOfWork, invoice_ids: list[str]) -> None:
    """The previews of these drafts show what is not to be seen any more."""
    gone = delete(previews).where(previews.c.invoice_id.in_(invoice_ids)).returning(previews.c.key)
    _remove(uow, list(uow.session.execute(gone).scalars()))


def removal_outside(outside: Outside, job: Job) -> None:
    """Remove stored previews, but for one that was asked for again meanwhile and is shown now."""
    keys = job.payload["keys"]
    with outside.read() as session:
        shown = set(session.execute(select(previews.c.key).where(previews.c.key.in_(keys))).scalars())
    for key in keys:
        if key not in shown:
            outside.previews.remove(key)


def removal_finished(_uow: UnitOfWork, _job: Job, _result: None) -> None:
    """Nothing of ours changes."""


def _edition(version: int, bill_to: BillTo | None, seller: Seller, day: date) -> str:
    """The name of all that a preview shows: the invoice's version, and what does not stand in its row."""
    beside = json.dumps([bill_to, seller, day.isoformat()], sort_keys=True)
    return f"{version}-{hashlib.sha256(beside.encode()).hexdigest()[:8]}"


def _is_new(uow: UnitOfWork, invoice_id: str, version: int, edition: str) -> bool:
    """Note what is asked for; False when that edition is there or being made. Of many who ask at once one is first."""
    values = {"version": version, "edition": edition, "status": "making", "problem": None, "asked_at": uow.now}
    statement = insert(previews).values(invoice_id=invoice_id, **values)
    other = or_(previews.c.edition != edition, previews.c.status == "failed")
    asked = statement.on_conflict_do_update(index_elements=["invoice_id"], set_=values, where=other)
    return uow.session.execute(asked.returning(previews.c.invoice_id)).first() is not None


def _remove(uow: UnitOfWork, keys: list[str | None]) -> None:
    if stored := [key for key in keys if key]:
        uow.jobs.add("remove_previews", {"keys": stored}, due_at=uow.now + _LINGER)
