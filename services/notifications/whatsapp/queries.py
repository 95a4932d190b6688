"""Conversations and messages as plain dicts, always as the actor."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from libs.common import record_merges, row_access
from libs.common.fields import contains
from libs.common.identity import Actor
from libs.common.ids import is_id
from libs.common.pages import keyset, limit_of, page
from libs.common.problems import Invalid, NotFound
from services.notifications.whatsapp import access
from services.notifications.whatsapp.domain import window_ends
from services.notifications.whatsapp.models import conversations, messages

_STATES = ("all", "unknown", "unread")
_SHOWN = "id client_id contact_id profile_name phone state last_message_at last_text unread blocked_reason version"
_MESSAGE = (
    "id conversation_id direction type text template_name status occurred_at sent_by sent_by_name error "
    "edited_at revoked_at version"
)


def list_conversations(
    session: Session, actor: Actor, filters: dict[str, Any], limit: int | None, cursor: str | None, now: datetime
) -> dict[str, Any]:
    """Conversations that the actor may see, the latest first; ``filters``: ``{client_id?, state?, q?}``."""
    size = limit_of(limit)
    mine = and_(access.scope(actor), *_conditions(filters))
    latest = func.coalesce(conversations.c.last_message_at, conversations.c.created_at)
    statement = _select().add_columns(latest.label("latest")).where(mine)
    found = session.execute(keyset(statement, [(latest, True), (conversations.c.id, True)], cursor, size)).all()
    rows, next_cursor = page(found, size, lambda row: (row.latest, row.id))
    total = session.execute(select(func.count()).select_from(conversations).where(mine)).scalar_one()
    return {"items": [_conversation(row, now) for row in rows], "next_cursor": next_cursor, "total": total}


def get_conversation(session: Session, actor: Actor, conversation_id: str, now: datetime) -> dict[str, Any]:
    """One conversation; NotFound where the actor may not see it."""
    statement = _select().where(conversations.c.id == conversation_id, access.scope(actor))
    row = session.execute(statement).first() if is_id(conversation_id) else None
    if row is None:
        raise NotFound("there is no such conversation, or it is not yours to see")
    return _conversation(row, now)


def list_messages(
    session: Session, actor: Actor, conversation_id: str, limit: int | None, cursor: str | None, now: datetime
) -> dict[str, Any]:
    """A conversation's messages, the newest first."""
    get_conversation(session, actor, conversation_id, now)
    size, row = limit_of(limit), messages.c
    theirs = row.conversation_id == conversation_id
    keys = [(row.occurred_at, True), (row.id, True)]
    found = session.execute(keyset(select(messages).where(theirs), keys, cursor, size)).all()
    rows, next_cursor = page(found, size, lambda each: (each.occurred_at, each.id))
    total = session.execute(select(func.count()).select_from(messages).where(theirs)).scalar_one()
    answered = select(row.provider_id, row.id).where(row.provider_id.in_([each.reply_to for each in rows]))
    ids = {each.provider_id: each.id for each in session.execute(answered)}
    items = [message_document(each, ids.get(each.reply_to)) for each in rows]
    return {"items": items, "next_cursor": next_cursor, "total": total}


def message_file(session: Session, actor: Actor, message_id: str) -> dict[str, Any]:
    """``{key, filename, content_type}`` of the file of a message that the actor may see; NotFound, with why."""
    statement = (
        select(messages.c.media, messages.c.revoked_at)
        .join(conversations)
        .where(messages.c.id == message_id, access.scope(actor))
    )
    row = session.execute(statement).first() if is_id(message_id) else None
    if row is None or row.media is None:
        raise NotFound("there is no such file, or it is not yours to see")
    if row.revoked_at is not None:
        raise NotFound("this message was taken back")
    if row.media["key"] is None:
        raise NotFound(row.media["problem"] or "the file is still being fetched; try again in a moment")
    return {name: row.media[name] for name in ("key", "filename", "content_type")}


def message_document(row: Any, reply_to: str | None = None) -> dict[str, Any]:
    """A message as people get it. reply_to: our id of the message that it answers."""
    media, told = row.media, row._mapping
    shown = {name: told[name] for name in _MESSAGE.split() if name in told}
    file = None
    if media is not None:
        file = {name: media[name] for name in ("filename", "content_type", "size", "document_id", "problem")}
        file["ready"] = media["key"] is not None
    reactions = [each["emoji"] for each in row.reactions.values() if each["emoji"]]
    named = row.template["name"] if row.template else None
    taken_back = {"text": "", "media": None} if row.revoked_at is not None else {}
    return shown | {"template_name": named, "reply_to": reply_to, "media": file, "reactions": reactions} | taken_back


def _select() -> Any:
    company = row_access.entries.c
    return select(conversations, company.label.label("company_name"), company.owner_id).join(
        row_access.entries, company.record_id == conversations.c.client_id, isouter=True
    )


def _conversation(row: Any, now: datetime) -> dict[str, Any]:
    shown = {name: row._mapping[name] for name in _SHOWN.split()}
    ends = window_ends(row.last_inbound_at, now)
    return shown | {"company_name": row.company_name, "owner_id": row.owner_id, "window_ends_at": ends}


def _conditions(filters: dict[str, Any]) -> list[ColumnElement[bool]]:
    unknown = [name for name in filters if name not in ("client_id", "state", "q")]
    if unknown:
        raise Invalid(f"there is no filter {unknown[0]!r} here", field=unknown[0])
    row, found = conversations.c, list[ColumnElement[bool]]()
    state = filters.get("state") or "all"
    if state not in _STATES:
        raise Invalid(f"state is one of {', '.join(_STATES)}", field="state")
    if state == "unknown":
        found.append(row.state == "unknown")
    if state == "unread":
        found.append(row.unread > 0)
    if (client_id := filters.get("client_id")) is not None:
        if not is_id(client_id):
            raise Invalid("client_id is an id", field="client_id")
        found.append(record_merges.is_of(row.client_id, client_id))
    if wanted := filters.get("q"):
        like = contains(wanted)
        company = select(row_access.entries.c.record_id).where(row_access.entries.c.label.ilike(like))
        found.append(or_(row.profile_name.ilike(like), row.phone.ilike(like), row.client_id.in_(company)))
    return found
