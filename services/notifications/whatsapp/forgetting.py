"""Forgetting how a person is reached."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from libs.common.database import UnitOfWork
from services.notifications.whatsapp.models import conversations, identities


def forget_person(uow: UnitOfWork, contact_id: str) -> None:
    """No number and no id of WhatsApp's leads to the conversations of an erased contact any more."""
    row = conversations.c
    theirs = select(row.id).where(row.contact_id == contact_id)
    uow.session.execute(delete(identities).where(identities.c.conversation_id.in_(theirs)))
    nothing = dict.fromkeys(("number", "bsuid", "phone", "profile_name"))
    uow.session.execute(update(conversations).where(row.contact_id == contact_id).values(**nothing))
