"""Sessions: programs get a short access token, and a refresh token that is replaced each time it is used; browsers one
cookie.

A refresh token that comes a second time was stolen by one of the two who hold it: the whole session ends, however many
others replaced it since.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import orjson
from jwt.algorithms import OKPAlgorithm
from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from libs.common.audit import notes
from libs.common.context import Context
from libs.common.database import Database, UnitOfWork
from libs.common.identity import Actor
from libs.common.ids import is_id, new_id
from libs.common.problems import NotFound, Unauthorized
from services.gateway.accounts import tokens
from services.gateway.accounts.client import Client, own_unit
from services.gateway.models import sessions, spent_tokens, users
from services.gateway.settings import GatewaySettings

_AUDIENCE = "crm-api"
# A browser's session is written as used at most this often.
_STALE = timedelta(hours=1)
# Asked with every request, so it is plain SQL: nothing is built for it.
_LIVE = text("""
    SELECT u.id::text AS id, u.email, u.role, u.name FROM sessions s JOIN users u ON u.id = s.user_id
    WHERE s.id = CAST(:session_id AS uuid) AND s.revoked_at IS NULL AND s.expires_at > now() AND u.active
""")
# The same for a browser's cookie; whoever works on is not signed out, whoever stays away is.
_LIVE_WEB = text("""
    SELECT u.id::text AS id, u.email, u.role, u.name, u.locale, s.id::text AS session_id, s.used_at,
        COALESCE((SELECT max(id) FROM live_changes), 0) AS live_at
    FROM sessions s JOIN users u ON u.id = s.user_id
    WHERE s.kind = 'web' AND s.refresh_hash = :digest AND s.revoked_at IS NULL AND s.expires_at > now() AND u.active
""")
_KEPT_ALIVE = text("""
    UPDATE sessions SET used_at = now(), expires_at = now() + make_interval(days => :days)
    WHERE id = CAST(:session_id AS uuid) AND used_at < now() - interval '1 hour'
""")
# By either of its tokens; read without a lock, so that the lock that follows is on the row by its id and a token that
# is being replaced at this very moment is found too.
_OF_TOKEN = text("""
    SELECT id::text AS id FROM sessions WHERE refresh_hash = :digest AND kind = 'token'
    UNION ALL SELECT session_id::text FROM spent_tokens WHERE token_hash = :digest
""")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person with a live session, or with an API key: then there is no session, and ``key_id`` says which.

    live_at: the newest hint for open pages when a browser's session was found; a page made since is told what follows.
    """

    actor: Actor
    session_id: str
    email: str
    locale: str = "en"
    key_id: str | None = None
    live_at: int = 0


class AccessTokens:
    """Signs and reads access tokens with the gateway's own key."""

    def __init__(self, private_jwk: str, minutes: int) -> None:
        key: Any = OKPAlgorithm.from_jwk(orjson.loads(private_jwk))
        self._key, self._public = key, key.public_key()
        self.seconds = minutes * 60

    def issue(self, session_id: str) -> str:
        now = int(time.time())
        claims = {"sid": session_id, "aud": _AUDIENCE, "iat": now, "exp": now + self.seconds}
        return jwt.encode(claims, self._key, algorithm="EdDSA")

    def session_of(self, token: str) -> str:
        """The session a token belongs to; Unauthorized when it is false or has ended."""
        try:
            options: Any = {"require": ["exp", "sid", "aud"]}
            claims = jwt.decode(token, self._public, algorithms=["EdDSA"], audience=_AUDIENCE, options=options)
        except jwt.ExpiredSignatureError:
            raise Unauthorized("your access token has ended; refresh it or sign in again") from None
        except jwt.InvalidTokenError:
            raise Unauthorized("this access token is not valid; sign in again") from None
        return str(claims["sid"])


def open_session(
    uow: UnitOfWork, settings: GatewaySettings, person: Any, client: Client, kind: str = "token"
) -> dict[str, Any]:
    """Open a session; ``{session_id, refresh_token, user}``. kind "web": the token is a cookie."""
    token = tokens.fresh()
    row = {
        "id": new_id(),
        "user_id": person.id,
        "refresh_hash": tokens.digest(token),
        "created_at": uow.now,
        "used_at": uow.now,
        "expires_at": uow.now + timedelta(days=settings.refresh_days),
        "user_agent": client.user_agent[:300],
        "address": client.address,
        "kind": kind,
    }
    # From here on it is this person who works in the transaction: the audit log says who signed in, and from where.
    signed_in_now = Context(actor=Actor(person.id, person.role, person.name), address=client.address)
    notes.carry(uow.session, replace(signed_in_now, correlation_id=uow.context.correlation_id))
    uow.session.execute(insert(sessions).values(row))
    return {"session_id": row["id"], "refresh_token": token, "user": shown(person)}


def refresh(database: Database, settings: GatewaySettings, token: str) -> dict[str, Any]:
    """Replace a refresh token; one that was used before, however long ago, ends its session."""
    digest = tokens.digest(token)
    with own_unit(database) as uow:
        found = uow.session.execute(_OF_TOKEN, {"digest": digest}).first()
        row = _locked(uow, found.id) if found is not None else None
        live = row is not None and row.revoked_at is None and row.expires_at > uow.now
        person = _active_user(uow.session, row.user_id) if row is not None and live else None
        if row is not None and person is not None and row.refresh_hash == digest:
            return {"session_id": row.id, "refresh_token": _replaced(uow, settings, row), "user": shown(person)}
        if row is not None:
            _revoke(uow, row.id)
    raise Unauthorized("this session has ended; sign in again")


def log_out(database: Database, session_id: str) -> None:
    """End a session."""
    with own_unit(database) as uow:
        _revoke(uow, session_id)


def signed_in(database: Database, session_id: str) -> SignedIn:
    """The person of a live session; Unauthorized when it was ended or the account was."""
    with database.reader.connect() as connection:
        row = connection.execute(_LIVE, {"session_id": session_id}).first()
    if row is None:
        raise Unauthorized("this session has ended; sign in again")
    return SignedIn(Actor(row.id, row.role, row.name), session_id, row.email)


def of_cookie(database: Database, settings: GatewaySettings, token: str) -> SignedIn:
    """The person of a browser's session; Unauthorized when there is none or it has ended."""
    with database.reader.connect() as connection:
        row = connection.execute(_LIVE_WEB, {"digest": tokens.digest(token)}).first()
    if row is None:
        raise Unauthorized("sign in first")
    if datetime.now(UTC) - row.used_at > _STALE:
        with database.engine.begin() as connection:
            connection.execute(_KEPT_ALIVE, {"session_id": row.session_id, "days": settings.refresh_days})
    return SignedIn(Actor(row.id, row.role, row.name), row.session_id, row.email, row.locale, live_at=row.live_at)


def listed(session: Session, user_id: str, now: datetime, this: str = "") -> dict[str, Any]:
    """A person's live sessions, the last used first; ``this`` is the one at hand."""
    row = sessions.c
    columns = (row.id, row.kind, row.user_agent, row.address, row.created_at, row.used_at, row.expires_at)
    live = (row.user_id == user_id, row.revoked_at.is_(None), row.expires_at > now)
    found = session.execute(select(*columns).where(*live).order_by(row.used_at.desc(), row.id)).all()
    items = [dict(each._mapping) | {"this_one": each.id == this} for each in found]
    return {"items": items, "next_cursor": None, "total": len(items)}


def end_one(uow: UnitOfWork, user_id: str, session_id: str) -> None:
    """End one of a person's sessions; NotFound when it is nobody's or another's."""
    mine = (sessions.c.id == session_id, sessions.c.user_id == user_id)
    if not is_id(session_id) or uow.session.execute(select(sessions.c.id).where(*mine)).first() is None:
        raise NotFound("there is no such session, or it is not yours")
    _revoke(uow, session_id)


def end_all(uow: UnitOfWork, user_id: str, but: str | None = None) -> int:
    """End all sessions of a person, or all but one; how many those were."""
    live = [sessions.c.user_id == user_id, sessions.c.revoked_at.is_(None)]
    if but is not None:
        live.append(sessions.c.id != but)
    ended = update(sessions).where(*live).values(revoked_at=uow.now).returning(sessions.c.id)
    return len(uow.session.execute(ended).all())


def shown(person: Any) -> dict[str, Any]:
    """A person as log-in answers one."""
    return {"id": person.id, "email": person.email, "name": person.name, "role": person.role, "locale": person.locale}


def _locked(uow: UnitOfWork, session_id: str) -> Any:
    return uow.session.execute(select(sessions).where(sessions.c.id == session_id).with_for_update()).first()


def _replaced(uow: UnitOfWork, settings: GatewaySettings, row: Any) -> str:
    token = tokens.fresh()
    values = {"refresh_hash": tokens.digest(token), "used_at": uow.now}
    values["expires_at"] = uow.now + timedelta(days=settings.refresh_days)
    uow.session.execute(update(sessions).where(sessions.c.id == row.id).values(**values))
    uow.session.execute(insert(spent_tokens).values(token_hash=row.refresh_hash, session_id=row.id))
    return token


def _active_user(session: Session, user_id: str) -> Any:
    return session.execute(select(users).where(users.c.id == user_id, users.c.active)).first()


def _revoke(uow: UnitOfWork, session_id: str) -> None:
    live = (sessions.c.id == session_id, sessions.c.revoked_at.is_(None))
    uow.session.execute(update(sessions).where(*live).values(revoked_at=uow.now))
