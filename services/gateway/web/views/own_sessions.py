"""Where one is signed in."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from ua_parser import parse

from services.gateway.api import own_sessions as api
from services.gateway.web import shell
from services.gateway.web.routing import Pages, done
from services.gateway.web.toasts import Toast

pages = Pages("own_sessions")


@pages.get("/account/sessions")
def show() -> Any:
    """All own sessions."""
    items = [each | {"device": device(each["user_agent"])} for each in api.list_sessions()["items"]]
    return shell.page("account/sessions.html", items=items)


@pages.post("/account/sessions/end-others")
def end_others() -> Any:
    """End all but this one."""
    api.end_other_sessions()
    return done("/account/sessions", Toast(_("Your other sessions have ended")))


@pages.post("/account/sessions/<uuid:session_id>/end")
def end(session_id: Any) -> Any:
    """End one of them."""
    api.end_session(session_id)
    return done("/account/sessions", Toast(_("The session has ended")))


def device(user_agent: str) -> str:
    """``Firefox, Windows``; of what is no browser, the name it gives itself."""
    found = parse(user_agent)
    known = [part.family for part in (found.user_agent, found.os) if part is not None and part.family != "Other"]
    return ", ".join(known) or user_agent.partition("/")[0][:60] or _("Unknown device")
