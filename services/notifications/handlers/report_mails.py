"""The mail that a scheduled report comes with: its headline figures, and the file."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from libs.common.database import UnitOfWork
from services.notifications.handlers.posting import post
from services.notifications.models import report_schedules


def mail_report(uow: UnitOfWork, report: Any, made: dict[str, Any], told: dict[str, Any]) -> str:
    """Order the mail; its id. ``made``: the file; ``told``: what ``headline`` says of the report."""
    attached = [{name: made[name] for name in ("key", "filename", "content_type")}]
    refs = {"report_id": report.id, "schedule_id": report.schedule_id}
    if report.due_on is None and report.user_id == _owner(uow, report.schedule_id):
        # Who had it sent now is not asked whether they want such mails; others who get it too are.
        refs["asked"] = True
    return post(uow, "report", told, user_id=report.user_id, refs=refs, attachments=attached).id


def _owner(uow: UnitOfWork, schedule_id: str) -> str | None:
    schedule = report_schedules.c
    return uow.session.execute(select(schedule.user_id).where(schedule.id == schedule_id)).scalar_one_or_none()
