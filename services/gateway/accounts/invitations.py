"""Invitations: an admin names an address and a role; whoever holds the mailed link chooses a name and a password.

The link's token is kept as a hash, and travels to notifications encrypted. The role is the invitation's, whatever is
sent with the token. One for a person who is here already, and whose address was not known, opens the account of
that person, in the role they have when they accept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from libs.common import fields
from libs.common.database import UnitOfWork
from libs.common.ids import is_id, new_id
from libs.common.problems import Conflict, Invalid, NotFound
from services.gateway.accounts import tokens, users
from services.gateway.events import UserInvited
from services.gateway.models import invitations
from services.gateway.models import users as people
from services.gateway.settings import GatewaySettings

_row = invitations.c
_ROLE = func.coalesce(select(people.c.role).where(people.c.id == _row.user_id).scalar_subquery(), _row.role)
_SHOWN = (
    _row.id, _row.email, _row.name, _ROLE.label("role"), _row.user_id, _row.created_at, _row.expires_at, _row.version,
)  # fmt: skip
_OPEN = (_row.accepted_at.is_(None), _row.revoked_at.is_(None))


@dataclass(frozen=True, slots=True)
class _Aggregate:
    id: str
    version: int


def invite(
    uow: UnitOfWork, settings: GatewaySettings, email: str, name: str, role: str, user_id: str | None = None
) -> dict[str, Any]:
    """Invite somebody; Conflict when the address has an account, or an open invitation (send that one again).

    user_id: whose account it opens, of a person without an address; a new one is made where nobody is named.
    """
    address = fields.email("email", email)
    if address is None:
        raise Invalid("email is needed", field="email")
    if uow.session.execute(select(people.c.id).where(func.lower(people.c.email) == address.lower())).first():
        raise Conflict("this address has an account already", field="email")
    token, invitation_id = tokens.fresh(), new_id()
    row = {
        "id": invitation_id,
        "email": address,
        "name": fields.text()("name", name) or "",
        "role": fields.one_of(*users.ROLES)("role", role),
        "invited_by": uow.actor.name,
        "user_id": user_id,
        "created_at": uow.now,
        "version": 1,
        **_renewed(uow, settings, token),
    }
    _end_expired(uow, address, user_id)
    try:
        uow.session.execute(insert(invitations).values(row))
    except IntegrityError:
        raise Conflict("this address is invited already; send that invitation again", field="email") from None
    _tell(uow, settings, row, token)
    return document(uow.session, invitation_id)


def invite_person(uow: UnitOfWork, settings: GatewaySettings, user_id: str, email: str) -> dict[str, Any]:
    """Give a person an address and invite them there; an invitation to another address ends."""
    person = users.document(uow.session, user_id)
    if person["email"] is not None:
        raise Conflict("this person has an address already", field="email")
    elsewhere = (_row.user_id == user_id, func.lower(_row.email) != email.strip().lower(), *_OPEN)
    ended = {"revoked_at": uow.now, "updated_at": uow.now, "version": _row.version + 1}
    uow.session.execute(update(invitations).where(*elsewhere).values(**ended))
    return invite(uow, settings, email, person["name"], person["role"], user_id)


def bind(uow: UnitOfWork, invitation_id: str, user_id: str) -> None:
    """Have an invitation that waits open the account of this person."""
    values = {"user_id": user_id, "updated_at": uow.now, "version": _row.version + 1}
    waiting = (_row.id == invitation_id, _row.user_id.is_(None), *_OPEN)
    uow.session.execute(update(invitations).where(*waiting).values(**values))


def take_of_address(uow: UnitOfWork, email: str) -> str | None:
    """The person whom this address was invited for, and who comes another way; the invitation is used up."""
    live = (func.lower(_row.email) == email.lower(), _row.user_id.is_not(None), *_OPEN, _row.expires_at > uow.now)
    values = {"accepted_at": uow.now, "updated_at": uow.now, "version": _row.version + 1}
    taken = update(invitations).where(*live).values(**values).returning(_row.user_id)
    return uow.session.execute(taken).scalar_one_or_none()


def send_again(uow: UnitOfWork, settings: GatewaySettings, invitation_id: str) -> dict[str, Any]:
    """Mail a new link that lives as long as the first did; the former one ends."""
    row = dict(_held(uow, invitation_id)._mapping)
    token = tokens.fresh()
    row |= _renewed(uow, settings, token) | {"version": row["version"] + 1, "invited_by": uow.actor.name}
    uow.session.execute(update(invitations).where(_row.id == invitation_id).values(**row))
    _tell(uow, settings, row, token)
    return document(uow.session, invitation_id)


def revoke(uow: UnitOfWork, invitation_id: str) -> None:
    """End an invitation; its link opens nothing from now on."""
    _held(uow, invitation_id)
    values = {"revoked_at": uow.now, "updated_at": uow.now, "version": _row.version + 1}
    uow.session.execute(update(invitations).where(_row.id == invitation_id).values(**values))


def listed(session: Session) -> dict[str, Any]:
    """All invitations that wait, also those that have expired meanwhile; newest first."""
    rows = session.execute(select(*_SHOWN).where(*_OPEN).order_by(_row.created_at.desc(), _row.id)).all()
    return {"items": [dict(row._mapping) for row in rows], "next_cursor": None, "total": len(rows)}


def document(session: Session, invitation_id: str) -> dict[str, Any]:
    """An invitation, without its token; NotFound when there is none."""
    row = session.execute(select(*_SHOWN).where(_row.id == invitation_id)).first() if is_id(invitation_id) else None
    if row is None:
        raise NotFound("there is no such invitation")
    return dict(row._mapping)


def of_token(session: Session, token: str) -> dict[str, Any]:
    """``{email, name, role}`` of a link that still opens an account; else NotFound, or Conflict once it was used."""
    # One question: between two, somebody else's acceptance could come to pass.
    live = and_(*_OPEN, _row.expires_at > func.now()).label("live")
    row = session.execute(select(invitations, live).where(_row.token_hash == tokens.digest(token))).first()
    if row is not None and row.accepted_at is not None:
        raise Conflict("this invitation was accepted already; sign in instead")
    if row is None or not row.live:
        raise NotFound("this invitation is not valid any more; ask for a new one")
    return {"email": row.email, "name": row.name, "role": row.role}


def accept(uow: UnitOfWork, token: str, name: str, password_hash: str, locale: str = "en") -> dict[str, Any]:
    """Create the account, or open that of who was invited.

    Of many acceptances at once the first has it: taking the invitation is one statement.
    """
    live = (_row.token_hash == tokens.digest(token), *_OPEN, _row.expires_at > uow.now)
    values = {"accepted_at": uow.now, "updated_at": uow.now, "version": _row.version + 1}
    taken = update(invitations).where(*live).values(**values).returning(_row.id, _row.email, _row.role, _row.user_id)
    row = uow.session.execute(taken).first()
    if row is None:
        of_token(uow.session, token)
        raise NotFound("this invitation is not valid any more; ask for a new one")
    if row.user_id is not None:
        return users.open_account(uow, row.user_id, row.email, password_hash, name, locale)
    made = users.create(uow, row.email, name, row.role, password_hash, locale)
    uow.session.execute(update(invitations).where(_row.id == row.id).values(user_id=made["id"]))
    return made


def _renewed(uow: UnitOfWork, settings: GatewaySettings, token: str) -> dict[str, Any]:
    expires_at = uow.now + timedelta(days=settings.invitation_days)
    return {"token_hash": tokens.digest(token), "updated_at": uow.now, "expires_at": expires_at}


def _end_expired(uow: UnitOfWork, address: str, user_id: str | None) -> None:
    """One that has expired is in nobody's way."""
    theirs = func.lower(_row.email) == address.lower()
    old = (theirs if user_id is None else or_(theirs, _row.user_id == user_id), *_OPEN, _row.expires_at <= uow.now)
    uow.session.execute(update(invitations).where(*old).values(revoked_at=uow.now, updated_at=uow.now))


def _held(uow: UnitOfWork, invitation_id: str) -> Any:
    statement = select(invitations).where(_row.id == invitation_id, *_OPEN).with_for_update()
    row = uow.session.execute(statement).first() if is_id(invitation_id) else None
    if row is None:
        raise NotFound("there is no such invitation")
    return row


def _tell(uow: UnitOfWork, settings: GatewaySettings, row: dict[str, Any], token: str) -> None:
    sealed = tokens.sealed_for_mail(settings.mailed_link_key, token, row["id"])
    named = {name: row[name] for name in ("email", "name", "role", "invited_by", "expires_at", "version")}
    event = UserInvited(invitation_id=row["id"], sealed_token=sealed, **named)
    uow.outbox.add(event, of=_Aggregate(row["id"], row["version"]))
