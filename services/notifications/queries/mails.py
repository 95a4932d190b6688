"""What people were told, the mails and what became of them, and who they are from and for."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, text
from sqlalchemy.orm import Session

from libs.common import company as companies
from libs.common import record_merges
from libs.common.identity import Actor
from libs.common.ids import is_id
from libs.common.integrations import Integration, Mode
from libs.common.pages import keyset, limit_of, page
from libs.common.problems import Invalid, NotFound
from services.notifications import access, settings
from services.notifications.domain import MAIL_KINDS, STAFF_MAILS, STATUSES, Addressee, Email, by_default
from services.notifications.models import emails, guides, notifications, people, preferences
from services.notifications.ports import Company
from services.notifications.settings import NotificationsSettings
from services.notifications.whatsapp.standing import whatsapp_item

# The steps of the guide for people new in sales, in their order.
GUIDE_STEPS = ("review", "meeting", "activity", "deal", "stage")
_FILTERS = frozenset({"kind", "status", "client_id", "invoice_id"})
_NOTE = ("id", "kind", "title", "message", "action_label", "action_path", "read_at", "created_at")
_LISTED = (
    "id kind status subject client_id user_id contact_id refs attempts last_error recipients message_id created_at "
    "updated_at version"
).split()

_LAST_SENT = text("SELECT settled_at AS at, subject FROM emails WHERE status = 'sent' ORDER BY settled_at DESC LIMIT 1")
_LAST_FAULT = text("""
    SELECT at, subject, last_error FROM (
        (SELECT settled_at AS at, subject, last_error FROM emails
         WHERE status IN ('failed', 'unknown') ORDER BY settled_at DESC LIMIT 1)
        UNION ALL
        (SELECT updated_at, subject, last_error FROM emails
         WHERE settled_at IS NULL AND last_error IS NOT NULL ORDER BY updated_at DESC LIMIT 1)
    ) AS faults ORDER BY at DESC LIMIT 1
""")
_COUNTS = text("""
    SELECT (SELECT count(*) FROM emails WHERE settled_at IS NULL) AS waiting,
           (SELECT count(*) FROM emails WHERE status = 'sent' AND settled_at > now() - interval '24 hours') AS sent_24h,
           (SELECT count(*) FROM emails
            WHERE status IN ('failed', 'unknown') AND settled_at > now() - interval '24 hours') AS failed_24h
""")


def list_notifications(
    session: Session, actor: Actor, unread_only: bool, limit: int | None, cursor: str | None
) -> dict[str, Any]:
    """The actor's own notifications, newest first."""
    size = limit_of(limit)
    row = notifications.c
    mine = and_(access.own(actor), row.read_at.is_(None)) if unread_only else access.own(actor)
    keys = [(row.created_at, True), (row.id, True)]
    found = session.execute(keyset(select(notifications).where(mine), keys, cursor, size)).all()
    rows, next_cursor = page(found, size, lambda each: (each.created_at, each.id))
    total = session.execute(select(func.count()).select_from(notifications).where(mine)).scalar_one()
    return {"items": [notification_document(each) for each in rows], "next_cursor": next_cursor, "total": total}


def unread_count(session: Session, actor: Actor) -> dict[str, Any]:
    """``{unread}``: how many of the actor's own notifications wait to be read."""
    unread = (access.own(actor), notifications.c.read_at.is_(None))
    return {"unread": session.execute(select(func.count()).select_from(notifications).where(*unread)).scalar_one()}


def list_emails(
    session: Session, actor: Actor, filters: dict[str, Any], limit: int | None, cursor: str | None
) -> dict[str, Any]:
    """The mails the actor may see, newest first."""
    size = limit_of(limit)
    matching = and_(access.scope(actor), *_conditions(filters))
    keys = [(emails.c.created_at, True), (emails.c.id, True)]
    statement = select(Email).where(matching)
    found = session.execute(keyset(statement, keys, cursor, size)).scalars().all()
    rows, next_cursor = page(found, size, lambda email: (email.created_at, email.id))
    total = session.execute(select(func.count()).select_from(emails).where(matching)).scalar_one()
    return {"items": [email_document(email) for email in rows], "next_cursor": next_cursor, "total": total}


def get_email(session: Session, actor: Actor, email_id: str) -> dict[str, Any]:
    """One mail with its text and what was attached; NotFound where the actor may not see it."""
    statement = select(Email).where(emails.c.id == email_id, access.scope(actor))
    email = session.execute(statement).scalar_one_or_none() if is_id(email_id) else None
    if email is None:
        raise NotFound("there is no such mail, or it is not yours to see")
    attached = [{name: each[name] for name in ("filename", "content_type")} for each in email.attachments]
    return email_document(email) | {"text": email.text or None, "attachments": attached}


def get_preferences(session: Session, actor: Actor) -> dict[str, Any]:
    """Which kinds of mail the actor gets: those of the role, unless switched on or off."""
    chosen = preferences.c
    rows = session.execute(select(chosen.kind, chosen.email).where(chosen.user_id == actor.id))
    switched = {row.kind: row.email for row in rows}
    return {
        "items": [
            {"kind": kind, "label": label, "email": switched.get(kind, by_default(kind, actor.role))}
            for kind, label in STAFF_MAILS.items()
        ]
    }


def get_guide(session: Session, actor: Actor) -> dict[str, Any]:
    """``{guide}``: the actor's first steps, None where there are none or they are done with.

    ``{client_id, company_name, steps}``: before the first client, ids are None and no step is done.
    """
    row = session.execute(select(guides).where(guides.c.user_id == actor.id, guides.c.closed_at.is_(None))).first()
    if row is None:
        return {"guide": None}
    steps = [{"step": step, "done_at": row._mapping[f"{step}_at"]} for step in GUIDE_STEPS]
    return {"guide": {"client_id": row.client_id, "company_name": row.company_name, "steps": steps}}


def email_to_send(session: Session, email_id: str) -> Email | None:
    """A mail, for the job that sends it."""
    return session.execute(select(Email).where(emails.c.id == email_id)).scalar_one_or_none()


def person(session: Session, user_id: str) -> dict[str, Any] | None:
    """``{email, name, active}`` of a person here, None when it is not known (yet)."""
    columns = (people.c.email, people.c.name, people.c.active)
    row = session.execute(select(*columns).where(people.c.user_id == user_id)).first()
    return dict(row._mapping) if row is not None else None


def names(session: Session) -> dict[str, str]:
    """Everybody's name by id, of people who left, too: their deals are still told of."""
    return {row.user_id: row.name for row in session.execute(select(people.c.user_id, people.c.name))}


def wants(session: Session, user_id: str, kind: str) -> bool:
    """Whether a person has not switched this kind of mail off."""
    chosen = preferences.c
    statement = select(chosen.email).where(chosen.user_id == user_id, chosen.kind == kind)
    return session.execute(statement).scalar_one_or_none() is not False


def integration_status(session: Session, _actor: Actor) -> dict[str, Any]:
    """``{items: [the mail server, WhatsApp]}``."""
    configured = settings.current()
    sent, fault = session.execute(_LAST_SENT).first(), session.execute(_LAST_FAULT).first()
    mode = _mode(configured)
    server = Integration(
        name="smtp",
        label="Mail (SMTP)",
        configured=mode != "off",
        mode=mode,
        detail=_DETAILS[mode],
        last_success_at=sent.at if sent else None,
        last_success=f"sent: {sent.subject}" if sent else None,
        last_error_at=fault.at if fault else None,
        last_error=f"{fault.subject}: {fault.last_error}" if fault else None,
        counts=dict(session.execute(_COUNTS).mappings().one()),
    )
    return {"items": [server.document(), whatsapp_item(session, configured)]}


_DETAILS = {
    "off": "no mail server is set (SMTP_URL): mails wait",
    "sandbox": "a mail server of this machine that shows mails and sends none on",
    "live": "mails leave by a mail server",
}


def _mode(configured: NotificationsSettings) -> Mode:
    if not configured.smtp_url:
        return "off"
    return "sandbox" if configured.smtp_is_stand_in else "live"


def company(session: Session) -> Company:
    """Who writes, as it is now. A sender's address that was set stays: mail servers trust it, and not any other."""
    configured = settings.current()
    told = companies.told(session)
    now = told or companies.Company.of(configured)
    name, address = configured.sender
    if told is not None:
        name, address = told.name, address if configured.mail_from else told.email
    return Company(now.name, now.address, now.email, configured.public_url.rstrip("/"), Addressee(address, name))


def notification_document(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _NOTE}


def email_document(email: Email) -> dict[str, Any]:
    shown = {name: getattr(email, name) for name in _LISTED}
    return shown | {"to": email.addresses(), "sent_at": email.settled_at if email.status == "sent" else None}


def _conditions(filters: dict[str, Any]) -> list[ColumnElement[bool]]:
    unknown = [name for name in filters if name not in _FILTERS]
    if unknown:
        raise Invalid(f"there is no filter {unknown[0]!r} here", field=unknown[0])
    return [_condition(name, value) for name, value in filters.items()]


def _condition(name: str, value: Any) -> ColumnElement[bool]:
    choices = {"kind": MAIL_KINDS, "status": STATUSES}.get(name)
    if choices is not None:
        if value not in choices:
            raise Invalid(f"{name} is one of {', '.join(choices)}", field=name)
        return emails.c[name].in_([value])
    if not is_id(value):
        raise Invalid(f"{name} is an id", field=name)
    if name == "client_id":
        return record_merges.is_of(emails.c.client_id, value)
    # As text: the expression that has the index.
    named: ColumnElement[str] = emails.c.refs["invoice_id"].astext
    return named.in_([str(value)])
