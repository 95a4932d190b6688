"""Notifications, mail that left, and what AI made."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.routing import Routes
from services.gateway.api.values import Id, Name

routes = Routes("notifications")


class NotificationFilters(s.Page):
    unread_only: bool | None = None


class EmailFilters(s.Page):
    kind: Name | None = None
    status: Name | None = None
    client_id: Id | None = None
    invoice_id: Id | None = None


class GenerationFilters(s.Page):
    deal_id: Id | None = None
    brief_id: Id | None = None
    kind: Name | None = None


@routes.route("GET", "/notifications", query=NotificationFilters, answers=d.ListOf[d.NotificationDocument])
def list_notifications(query: NotificationFilters) -> dict[str, Any]:
    """Your notifications, newest first."""
    return r.ask("notifications", "list_notifications", **{"unread_only": False, **query.given()})


class EmailDocument(d.Document):
    """``recipients``: what became of it at each address, ``{address, name, status, code, answer}``; ``refs``: what it
    is about, by the names of ids."""

    id: str
    kind: str
    subject: str
    status: str
    to: list[str]
    client_id: str | None
    user_id: str | None
    contact_id: str | None
    refs: dict[str, Any]
    attempts: int
    last_error: str | None
    recipients: list[dict[str, Any]]
    message_id: str
    sent_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int


class Unread(d.Document):
    unread: int


@routes.route("GET", "/notifications/unread-count", answers=Unread)
def unread_count() -> dict[str, Any]:
    """How many you have not read."""
    return r.ask("notifications", "unread_count")


@routes.route("POST", "/notifications/<uuid:notification_id>/read", answers=d.NotificationDocument)
def mark_read(notification_id: Any) -> dict[str, Any]:
    """Mark one as read."""
    return r.ask("notifications", "mark_read", notification_id=str(notification_id))


@routes.route("POST", "/notifications/read-all", answers=d.Done)
def mark_all_read() -> dict[str, Any]:
    """Mark all as read."""
    return r.ask("notifications", "mark_all_read")


@routes.route("GET", "/emails", query=EmailFilters, answers=d.ListOf[EmailDocument])
def list_emails(query: EmailFilters) -> dict[str, Any]:
    """Mail the system sent or is about to send, newest first."""
    return r.ask("notifications", "list_emails", **s.paged(query.given()))


@routes.route("GET", "/generations", query=GenerationFilters, answers=d.ListOf[d.GenerationDocument])
def list_generations(query: GenerationFilters) -> dict[str, Any]:
    """What AI made: which provider answered, how long it took, what came out."""
    return r.ask("ai", "list_generations", **s.paged(query.given()))


@routes.route("GET", "/generations/<uuid:generation_id>", answers=d.GenerationDocument)
def get_generation(generation_id: Any) -> dict[str, Any]:
    """One of them, whole."""
    return r.ask("ai", "get_generation", generation_id=str(generation_id))
