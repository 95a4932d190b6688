"""What follows when WhatsApp answers to our token, and what is looked after every minute."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from libs.common.database import UnitOfWork
from libs.common.schedule import ScheduledJob
from services.notifications.whatsapp import doubting, handing, media, pacing, receiving, templates
from services.notifications.whatsapp.ports import Line


def answered(uow: UnitOfWork, line: Line) -> None:
    """Our token is taken: what waited because it was refused leaves now."""
    pacing.unblock(uow, line)
    handing.resume_sending(uow, line)
    uow.jobs.hasten(handing.JOB)
    uow.jobs.hasten(media.JOB)


def schedule(line: Callable[[], Line]) -> list[ScheduledJob]:
    """What is done at set times."""

    def resume(uow: UnitOfWork, _due_at: datetime) -> None:
        handing.resume_sending(uow, line())

    return [
        ScheduledJob("resume_whatsapp", "* * * * *", resume),
        ScheduledJob("tell_doubtful_whatsapp", "* * * * *", doubting.tell_doubtful),
        # Within the hours that are caught up, so that a worker that has just started asks at once.
        ScheduledJob("sync_whatsapp_templates", "17 */4 * * *", templates.order_sync),
        ScheduledJob("forget_whatsapp_deliveries", "47 3 * * *", receiving.forget_deliveries),
    ]
