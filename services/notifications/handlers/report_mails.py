"""The mail that a scheduled report comes with: its headline figures, and the file."""

from __future__ import annotations

from typing import Any

from libs.common.database import UnitOfWork
from services.notifications.handlers.posting import post


def mail_report(uow: UnitOfWork, report: Any, made: dict[str, Any], told: dict[str, Any]) -> str:
    """Order the mail; its id. ``made``: the file; ``told``: what ``headline`` says of the report."""
    attached = [{name: made[name] for name in ("key", "filename", "content_type")}]
    refs = {"report_id": report.id, "schedule_id": report.schedule_id}
    if report.due_on is None:
        # Who had it sent now is not asked whether they want such mails.
        refs["asked"] = True
    return post(uow, "report", told, user_id=report.user_id, refs=refs, attachments=attached).id
