"""What everybody may change of their own account."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from services.gateway.accounts import tries, users
from services.gateway.accounts.client import own_unit
from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.routing import Routes
from services.gateway.api.values import Body, NeededName, NewSecret, Secret

routes = Routes("me")


class MeChange(s.Version):
    name: NeededName | None = None
    locale: Literal["en", "de"] | None = None


class PasswordChange(Body):
    current_password: Secret
    new_password: NewSecret


@routes.route("PATCH", "/me", body=MeChange, answers=d.Account)
def change_me(body: MeChange) -> dict[str, Any]:
    """Change your name or your language."""
    asked = {"user_id": r.signed_in().actor.id, **s.changes(body)}
    changed: dict[str, Any] = r.once("change_me", asked, lambda uow: users.change(uow, **asked))
    return changed


@routes.route("POST", "/me/password", body=PasswordChange, answers=d.Done, refusals=(429,))
def change_password(body: PasswordChange) -> dict[str, Any]:
    """Choose another password. All your other sessions end; guesses of the current one are as limited as at log-in."""
    person = r.signed_in()
    given = (body.current_password, body.new_password, person.session_id)
    with guessed_password():
        r.once("change_password", {}, lambda uow: users.change_password(uow, person.actor.id, *given))
    return {"changed": True}


@contextmanager
def guessed_password() -> Iterator[None]:
    """Around what asks for the person's password once more: wrong ones are counted, and limited.

    Counted apart from log-in: who holds a stolen session cannot lock its owner out.
    """
    runtime, account, client = r.gateway(), f"user {r.signed_in().actor.id}", r.client()
    tries.note(runtime.database, runtime.settings, account, client)
    yield
    with own_unit(runtime.database) as uow:
        tries.forget(uow, account, client)
