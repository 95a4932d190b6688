"""Clients lent to somebody to read: learning by looking over a colleague's shoulder."""

from __future__ import annotations

from datetime import date
from typing import Any

from libs.common.problems import Invalid
from services.gateway.accounts import users
from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api.routing import ADMIN, Routes
from services.gateway.api.values import Body, Id

routes = Routes("shadowing")


class ShadowNew(Body):
    """``ends_on`` is the last day, in the business time zone; without it, until it is taken back."""

    user_id: Id
    ends_on: date | None = None


class ShadowDocument(d.Document):
    user_id: str
    ends_at: str | None
    granted_by: str
    created_at: str


@routes.route("GET", "/clients/<uuid:client_id>/shadows", who=ADMIN, answers=d.ListOf[ShadowDocument])
def list_shadows(client_id: Any) -> dict[str, Any]:
    """Who reads this client without owning it, and until when."""
    return _listed(r.ask("clients", "list_grants", client_id=str(client_id)))


@routes.route("POST", "/clients/<uuid:client_id>/shadows", who=ADMIN, body=ShadowNew, answers=d.ListOf[ShadowDocument])
def add_shadow(client_id: Any, body: ShadowNew) -> dict[str, Any]:
    """Let somebody in sales read everything about a client and change nothing; it ends by itself after the last day."""
    check_shadow(body.user_id)
    asked: dict[str, Any] = {"user_id": body.user_id}
    asked["ends_on"] = body.ends_on.isoformat() if body.ends_on else None
    return _listed(r.ask("clients", "grant_access", client_id=str(client_id), **asked))


@routes.route("DELETE", "/clients/<uuid:client_id>/shadows/<uuid:user_id>", who=ADMIN, answers=d.ListOf[ShadowDocument])
def end_shadow(client_id: Any, user_id: Any) -> dict[str, Any]:
    """End it now."""
    return _listed(r.ask("clients", "revoke_access", client_id=str(client_id), user_id=str(user_id)))


def check_shadow(user_id: str) -> None:
    """Only people of sales see some clients and not others."""
    with r.gateway().database.read() as session:
        sales = {each["id"] for each in users.directory(session)["items"] if each["active"] and each["role"] == "sales"}
    if user_id.lower() not in sales:
        raise Invalid("only active people of sales shadow clients", field="user_id")


def _listed(found: Any) -> dict[str, Any]:
    return {"items": found, "next_cursor": None, "total": len(found)}
