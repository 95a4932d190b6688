"""What ai keeps of deals and clients to learn from. The newest state wins, and a repeat does no harm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import any_, delete, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, insert

from libs.common.database import UnitOfWork
from libs.common.events import Envelope
from services.ai.events import ClientCreated, ClientsImported, DealRemoved, DealState
from services.ai.handlers import scoring
from services.ai.models import client_industries, deal_facts, stage_visits

OPEN_STAGES = ("lead", "qualified", "proposal", "negotiation")


@dataclass(frozen=True, slots=True)
class Told:
    """A deal as somebody told it; began_at: when it was made."""

    deal_id: str
    client_id: str
    stage: str
    stage_since: datetime
    began_at: datetime
    deal_value_minor: int | None
    currency: str
    source: str
    owner_id: str | None
    closed_on: date | None
    version: int


def on_deal(uow: UnitOfWork, event: DealState, _envelope: Envelope) -> None:
    """Keep the deal, and score it anew."""
    kept = event.model_dump(exclude={"created_at", "actual_close_date"})
    told = Told(**kept, began_at=event.created_at, closed_on=event.actual_close_date)
    keep_deal(uow, told)
    if told.stage in OPEN_STAGES:
        keep_visit(uow, told.deal_id, told.stage_since, _visit(told), told.version)
    scoring.score(uow, [told.deal_id])


def on_deal_removed(uow: UnitOfWork, event: DealRemoved, _envelope: Envelope) -> None:
    """Forget a deal that is gone: nothing is learned from it."""
    for table in (stage_visits, deal_facts):
        uow.session.execute(delete(table).where(table.c.deal_id == event.deal_id))


def on_client_created(uow: UnitOfWork, event: ClientCreated, _envelope: Envelope) -> None:
    """Keep the industry, and score the client's deals by it: they may have been told first."""
    keep_industry(uow, event.client_id, event.industry, event.version)
    deals = select(deal_facts.c.deal_id).where(deal_facts.c.client_id == event.client_id)
    scoring.score(uow, list(uow.session.execute(deals.limit(scoring.PAGE)).scalars()))


def on_clients_imported(uow: UnitOfWork, event: ClientsImported, _envelope: Envelope) -> None:
    """Keep the industries of many new clients, and score the deals of each that were told first."""
    rows = [each.model_dump() for each in sorted(event.clients, key=lambda each: each.client_id)]
    if not rows:
        return
    statement = insert(client_industries)
    values = {"industry": statement.excluded.industry, "version": statement.excluded.version}
    newest = client_industries.c.version < statement.excluded.version
    uow.session.execute(statement.on_conflict_do_update(index_elements=["client_id"], set_=values, where=newest), rows)
    ids = literal([each["client_id"] for each in rows], ARRAY(deal_facts.c.client_id.type))
    deals = select(deal_facts.c.deal_id).where(deal_facts.c.client_id == any_(ids)).order_by(deal_facts.c.deal_id)
    found = list(uow.session.execute(deals).scalars())
    for place in range(0, len(found), scoring.PAGE):
        scoring.score(uow, found[place : place + scoring.PAGE])


def keep_deal(uow: UnitOfWork, told: Told) -> None:
    """The newest state of a deal."""
    values = {name: getattr(told, name) for name in Told.__dataclass_fields__ if name != "deal_id"}
    values["updated_at"] = uow.now
    statement = insert(deal_facts).values(deal_id=told.deal_id, **values)
    newest = deal_facts.c.version < told.version
    uow.session.execute(statement.on_conflict_do_update(index_elements=["deal_id"], set_=values, where=newest))


def keep_visit(
    uow: UnitOfWork, deal_id: str, entered_at: datetime, visit: dict[str, Any], version: int, *, known: bool = True
) -> None:
    """A deal as it was when it entered a stage: of several tellings the earliest counts. known: whether it was told at
    that time; what is read from history later changes nothing that was."""
    statement = insert(stage_visits).values(deal_id=deal_id, entered_at=entered_at, version=version, **visit)
    if not known:
        uow.session.execute(statement.on_conflict_do_nothing())
        return
    earlier = stage_visits.c.version > version
    changed = visit | {"version": version}
    uow.session.execute(
        statement.on_conflict_do_update(index_elements=["deal_id", "entered_at"], set_=changed, where=earlier)
    )


def keep_industry(uow: UnitOfWork, client_id: str, industry: str | None, version: int) -> None:
    """The newest industry of a client."""
    values = {"industry": industry, "version": version}
    statement = insert(client_industries).values(client_id=client_id, **values)
    newest = client_industries.c.version < version
    uow.session.execute(statement.on_conflict_do_update(index_elements=["client_id"], set_=values, where=newest))


def _visit(told: Told) -> dict[str, Any]:
    return {name: getattr(told, name) for name in ("stage", "deal_value_minor", "currency", "source", "owner_id")}
