"""Mails with a link that opens an account. The link's token stays sealed here until the mail leaves."""

from __future__ import annotations

from datetime import datetime

from libs.common.clock import business_date
from libs.common.database import UnitOfWork
from libs.common.events import Envelope
from services.notifications import settings
from services.notifications.domain import day
from services.notifications.events import UserInvited, UserResetAsked
from services.notifications.handlers.posting import post


def on_user_invited(uow: UnitOfWork, event: UserInvited, _envelope: Envelope) -> None:
    """The link to join, to whoever was invited."""
    context = {"invited_by": event.invited_by, "role": event.role, "until": _until(event.expires_at)}
    sealed = {"sealed_token": event.sealed_token, "sealed_about": event.invitation_id}
    post(uow, "invitation", context | sealed, address=event.email, name=event.name or None)


def on_reset_asked(uow: UnitOfWork, event: UserResetAsked, _envelope: Envelope) -> None:
    """The link to another password, to whoever asked for it."""
    sealed = {"sealed_token": event.sealed_token, "sealed_about": event.reset_id}
    post(uow, "password_reset", sealed, address=event.email, name=event.name)


def _until(moment: datetime) -> str:
    return day(business_date(moment, settings.current().business_tz))
