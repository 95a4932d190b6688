"""Signing in, and who works here."""

from __future__ import annotations

from typing import Any

from flask import current_app, request

from services.gateway.accounts import sessions, users
from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.routing import ADMIN, ANYBODY, Routes

routes = Routes("accounts")


@routes.route("POST", "/auth/login", who=ANYBODY, body=s.LogIn, answers=d.Tokens, refusals=(401, 429))
def log_in(body: s.LogIn) -> dict[str, Any]:
    """Sign in with e-mail address and password.

    Send the access token as `Authorization: Bearer …`; use the refresh token once to get the next pair.
    """
    runtime = r.gateway()
    client = sessions.Client(r.address(), request.headers.get("User-Agent", ""))
    return _tokens(sessions.log_in(runtime.database, runtime.settings, body.email, body.password, client))


@routes.route("POST", "/auth/refresh", who=ANYBODY, body=s.Refresh, answers=d.Tokens, refusals=(401,))
def refresh(body: s.Refresh) -> dict[str, Any]:
    """Get a new pair of tokens for a refresh token. A refresh token used twice ends its session."""
    runtime = r.gateway()
    return _tokens(sessions.refresh(runtime.database, runtime.settings, body.refresh_token))


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
    made: dict[str, Any] = r.once("create_user", asked, lambda uow: users.create(uow, password=body.password, **asked))
    return made


@routes.route("GET", "/users/<uuid:user_id>", who=ADMIN, answers=d.Account)
def get_user(user_id: Any) -> dict[str, Any]:
    """One account."""
    with r.gateway().database.read() as session:
        return users.document(session, str(user_id))


@routes.route("PATCH", "/users/<uuid:user_id>", who=ADMIN, body=s.UserChange, answers=d.Account)
def change_user(user_id: Any, body: s.UserChange) -> dict[str, Any]:
    """Change name, role or language, or deactivate an account, which ends all its sessions."""
    asked = {"user_id": str(user_id), **s.changes(body)}
    changed: dict[str, Any] = r.once("change_user", asked, lambda uow: users.change(uow, **asked))
    return changed


def _tokens(opened: dict[str, Any]) -> dict[str, Any]:
    tokens: sessions.AccessTokens = current_app.extensions["access_tokens"]
    return {
        "access_token": tokens.issue(opened["session_id"]),
        "refresh_token": opened["refresh_token"],
        "token_type": "Bearer",
        "expires_in": tokens.seconds,
        "user": opened["user"],
    }
