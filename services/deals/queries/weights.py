"""How likely a deal of each stage is to be won: what an admin set, and until then the settings.

Read anew for every answer: a copy kept in a process would be old as soon as another process changes it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from libs.common.identity import Actor
from services.deals import settings
from services.deals.domain import STAGES
from services.deals.models import stage_weight_history
from services.deals.models import stage_weights as table


def stage_weights(session: Session, _actor: Actor) -> dict[str, Any]:
    """Every stage with its weight in percent, and the one it has until somebody sets another."""
    current, defaults = current_weights(session), settings.current().stage_weights
    items = [{"stage": stage, "weight": current[stage], "default": defaults[stage]} for stage in STAGES]
    return {"items": items}


def current_weights(session: Session) -> dict[str, int]:
    """Percent by stage."""
    rows = session.execute(select(table.c.stage, table.c.weight))
    return settings.current().stage_weights | {row.stage: row.weight for row in rows}


def weights_at(session: Session, before: datetime | None) -> dict[str, int]:
    """Percent by stage as they were just before an instant, or are now where none is given. Those of the settings are
    taken to have been the same all along."""
    if before is None:
        return current_weights(session)
    kept = stage_weight_history.c
    latest = select(kept.stage, kept.weight).where(kept.set_at < before).distinct(kept.stage)
    rows = session.execute(latest.order_by(kept.stage, kept.set_at.desc()))
    return settings.current().stage_weights | {row.stage: row.weight for row in rows}
