"""Messages of which nobody knows whether they left: a person is told, and the next status settles it.

They are not sent again by themselves: somebody would get them twice.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from libs.common.database import UnitOfWork
from services.notifications.whatsapp import conversations, progress, telling
from services.notifications.whatsapp.domain import SENDING, UNKNOWN, fault_of
from services.notifications.whatsapp.domain.faults import NOT_KNOWN
from services.notifications.whatsapp.models import messages

# Statuses come within seconds; WhatsApp repeats a webhook that was not answered after minutes.
PATIENCE = timedelta(minutes=15)
_AT_ONCE = 200


def tell_doubtful(uow: UnitOfWork, _due_at: datetime) -> None:
    """Tell of messages that were handed over and of which no status has come for a while, each once."""
    row = messages.c
    waiting = (row.status.in_([SENDING, UNKNOWN]), row.doubted_at.is_(None), row.handed_at < uow.now - PATIENCE)
    statement = select(row.id, row.conversation_id).where(*waiting).order_by(row.handed_at).limit(_AT_ONCE)
    found = uow.session.execute(statement).all()
    conversations.locked(uow, [each.conversation_id for each in found])
    # Once more: what was settled before the locks were ours is not doubtful any more.
    still = select(row.id).where(*waiting, row.id.in_([each.id for each in found])).order_by(row.id)
    for message_id in uow.session.execute(still).scalars().all():
        _tell(uow, message_id)


def _tell(uow: UnitOfWork, message_id: str) -> None:
    # One whose worker died is only now known to be without an answer.
    progress.further(uow, message_id, UNKNOWN, uow.now)
    progress.write(uow, message_id, doubted_at=uow.now, error=fault_of(NOT_KNOWN).document())
    told = telling.message(uow, message_id)
    conversation = telling.whose(uow, told.conversation_id)
    telling.failed(uow, conversation, told, certain=False)
    telling.status_changed(uow, conversation, told)
