"""People: who works here, in which role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from libs.common import fields
from libs.common.database import UnitOfWork
from libs.common.ids import is_id, new_id
from libs.common.problems import Conflict, Invalid, NotFound
from services.gateway.accounts import api_keys, passwords, sessions, teams
from services.gateway.events import UserChanged, UserDeactivated, UserJoined, UserRoleChanged, UserState
from services.gateway.models import users

ROLES = ("admin", "sales", "finance", "manager")
# Who may own clients and deals: also who cannot sign in yet, so that a history has its owners before they join.
OWNING = and_(users.c.role.in_(("admin", "sales")), or_(users.c.active, users.c.email.is_(None)))
_SHOWN = [column for column in users.columns if column.name != "password_hash"]
_CHANGES: dict[str, fields.Reader] = {
    "name": fields.text(required=True),
    "role": fields.one_of(*ROLES),
    "active": fields.flag,
    "team": teams.read_team,
    "reports_to": fields.identifier,
    "locale": fields.one_of("en", "de"),
}


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    version: int


def create(
    uow: UnitOfWork, email: str, name: str, role: str, password_hash: str | None, locale: str = "en"
) -> dict[str, Any]:
    """A person who can log in at once; Conflict when the address has an account.

    password_hash: of ``passwords.hashed``, made outside the transaction; None for who signs in elsewhere.
    """
    values = {"email": fields.email("email", email), "password_hash": password_hash, "active": True, "locale": locale}
    row = _row(uow, values | {"name": name, "role": role})
    if row["email"] is None:
        raise Invalid("email is needed", field="email")
    try:
        uow.session.execute(insert(users).values(row))
    except IntegrityError:
        raise Conflict("this address has an account already", field="email") from None
    _tell(uow, UserJoined, row)
    return document(uow.session, str(row["id"]))


def create_without_address(uow: UnitOfWork, name: str, role: str, team: str, reports_to: str | None) -> str:
    """The id of a person who cannot sign in until they have an address; Conflict when there is one of this name."""
    values = {"email": None, "password_hash": None, "active": False, "locale": "en", "reports_to": reports_to}
    row = _row(uow, values | {"name": name, "role": role, "team": team})
    try:
        uow.session.execute(insert(users).values(row))
    except IntegrityError:
        raise Conflict("somebody of this name is here without an address already", field="name") from None
    _tell(uow, UserChanged, row)
    return str(row["id"])


def open_account(
    uow: UnitOfWork, user_id: str, email: str, password_hash: str | None, name: str | None = None, locale: str = "en"
) -> dict[str, Any]:
    """Let a person in whose address is known now: the same person, with all that is theirs and the role they have."""
    before = _locked(uow, user_id)
    if before.email is not None:
        raise Conflict("this person has an address already", field="email")
    values = {
        "email": fields.email("email", email),
        "name": fields.text()("name", name) or before.name,
        "locale": fields.one_of("en", "de")("locale", locale),
        "password_hash": password_hash,
        "active": True,
        "version": before.version + 1,
        "updated_at": uow.now,
    }
    try:
        uow.session.execute(update(users).where(users.c.id == user_id).values(**values))
    except IntegrityError:
        raise Conflict("this address has an account already", field="email") from None
    _tell(uow, UserJoined, dict(before._mapping) | values)
    return document(uow.session, user_id)


def change(uow: UnitOfWork, user_id: str, changes: dict[str, Any], version: int | None) -> dict[str, Any]:
    """Change name, role, team, whom they report to, locale or whether the account is active; deactivation ends every
    session and API key."""
    given = fields.read(_CHANGES, changes)
    if given.get("active") is False or given.get("role", "admin") != "admin":
        _hold_admins(uow)
    before = _locked(uow, user_id)
    if version is not None and version != before.version:
        raise Conflict("somebody changed this account since you loaded it", current_version=before.version)
    if before.role == "admin" and (given.get("active") is False or given.get("role", "admin") != "admin"):
        _keep_an_admin(uow, user_id)
    if given.get("active") and before.email is None:
        raise Invalid("without an address nobody signs in; invite them by one", field="active")
    if given.get("reports_to") is not None:
        teams.check_line(uow, before.id, given["reports_to"])
    values = given | {"version": before.version + 1, "updated_at": uow.now}
    try:
        uow.session.execute(update(users).where(users.c.id == user_id).values(**values))
    except IntegrityError:
        raise Conflict("somebody of this name is here without an address already", field="name") from None
    if given.get("active") is False:
        sessions.end_all(uow, user_id)
        api_keys.revoke_all(uow, user_id)
    _tell(uow, _kind(before, given), {str(name): value for name, value in before._mapping.items()} | values)
    return document(uow.session, user_id)


def change_password(uow: UnitOfWork, user_id: str, current: str, new: str, session_id: str) -> None:
    """Set another password and end all sessions but this one; Invalid when the current one is not that."""
    before = _locked(uow, user_id)
    if not passwords.matches(before.password_hash, current):
        raise Invalid("this is not your current password", field="current_password")
    if current == new:
        raise Invalid("the new password is the current one; choose another", field="new_password")
    values = {"password_hash": passwords.hashed(new, "new_password"), "updated_at": uow.now}
    uow.session.execute(update(users).where(users.c.id == user_id).values(**values))
    sessions.end_all(uow, user_id, but=session_id)


def confirm_password(uow: UnitOfWork, user_id: str, password: str) -> None:
    """Invalid unless this is the person's password."""
    if not passwords.matches(_locked(uow, user_id).password_hash, password):
        raise Invalid("this is not your current password", field="current_password")


def document(session: Session, user_id: str) -> dict[str, Any]:
    """An account without its password; NotFound when there is none."""
    row = session.execute(select(*_SHOWN).where(users.c.id == user_id)).first() if is_id(user_id) else None
    if row is None:
        raise NotFound("there is no such user")
    return dict(row._mapping)


def listed(session: Session) -> dict[str, Any]:
    """All accounts, by name."""
    rows = session.execute(select(*_SHOWN).order_by(users.c.name, users.c.id)).all()
    return {"items": [dict(row._mapping) for row in rows], "next_cursor": None, "total": len(rows)}


def directory(session: Session) -> dict[str, Any]:
    """Names and ids of everybody, for every signed-in person; ``can_own``: clients and deals may be given to them."""
    columns = (users.c.id, users.c.name, users.c.role, users.c.team, users.c.active, OWNING.label("can_own"))
    rows = session.execute(select(*columns).order_by(users.c.name, users.c.id)).all()
    return {"items": [dict(row._mapping) for row in rows], "next_cursor": None, "total": len(rows)}


def can_own(session: Session, user_id: str) -> bool:
    """Whether a client may be given to this person: in sales or an admin, and active or without an address yet."""
    may = (users.c.id == user_id, OWNING)
    return is_id(user_id) and session.execute(select(users.c.id).where(*may)).first() is not None


def _row(uow: UnitOfWork, values: dict[str, Any]) -> dict[str, Any]:
    """A new account; Invalid names the first value that does not fit."""
    return (
        {"team": "", "reports_to": None}
        | values
        | {
            "id": new_id(),
            "name": fields.text(required=True)("name", values["name"]),
            "role": fields.one_of(*ROLES)("role", values["role"]),
            "locale": fields.one_of("en", "de")("locale", values["locale"]),
            "created_at": uow.now,
            "updated_at": uow.now,
            "version": 1,
        }
    )


def _locked(uow: UnitOfWork, user_id: str) -> Any:
    statement = select(users).where(users.c.id == user_id).with_for_update()
    row = uow.session.execute(statement).first() if is_id(user_id) else None
    if row is None:
        raise NotFound("there is no such user")
    return row


def _hold_admins(uow: UnitOfWork) -> None:
    """Lock all admins, in one order, so that two of them cannot each remove the other at once."""
    admins = select(users.c.id).where(users.c.role == "admin", users.c.active).order_by(users.c.id)
    uow.session.execute(admins.with_for_update()).all()


def _keep_an_admin(uow: UnitOfWork, user_id: str) -> None:
    others = select(users.c.id).where(users.c.role == "admin", users.c.active, users.c.id != user_id)
    if uow.session.execute(others.limit(1)).first() is None:
        raise Conflict("this is the last active admin; make another one first")


def _kind(before: Any, given: dict[str, Any]) -> type[UserState]:
    if before.active and given.get("active") is False:
        return UserDeactivated
    return UserRoleChanged if given.get("role", before.role) != before.role else UserChanged


def _tell(uow: UnitOfWork, kind: type[UserState], row: dict[str, Any]) -> None:
    event = kind(user_id=row["id"], **{name: row[name] for name in kind.model_fields if name != "user_id"})
    uow.outbox.add(event, of=_Row(row["id"], row["version"]))
