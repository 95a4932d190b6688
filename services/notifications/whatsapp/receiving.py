"""What webhooks bring: verified, kept once and answered at once; then read and applied by a job."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from libs.common.database import UnitOfWork
from libs.common.ids import new_id
from libs.common.jobs import Job
from libs.common.problems import Forbidden
from services.notifications.whatsapp import applying, matching
from services.notifications.whatsapp.domain import Malformed, read
from services.notifications.whatsapp.models import deliveries, early
from services.notifications.whatsapp.ports import Outside

APPLY_JOB = "apply_whatsapp"
_PREFIX = "sha256="
# WhatsApp repeats a delivery for a week; what is said in it stands in the messages.
_KEPT = timedelta(days=30)


def verified(app_secret: str, body_base64: str, signature: str) -> bytes:
    """The bytes as they came, if the app's secret signed these very bytes; Forbidden otherwise.

    The signature is of the escaped form in which WhatsApp sends JSON, so nothing is parsed before it is proven.
    """
    try:
        body = base64.b64decode(body_base64, validate=True)
    except (binascii.Error, ValueError, TypeError):
        raise Forbidden("the body cannot be read") from None
    if not app_secret:
        raise Forbidden("no app secret is set (WHATSAPP_APP_SECRET), so nothing can be verified")
    expected = _PREFIX + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()
    given = signature if isinstance(signature, str) else ""
    if not hmac.compare_digest(expected.encode(), given.strip().encode("utf-8", "replace")):
        raise Forbidden("the signature (X-Hub-Signature-256) does not fit the body")
    return body


def handshake(verify_token: str, mode: Any, token: Any, challenge: Any) -> dict[str, Any]:
    """``{challenge}`` for who names our token; Forbidden otherwise, and where none is set."""
    given = token if isinstance(token, str) else ""
    fits = hmac.compare_digest(verify_token.encode(), given.encode("utf-8", "replace"))
    if not verify_token or mode != "subscribe" or not fits or not isinstance(challenge, str):
        raise Forbidden("this is not the token that was agreed on (WHATSAPP_VERIFY_TOKEN)")
    return {"challenge": challenge[:500]}


def keep_whatsapp_delivery(uow: UnitOfWork, body_hash: str, text: str) -> dict[str, Any]:
    """Keep a verified body and order its application; the same bytes again change nothing."""
    row = {"id": new_id(), "body_hash": body_hash, "body": text, "outcome": "kept", "received_at": uow.now}
    statement = insert(deliveries).values(row).on_conflict_do_nothing(index_elements=["body_hash"])
    kept = uow.session.execute(statement.returning(deliveries.c.id)).scalar_one_or_none()
    if kept is not None:
        uow.jobs.add(APPLY_JOB, {"delivery_id": kept}, dedupe_key=kept)
    return {"received": True}


def as_text(body: bytes) -> str:
    """The bytes as text that can be kept; what is no UTF-8 is spelled out."""
    return body.decode("utf-8", "backslashreplace").replace("\x00", "\\x00")


def apply_outside(outside: Outside, job: Job) -> None:
    """Read a delivery, ask whose the numbers are, and apply it in one transaction."""
    delivery_id = job.payload["delivery_id"]
    row = deliveries.c
    with outside.read() as session:
        kept = session.execute(select(row.body, row.outcome).where(row.id == delivery_id)).first()
    if kept is None or kept.outcome != "kept":
        return
    try:
        webhook = read(kept.body, outside.line.phone_number_id, outside.now())
    except Malformed as error:
        with outside.transaction(job.context) as uow:
            _settle(uow, delivery_id, "malformed", str(error))
        return
    contacts = matching.contacts_of(outside, job.context, webhook.notices)
    with outside.transaction(job.context) as uow:
        if _is_ours_to_apply(uow, delivery_id):
            notes = [*webhook.notes, *applying.apply(uow, webhook.notices, contacts, outside.line)]
            outcome = "applied" if webhook.notices else "ignored"
            _settle(uow, delivery_id, outcome, "; ".join(dict.fromkeys(notes))[:2000] or None)


def apply_finished(_uow: UnitOfWork, _job: Job, _result: None) -> None:
    """Nothing is left to do."""


def apply_failed(uow: UnitOfWork, job: Job, reason: str) -> None:
    """It is given up; the body is kept, so that somebody can look."""
    _settle(uow, job.payload["delivery_id"], "failed", reason[:2000])


def forget_deliveries(uow: UnitOfWork, _due_at: Any) -> None:
    """Bodies that cannot be repeated any more go, and what was told of messages that never came."""
    old = uow.now - _KEPT
    done = (deliveries.c.received_at < old, deliveries.c.outcome.in_(["applied", "ignored"]))
    uow.session.execute(delete(deliveries).where(*done))
    uow.session.execute(delete(early).where(early.c.received_at < old))


def _is_ours_to_apply(uow: UnitOfWork, delivery_id: str) -> bool:
    """Whether no other attempt has applied it meanwhile; none can until this transaction ends."""
    row = deliveries.c
    statement = select(row.id).where(row.id == delivery_id, row.outcome == "kept").with_for_update()
    return uow.session.execute(statement).first() is not None


def _settle(uow: UnitOfWork, delivery_id: str, outcome: str, note: str | None) -> None:
    values = {"outcome": outcome, "note": note, "applied_at": uow.now}
    uow.session.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(**values))
