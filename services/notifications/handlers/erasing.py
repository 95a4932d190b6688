"""What notifications tells when it has erased a person."""

from __future__ import annotations

from libs.common.database import UnitOfWork
from libs.common.erasure.parts import Part
from services.notifications.events import PersonErased


def tell_erased(uow: UnitOfWork, part: Part) -> None:
    """Our part is done."""
    uow.outbox.add(PersonErased(**part.data), of=part)
