"""What people are told in the app."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from libs.common.problems import Problem
from libs.common.rpc.client import Call
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.routing import checked
from services.gateway.web import parts, shell
from services.gateway.web.listing import PAGE, given
from services.gateway.web.routing import Pages, done, is_part, local
from services.gateway.web.toasts import Toast

pages = Pages("notifications")

_NEWS = timedelta(minutes=1)


@pages.get("/notifications")
def list_notifications() -> Any:
    """A person's own notifications, newest first."""
    page = {"limit": PAGE} | given("cursor")
    checked(s.Page, page)
    unread = bool(given("unread"))
    found = parts.ask({"notes": Call("notifications", "list_notifications", {"unread_only": unread} | page)})
    show = shell.fragment if is_part() else shell.page
    part = "notifications/rows.html" if "cursor" in page else "notifications/body.html"
    return show(part if is_part() else "notifications/list.html", parts=found, unread=unread)


@pages.get("/notifications/count")
def count() -> Any:
    """How many are unread, for the bell."""
    try:
        unread = parts.one("notifications", "unread_count")["unread"]
    except Problem:
        unread = 0
    return shell.fragment("notifications/count.html", unread=unread)


@pages.get("/notifications/latest")
def latest() -> Any:
    """The newest that is unread, for who hears pages instead of seeing them; nothing that is old."""
    try:
        found = parts.one("notifications", "list_notifications", unread_only=True, limit=1)["items"]
    except Problem:
        found = []
    now = datetime.now(UTC)
    new = [note for note in found if now - datetime.fromisoformat(note["created_at"]) < _NEWS]
    return shell.fragment("notifications/latest.html", note=new[0] if new else None)


@pages.post("/notifications/<uuid:notification_id>/open")
def open_one(notification_id: Any) -> Any:
    """Go where it leads; it is read then."""
    note = r.ask("notifications", "mark_read", notification_id=str(notification_id))
    path = note.get("action_path") or "/notifications"
    return done(local(path, "/notifications"))


@pages.post("/notifications/read")
def read_all() -> Any:
    """Mark all as read."""
    r.ask("notifications", "mark_all_read")
    return done("/notifications", Toast(_("All are read")))
