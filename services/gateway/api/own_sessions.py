"""Where one is signed in."""

from __future__ import annotations

from typing import Any

from services.gateway.accounts import sessions
from services.gateway.api import access_documents as access
from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api.routing import Routes

routes = Routes("sessions")


@routes.route("GET", "/me/sessions", answers=d.ListOf[access.Session])
def list_sessions() -> dict[str, Any]:
    """Where you are signed in, the last used first. A browser's use is noted once an hour."""
    person, runtime = r.signed_in(), r.gateway()
    with runtime.database.read() as session:
        return sessions.listed(session, person.actor.id, runtime.clock.now(), person.session_id)


@routes.route("DELETE", "/me/sessions/<uuid:session_id>", answers=d.Done)
def end_session(session_id: Any) -> dict[str, Any]:
    """End one of your sessions."""
    with r.gateway().database.unit_of_work(r.context()) as uow:
        sessions.end_one(uow, r.signed_in().actor.id, str(session_id))
    return {"ended": 1}


@routes.route("DELETE", "/me/sessions", answers=d.Done)
def end_other_sessions() -> dict[str, Any]:
    """End all your sessions but this one."""
    person = r.signed_in()
    with r.gateway().database.unit_of_work(r.context()) as uow:
        return {"ended": sessions.end_all(uow, person.actor.id, but=person.session_id)}
