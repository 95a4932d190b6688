"""How likely a deal of each stage is to be won, as the company sees it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects.postgresql import insert

from libs.common.database import UnitOfWork
from libs.common.problems import Invalid
from services.deals import queries
from services.deals.domain import check_weights
from services.deals.models import stage_weights


def set_stage_weights(uow: UnitOfWork, weights: dict[str, Any]) -> dict[str, Any]:
    """Set the weights of some stages, in percent; the others keep theirs. Answers all of them."""
    if not isinstance(weights, dict):
        raise Invalid("name stages and their weights", field="weights")
    check_weights(weights)
    rows = [
        {"stage": stage, "weight": weight, "set_by": uow.actor.id, "set_at": uow.now}
        for stage, weight in sorted(weights.items())  # in one order, so that two at once do not wait for each other
    ]
    if rows:
        statement = insert(stage_weights).values(rows)
        newest = {name: statement.excluded[name] for name in ("weight", "set_by", "set_at")}
        uow.session.execute(statement.on_conflict_do_update(index_elements=["stage"], set_=newest))
    return queries.stage_weights(uow.session, uow.actor)
