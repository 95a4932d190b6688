"""Signing in, and who works here."""

from __future__ import annotations

from typing import Annotated, Any

from flask import current_app
from pydantic import Field

from services.gateway.accounts import login, passwords, second_factors, sessions, users
from services.gateway.api import access_documents as access
from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.routing import ADMIN, ANYBODY, Routes
from services.gateway.api.values import Address, Body, Secret

routes = Routes("accounts")


class LogIn(Body):
    """otp: a code of the authenticator app or a recovery code, where there is a second factor."""

    email: Address
    password: Secret
    otp: Annotated[str, Field(max_length=60)] | None = None


class Refresh(Body):
    refresh_token: Annotated[str, Field(max_length=200)]


class SecondStep(Body):
    ticket: Annotated[str, Field(max_length=200)]
    code: Annotated[str, Field(max_length=60)]


@routes.route("POST", "/auth/login", who=ANYBODY, body=LogIn, answers=d.Tokens, refusals=(401, 429))
def log_in(body: LogIn) -> dict[str, Any]:
    """Sign in with e-mail address and password.

    Send the access token as `Authorization: Bearer …`; use the refresh token once to get the next pair.
    401 with code `second_factor_needed` comes with a `ticket`: send it with a code to `/auth/second-factor`, or send
    the code here as `otp`.
    """
    runtime = r.gateway()
    try:
        opened = login.log_in(runtime.database, runtime.settings, body.email, body.password, r.client())
    except login.SecondFactorNeeded as needed:
        if body.otp is None:
            raise
        opened = login.second_step(runtime.database, runtime.settings, needed.ticket, body.otp, r.client())
    return tokens_of(opened)


@routes.route("POST", "/auth/second-factor", who=ANYBODY, body=SecondStep, answers=d.Tokens, refusals=(401, 429))
def second_step(body: SecondStep) -> dict[str, Any]:
    """Finish a log-in with a code of the authenticator app, or with a recovery code."""
    runtime = r.gateway()
    return tokens_of(login.second_step(runtime.database, runtime.settings, body.ticket, body.code, r.client()))


@routes.route("POST", "/auth/refresh", who=ANYBODY, body=Refresh, answers=d.Tokens, refusals=(401,))
def refresh(body: Refresh) -> dict[str, Any]:
    """Get a new pair of tokens for a refresh token. A refresh token used twice ends its session."""
    runtime = r.gateway()
    return tokens_of(sessions.refresh(runtime.database, runtime.settings, body.refresh_token))


@routes.route("POST", "/auth/logout", answers=d.Done)
def log_out() -> dict[str, Any]:
    """End this session."""
    sessions.log_out(r.gateway().database, r.signed_in().session_id)
    return {"signed_out": True}


@routes.route("GET", "/me", answers=d.Account)
def me() -> dict[str, Any]:
    """The person who is signed in."""
    with r.gateway().database.read() as session:
        return users.document(session, r.signed_in().actor.id)


@routes.route("GET", "/users/directory", answers=d.ListOf[d.DirectoryEntry])
def directory() -> dict[str, Any]:
    """Names and ids of everybody who works here."""
    with r.gateway().database.read() as session:
        return users.directory(session)


@routes.route("GET", "/users", who=ADMIN, answers=d.ListOf[d.Account])
def list_users() -> dict[str, Any]:
    """All accounts."""
    with r.gateway().database.read() as session:
        return users.listed(session)


@routes.route("POST", "/users", who=ADMIN, body=s.UserNew, answers={201: d.Account})
def create_user(body: s.UserNew) -> dict[str, Any]:
    """Create an account that can sign in at once."""
    asked = {"email": body.email, "name": body.name, "role": body.role}
    # Outside the transaction: argon2 takes its time.
    password_hash = passwords.hashed(body.password)
    create = lambda uow: users.create(uow, password_hash=password_hash, **asked)  # noqa: E731  (one line, used once)
    made: dict[str, Any] = r.once("create_user", asked, create)
    return made


@routes.route("GET", "/users/<uuid:user_id>", who=ADMIN, answers=d.Account)
def get_user(user_id: Any) -> dict[str, Any]:
    """One account."""
    with r.gateway().database.read() as session:
        return users.document(session, str(user_id))


@routes.route("PATCH", "/users/<uuid:user_id>", who=ADMIN, body=s.UserChange, answers=d.Account)
def change_user(user_id: Any, body: s.UserChange) -> dict[str, Any]:
    """Change name, role or language, or deactivate an account, which ends all its sessions and API keys."""
    asked = {"user_id": str(user_id), **s.changes(body)}
    changed: dict[str, Any] = r.once("change_user", asked, lambda uow: users.change(uow, **asked))
    return changed


@routes.route("GET", "/users/<uuid:user_id>/sessions", who=ADMIN, answers=d.ListOf[access.Session])
def list_sessions_of_user(user_id: Any) -> dict[str, Any]:
    """Where somebody is signed in."""
    with r.gateway().database.read() as session:
        users.document(session, str(user_id))
        return sessions.listed(session, str(user_id), r.gateway().clock.now())


@routes.route("DELETE", "/users/<uuid:user_id>/sessions", who=ADMIN, answers=d.Done)
def end_sessions_of_user(user_id: Any) -> dict[str, Any]:
    """Sign somebody out everywhere. Their API keys stay."""
    with r.gateway().database.unit_of_work(r.context()) as uow:
        users.document(uow.session, str(user_id))
        return {"ended": sessions.end_all(uow, str(user_id))}


@routes.route("DELETE", "/users/<uuid:user_id>/second-factor", who=ADMIN, answers=d.Done)
def take_second_factor_off(user_id: Any) -> dict[str, Any]:
    """Take two-factor log-in off the account of somebody who lost both the app and the recovery codes."""
    with r.gateway().database.unit_of_work(r.context()) as uow:
        second_factors.switch_off(uow, str(user_id))
    return {"on": False}


def tokens_of(opened: dict[str, Any]) -> dict[str, Any]:
    """What a program gets of a session that was opened."""
    tokens: sessions.AccessTokens = current_app.extensions["access_tokens"]
    return {
        "access_token": tokens.issue(opened["session_id"]),
        "refresh_token": opened["refresh_token"],
        "token_type": "Bearer",
        "expires_in": tokens.seconds,
        "user": opened["user"],
    }
