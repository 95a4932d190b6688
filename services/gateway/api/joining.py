"""Invitations, and the two mailed links that open something: to join, and to choose another password."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from libs.common.problems import TooManyRequests
from services.gateway.accounts import invitations, passwords, resets, sessions
from services.gateway.accounts.client import own_unit
from services.gateway.api import access_documents as access
from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api.accounts import tokens_of
from services.gateway.api.routing import ADMIN, ANYBODY, Routes
from services.gateway.api.values import Address, Body, Name, NeededName, NewSecret
from services.gateway.models import users as people

routes = Routes("invitations")

Token = Annotated[str, Field(max_length=200)]
# One place may ask for many people, a whole office behind one address.
_PLACES = 10


class InvitationNew(Body):
    email: NeededName
    name: Name | None = None
    role: Literal["admin", "sales", "finance", "manager"]


class Invited(Body):
    email: NeededName


class Join(Body):
    """The role is the invitation's."""

    token: Token
    name: NeededName
    password: NewSecret
    locale: Literal["en", "de"] = "en"


class Accept(Body):
    """As Join, with the token in the address."""

    name: NeededName
    password: NewSecret
    locale: Literal["en", "de"] = "en"


class Forgotten(Body):
    email: Address


class Reset(Body):
    token: Token
    password: NewSecret


@routes.route("GET", "/invitations", who=ADMIN, answers=d.ListOf[access.Invitation])
def list_invitations() -> dict[str, Any]:
    """Invitations that wait to be accepted, also those that have expired."""
    with r.gateway().database.read() as session:
        return invitations.listed(session)


@routes.route("POST", "/invitations", who=ADMIN, body=InvitationNew, answers={201: access.Invitation})
def invite(body: InvitationNew) -> dict[str, Any]:
    """Invite somebody by e-mail. The mailed link works once, for seven days."""
    asked = {"email": body.email, "name": body.name or "", "role": body.role}
    settings = r.gateway().settings
    made: dict[str, Any] = r.once("invite", asked, lambda uow: invitations.invite(uow, settings, **asked))
    return made


@routes.route("POST", "/users/<uuid:user_id>/invitation", who=ADMIN, body=Invited, answers={201: access.Invitation})
def invite_person(user_id: Any, body: Invited) -> dict[str, Any]:
    """Give somebody without an address one, and invite them there: they join as the person they are.

    What they own stays theirs. An open invitation of theirs to another address ends.
    """
    asked, settings = {"user_id": str(user_id), "email": body.email}, r.gateway().settings
    made: dict[str, Any] = r.once("invite_person", asked, lambda uow: invitations.invite_person(uow, settings, **asked))
    return made


@routes.route("POST", "/invitations/<uuid:invitation_id>/send-again", who=ADMIN, answers=access.Invitation)
def send_invitation_again(invitation_id: Any) -> dict[str, Any]:
    """Mail a new link, and end the former one."""
    asked, settings = {"invitation_id": str(invitation_id)}, r.gateway().settings
    sent: dict[str, Any] = r.once(
        "send_invitation_again", asked, lambda uow: invitations.send_again(uow, settings, **asked)
    )
    return sent


@routes.route("DELETE", "/invitations/<uuid:invitation_id>", who=ADMIN, answers=d.Done)
def revoke_invitation(invitation_id: Any) -> dict[str, Any]:
    """End an invitation: its link opens nothing any more."""
    with r.gateway().database.unit_of_work(r.context()) as uow:
        invitations.revoke(uow, str(invitation_id))
    return {"revoked": True}


@routes.route("POST", "/auth/join", who=ANYBODY, body=Join, answers={201: d.Tokens}, refusals=(404,))
def join(body: Join) -> dict[str, Any]:
    """Accept an invitation: choose a name and a password, and be signed in. It works once."""
    return tokens_of(open_account(body))


@routes.route("POST", "/invitations/<token>/accept", who=ANYBODY, body=Accept, answers={201: d.Tokens}, refusals=(404,))
def accept_invitation(token: str, body: Accept) -> dict[str, Any]:
    """As `/auth/join`, with the mailed token in the address. Keep it out of logs: prefer the other where you can."""
    return join(Join(token=token[:200], **body.model_dump()))


@routes.route("POST", "/auth/forgot", who=ANYBODY, body=Forgotten, answers={202: d.Done}, refusals=(429,))
def forgot(body: Forgotten) -> dict[str, Any]:
    """Ask for a mail with a link to choose another password. The answer is the same for every address."""
    settings, email = r.gateway().settings, body.email.strip().lower()
    amount, _slash, period = settings.reset_rate_limit.partition("/")
    wide = f"{int(amount) * _PLACES}/{period}"
    if r.limited("forgot here", wide, r.address()) or r.limited("forgot", settings.reset_rate_limit, email):
        raise TooManyRequests("too many mails were asked for; try again in an hour", retry_after=3600)
    with own_unit(r.gateway().database) as uow:
        resets.ask(uow, settings, email)
    return {"asked": True}


@routes.route("POST", "/auth/reset", who=ANYBODY, body=Reset, answers=d.Done, refusals=(404,))
def reset_password(body: Reset) -> dict[str, Any]:
    """Choose another password with a mailed link. All sessions end, and wrong passwords are forgiven; then sign in."""
    change_password(body)
    return {"changed": True}


def open_account(body: Join, kind: str = "token") -> dict[str, Any]:
    """Accept an invitation and open a session; ``kind`` as of ``sessions.open_session``."""
    runtime = r.gateway()
    with runtime.database.read() as session:
        invitations.of_token(session, body.token)
    # Outside the transaction, and only for a link that opens something: argon2 takes its time.
    password_hash = passwords.hashed(body.password)
    with own_unit(runtime.database) as uow:
        made = invitations.accept(uow, body.token, body.name, password_hash, body.locale)
        person = uow.session.execute(people.select().where(people.c.id == made["id"])).one()
        return sessions.open_session(uow, runtime.settings, person, r.client(), kind)


def change_password(body: Reset) -> Any:
    """Set the password that a mailed link is for; the person's row."""
    runtime = r.gateway()
    with runtime.database.read() as session:
        resets.email_of(session, body.token)
    password_hash = passwords.hashed(body.password)
    with own_unit(runtime.database) as uow:
        return resets.reset(uow, body.token, password_hash)
