"""Our copy of the templates that WhatsApp has approved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from libs.common.database import UnitOfWork
from libs.common.identity import Actor
from libs.common.jobs import GiveUp, Job
from services.notifications.whatsapp.domain import places
from services.notifications.whatsapp.models import templates
from services.notifications.whatsapp.ports import Outside, Refused, Template

JOB = "sync_whatsapp_templates"


def list_whatsapp_templates(session: Session, _actor: Actor) -> dict[str, Any]:
    """All templates that we know of, the approved ones first."""
    row = templates.c
    order = ((row.status != "APPROVED"), row.name, row.language)
    items = [dict(each._mapping) for each in session.execute(select(templates).order_by(*order))]
    return {"items": items, "next_cursor": None, "total": len(items)}


def order_sync(uow: UnitOfWork, _due_at: datetime | None = None) -> None:
    """Have them fetched."""
    uow.jobs.add(JOB, {}, dedupe_key=JOB)


def sync_outside(outside: Outside, _job: Job) -> list[Template] | None:
    """What WhatsApp has; None where nothing is set up."""
    if not outside.line.open:
        return None
    try:
        return outside.provider.templates()
    except Refused as error:
        raise GiveUp(error.fault.reason) from None


def sync_finished(uow: UnitOfWork, _job: Job, found: list[Template] | None) -> None:
    """Keep them."""
    if found is not None:
        keep_templates(uow, [asdict(each) for each in found])


def keep_templates(uow: UnitOfWork, found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Our copy is what WhatsApp has, and nothing else."""
    row = templates.c
    for each in found:
        values = each | {"places": places(each["body"]), "synced_at": uow.now}
        statement = insert(templates).values(**values)
        uow.session.execute(statement.on_conflict_do_update(index_elements=[row.name, row.language], set_=values))
    uow.session.execute(delete(templates).where(row.synced_at < uow.now))
    return {"synced": len(found)}
