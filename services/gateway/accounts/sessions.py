"""Log-in: programs get a short access token, and a refresh token that is replaced each time it is used; browsers one
cookie.

A refresh token that comes a second time was stolen by one of the two who hold it: the whole session ends.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import orjson
from jwt.algorithms import OKPAlgorithm
from sqlalchemy import delete, func, insert, or_, select, text, update
from sqlalchemy.orm import Session

from libs.common.context import Context
from libs.common.database import Database, UnitOfWork
from libs.common.identity import Actor, system_actor
from libs.common.ids import new_id
from libs.common.problems import TooManyRequests, Unauthorized
from services.gateway.accounts import passwords
from services.gateway.models import login_failures, sessions, users
from services.gateway.settings import GatewaySettings

_AUDIENCE = "crm-api"
# A browser's session is written as used at most this often.
_STALE = timedelta(hours=1)
# How many times the limit of one place all places together may fail.
_ALL_PLACES = 10
# Asked with every request, so it is plain SQL: nothing is built for it.
_LIVE = text("""
    SELECT u.id::text AS id, u.email, u.role, u.name FROM sessions s JOIN users u ON u.id = s.user_id
    WHERE s.id = CAST(:session_id AS uuid) AND s.revoked_at IS NULL AND s.expires_at > now() AND u.active
""")
# The same for a browser's cookie; whoever works on is not signed out, whoever stays away is.
_LIVE_WEB = text("""
    SELECT u.id::text AS id, u.email, u.role, u.name, u.locale, s.id::text AS session_id, s.used_at
    FROM sessions s JOIN users u ON u.id = s.user_id
    WHERE s.kind = 'web' AND s.refresh_hash = :digest AND s.revoked_at IS NULL AND s.expires_at > now() AND u.active
""")
_KEPT_ALIVE = text("""
    UPDATE sessions SET used_at = now(), expires_at = now() + make_interval(days => :days)
    WHERE id = CAST(:session_id AS uuid) AND used_at < now() - interval '1 hour'
""")
_WRONG = "e-mail address or password is wrong"


@dataclass(frozen=True, slots=True)
class Client:
    """From where somebody talks to us."""

    address: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person with a live session."""

    actor: Actor
    session_id: str
    email: str
    locale: str = "en"


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


def log_in(
    database: Database, settings: GatewaySettings, email: str, password: str, client: Client, kind: str = "token"
) -> dict[str, Any]:
    """Check the password and open a session; ``{session_id, refresh_token, user}``. kind "web": the token is a cookie.

    Unauthorized says nothing of whether the address is known. A try is noted as a failure before the password is
    looked at, and the note is taken back when it was right: guesses at once cannot slip past the limit together.
    """
    address = email.strip().lower()
    note_try(database, settings, address, client)
    with database.read() as session:
        person = session.execute(select(users).where(func.lower(users.c.email) == address)).first()
    # Outside any transaction: argon2 takes its time.
    right = passwords.matches(person.password_hash if person else None, password)
    if not right or person is None or not person.active:
        raise Unauthorized(_WRONG)
    with _own(database) as uow:
        _forget_tries(uow, address, client)
        return _open(uow, settings, person, client, kind)


def note_try(database: Database, settings: GatewaySettings, address: str, client: Client) -> None:
    """Count a try at a password before it is looked at; TooManyRequests past a limit.

    address: whose password it is, by e-mail address in lower case or by another name nobody can mistake for one.
    """
    with _own(database) as uow:
        _note_try(uow, settings, address, client)


def forget_tries(database: Database, address: str, client: Client) -> None:
    """The password was right: the tries of this place are no failures."""
    with _own(database) as uow:
        _forget_tries(uow, address, client)


def refresh(database: Database, settings: GatewaySettings, token: str) -> dict[str, Any]:
    """Replace a refresh token; one that was used before ends its session."""
    digest = _digest(token)
    with _own(database) as uow:
        known = or_(sessions.c.refresh_hash == digest, sessions.c.used_hash == digest)
        held = select(sessions).where(known, sessions.c.kind == "token").with_for_update()
        row = uow.session.execute(held).first()
        live = row is not None and row.revoked_at is None and row.expires_at > uow.now
        person = _active_user(uow.session, row.user_id) if row is not None and live else None
        if row is not None and person is not None and row.refresh_hash == digest:
            fresh = secrets.token_urlsafe(32)
            values = {"refresh_hash": _digest(fresh), "used_hash": digest, "used_at": uow.now}
            values["expires_at"] = uow.now + timedelta(days=settings.refresh_days)
            uow.session.execute(update(sessions).where(sessions.c.id == row.id).values(**values))
            return {"session_id": row.id, "refresh_token": fresh, "user": _shown(person)}
        if row is not None:
            _revoke(uow, row.id)
    raise Unauthorized("this session has ended; sign in again")


def log_out(database: Database, session_id: str) -> None:
    """End a session."""
    with _own(database) as uow:
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
        row = connection.execute(_LIVE_WEB, {"digest": _digest(token)}).first()
    if row is None:
        raise Unauthorized("sign in first")
    if datetime.now(UTC) - row.used_at > _STALE:
        with database.engine.begin() as connection:
            connection.execute(_KEPT_ALIVE, {"session_id": row.session_id, "days": settings.refresh_days})
    return SignedIn(Actor(row.id, row.role, row.name), row.session_id, row.email, row.locale)


def _open(
    uow: UnitOfWork, settings: GatewaySettings, person: Any, client: Client, kind: str = "token"
) -> dict[str, Any]:
    token = secrets.token_urlsafe(32)
    row = {
        "id": new_id(),
        "user_id": person.id,
        "refresh_hash": _digest(token),
        "created_at": uow.now,
        "used_at": uow.now,
        "expires_at": uow.now + timedelta(days=settings.refresh_days),
        "user_agent": client.user_agent[:300],
        "address": client.address,
        "kind": kind,
    }
    uow.session.execute(insert(sessions).values(row))
    return {"session_id": row["id"], "refresh_token": token, "user": _shown(person)}


def _note_try(uow: UnitOfWork, settings: GatewaySettings, address: str, client: Client) -> None:
    """Count this try; TooManyRequests past the limit of one place, or the wider one of all places together.

    A stranger elsewhere therefore does not lock the right person out with a few wrong passwords.
    """
    uow.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(address))))
    row, window = login_failures.c, uow.now - timedelta(minutes=settings.login_failure_minutes)
    here = func.count().filter(row.address == client.address)
    recent = select(here, func.count()).where(row.email == address, row.failed_at > window)
    from_here, from_anywhere = uow.session.execute(recent).one()
    if from_here >= settings.login_failures or from_anywhere >= settings.login_failures * _ALL_PLACES:
        wait = settings.login_failure_minutes
        detail = f"too many wrong passwords for this address; try again in {wait} minutes"
        raise TooManyRequests(detail, retry_after=wait * 60)
    note = {"id": new_id(), "email": address, "address": client.address, "failed_at": uow.now}
    uow.session.execute(insert(login_failures).values(note))


def _forget_tries(uow: UnitOfWork, address: str, client: Client) -> None:
    theirs = (login_failures.c.email == address, login_failures.c.address == client.address)
    uow.session.execute(delete(login_failures).where(*theirs))


def _active_user(session: Session, user_id: str) -> Any:
    return session.execute(select(users).where(users.c.id == user_id, users.c.active)).first()


def _revoke(uow: UnitOfWork, session_id: str) -> None:
    live = (sessions.c.id == session_id, sessions.c.revoked_at.is_(None))
    uow.session.execute(update(sessions).where(*live).values(revoked_at=uow.now))


def _own(database: Database) -> Any:

    return database.unit_of_work(Context(actor=system_actor("gateway")))


def _shown(person: Any) -> dict[str, Any]:
    return {"id": person.id, "email": person.email, "name": person.name, "role": person.role, "locale": person.locale}


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
