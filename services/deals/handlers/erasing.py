"""What deals tells when it has erased a person."""

from __future__ import annotations

from libs.common.database import UnitOfWork
from libs.common.erasure.parts import Part
from services.deals.events import PersonErased
from services.deals.handlers.activities import fold


def tell_erased(uow: UnitOfWork, part: Part) -> None:
    """Our part is done; a name among the tags leaves the sums with it."""
    fold(uow, uow.now)
    uow.outbox.add(PersonErased(**part.data), of=part)
