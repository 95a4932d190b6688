"""One's own API keys."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from services.gateway.accounts import api_keys
from services.gateway.api import access_documents as access
from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api.routing import Routes
from services.gateway.api.values import Body, NeededWord

routes = Routes("API keys")


Area = Literal["clients", "deals", "billing", "notifications", "reports"]


class ApiKeyNew(Body):
    """expires_in_days: without it the key lives until it is revoked."""

    name: NeededWord
    scope: Literal["read", "write"] = "read"
    areas: Annotated[list[Area], Field(max_length=4, default_factory=list)]
    expires_in_days: Annotated[int, Field(ge=1, le=3650)] | None = None


@routes.route("GET", "/api-keys", answers=d.ListOf[access.ApiKey])
def list_api_keys() -> dict[str, Any]:
    """Your API keys."""
    with r.gateway().database.read() as session:
        return api_keys.listed(session, r.signed_in().actor.id)


@routes.route("POST", "/api-keys", body=ApiKeyNew, answers={201: access.ApiKeyMade})
def create_api_key(body: ApiKeyNew) -> dict[str, Any]:
    """Make an API key, which is shown this once: send it as `Authorization: Bearer amo_…`.

    It acts as you, with at most its scope, and not on your own account. A repeat under one Idempotency-Key is refused
    by the name, since nobody can show the key again.
    """
    person = r.signed_in().actor.id
    with r.gateway().database.unit_of_work(r.context()) as uow:
        areas = [str(area) for area in body.areas]
        made, key = api_keys.create(uow, person, body.name, body.scope, areas, body.expires_in_days)
    return made | {"key": key}


@routes.route("DELETE", "/api-keys/<uuid:key_id>", answers=d.Done)
def revoke_api_key(key_id: Any) -> dict[str, Any]:
    """End one of your API keys at once."""
    with r.gateway().database.unit_of_work(r.context()) as uow:
        api_keys.revoke(uow, r.signed_in().actor.id, str(key_id))
    return {"revoked": True}
