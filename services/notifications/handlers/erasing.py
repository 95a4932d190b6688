"""What notifications tells when it has erased a person."""

from __future__ import annotations

from libs.common.database import UnitOfWork
from libs.common.erasure.parts import Part
from services.notifications.events import PersonErased
from services.notifications.whatsapp.forgetting import forget_person


def tell_erased(uow: UnitOfWork, part: Part) -> None:
    """Our part is done. What WhatsApp calls the person by names nobody else, and goes with their name."""
    forget_person(uow, part.data["contact_id"])
    uow.outbox.add(PersonErased(**part.data), of=part)
