"""API keys: a program acts as the person it belongs to, with at most what the key allows.

A key is shown once, when it is made. Its hash is kept, and its first characters, so that people can tell keys apart.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from libs.common import fields
from libs.common.database import Database, UnitOfWork
from libs.common.identity import Actor
from libs.common.ids import is_id, new_id
from libs.common.problems import Conflict, Forbidden, Invalid, NotFound, Unauthorized
from services.gateway.accounts import tokens
from services.gateway.accounts.sessions import SignedIn
from services.gateway.models import api_keys

PREFIX = "amo_"
SCOPES = ("read", "write")
# What a key may be limited to: parts of the API as its document groups them.
AREAS: dict[str, frozenset[str]] = {
    "clients": frozenset({"clients", "bulk changes", "imports", "exports", "tasks", "search"}),
    "deals": frozenset({"deals", "pipeline", "win probability"}),
    "billing": frozenset({"invoices", "invoice previews", "exchange rates"}),
    "notifications": frozenset({"notifications"}),
    "reports": frozenset({"reports", "report files", "mailed reports", "targets"}),
}
# A key may see who works here; who does is said by somebody who is signed in.
_PEOPLE = frozenset({"accounts", "invitations", "lists of people"})
# A key must not make another key, nor change how its owner signs in.
_OWN_ACCOUNT = frozenset({"me", "sessions", "two-factor log-in", "API keys"})
# Who am I, and who works here: what every program asks, by the names of the routes.
_ALWAYS = frozenset({"me", "directory"})
_SHOWN_CHARACTERS = len(PREFIX) + 6
_STALE = timedelta(minutes=1)
_row = api_keys.c
_SHOWN = [column for column in api_keys.columns if column.name not in ("user_id", "key_hash", "revoked_at")]
# Asked with every request of a program.
_LIVE = text("""
    SELECT k.id::text AS key_id, k.scope, k.areas, k.last_used_at, u.id::text AS id, u.email, u.role, u.name, u.locale
    FROM api_keys k JOIN users u ON u.id = k.user_id
    WHERE k.key_hash = :digest AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now()) AND u.active
""")
_USED = text("""
    UPDATE api_keys SET last_used_at = now()
    WHERE id = CAST(:key_id AS uuid) AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
""")


def create(
    uow: UnitOfWork, user_id: str, name: str, scope: str, areas: list[str], days: int | None
) -> tuple[dict[str, Any], str]:
    """A key's row and the key itself, which nobody can show again; days: how long it lives, None for until revoked."""
    wrong = [area for area in areas if area not in AREAS]
    if wrong:
        raise Invalid(f"areas is one of {', '.join(AREAS)}", field="areas")
    key = PREFIX + tokens.fresh()
    row = {
        "id": new_id(),
        "user_id": user_id,
        "name": fields.text(required=True)("name", name),
        "prefix": key[:_SHOWN_CHARACTERS],
        "key_hash": tokens.digest(key),
        "scope": fields.one_of(*SCOPES)("scope", scope),
        "areas": sorted(set(areas)),
        "created_at": uow.now,
        "expires_at": uow.now + timedelta(days=days) if days else None,
    }
    try:
        uow.session.execute(insert(api_keys).values(row))
    except IntegrityError:
        raise Conflict("you have a key of this name already", field="name") from None
    made = uow.session.execute(select(*_SHOWN).where(_row.id == row["id"])).one()
    return dict(made._mapping), key


def listed(session: Session, user_id: str) -> dict[str, Any]:
    """A person's keys that were not revoked, newest first."""
    mine = (_row.user_id == user_id, _row.revoked_at.is_(None))
    rows = session.execute(select(*_SHOWN).where(*mine).order_by(_row.created_at.desc(), _row.id)).all()
    return {"items": [dict(row._mapping) for row in rows], "next_cursor": None, "total": len(rows)}


def revoke(uow: UnitOfWork, user_id: str, key_id: str) -> None:
    """End a key at once; NotFound when it is not this person's."""
    mine = (_row.id == key_id, _row.user_id == user_id, _row.revoked_at.is_(None))
    ended = update(api_keys).where(*mine).values(revoked_at=uow.now).returning(_row.id)
    if not is_id(key_id) or uow.session.execute(ended).first() is None:
        raise NotFound("there is no such API key, or it is not yours")


def revoke_all(uow: UnitOfWork, user_id: str) -> None:
    """End all keys of a person."""
    live = (_row.user_id == user_id, _row.revoked_at.is_(None))
    uow.session.execute(update(api_keys).where(*live).values(revoked_at=uow.now))


def signed_in(database: Database, key: str, method: str, part: str, route: str) -> SignedIn:
    """The person a key acts for. part: the part of the API that is asked, and route: its name, as in its document.

    Unauthorized when the key is none or has ended, Forbidden for what it does not allow.
    """
    with database.reader.connect() as connection:
        row = connection.execute(_LIVE, {"digest": tokens.digest(key)}).first()
    if row is None:
        raise Unauthorized("this API key is not valid, was revoked or has expired")
    if row.last_used_at is None or datetime.now(UTC) - row.last_used_at > _STALE:
        with database.engine.begin() as connection:
            connection.execute(_USED, {"key_id": row.key_id})
    _allow(row, method, part, route)
    return SignedIn(Actor(row.id, row.role, row.name), "", row.email, row.locale, key_id=row.key_id)


def _allow(row: Any, method: str, part: str, route: str) -> None:
    reads = method in ("GET", "HEAD")
    if part in _OWN_ACCOUNT or route == "log_out":
        raise Forbidden("an API key does not open its owner's own account; sign in for that")
    if part in _PEOPLE and not reads:
        raise Forbidden("an API key does not say who works here; sign in for that")
    if row.scope == "read" and not reads:
        raise Forbidden("this API key may only read")
    named = frozenset().union(*(AREAS.get(area, frozenset()) for area in row.areas))
    if row.areas and part not in named and not (reads and route in _ALWAYS):
        raise Forbidden("this API key is not for this part of the API")
