"""A brief from the website becomes a qualified deal."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select

from libs.common import record_merges, row_access
from libs.common.database import UnitOfWork
from libs.common.fields import read
from libs.common.ids import new_id
from libs.common.money import Money
from libs.common.problems import Conflict, Invalid
from services.deals.domain import Deal, budget_midpoint, expected_close
from services.deals.events import BriefSubmitted
from services.deals.fields import BRIEF
from services.deals.handlers.loading import deal_to_change
from services.deals.handlers.telling import tell_created
from services.deals.models import briefs

_OPTIONAL = {"vision_summary": "", "audience": "", "design": "", "features": []}


def submit_brief(uow: UnitOfWork, brief: dict[str, Any], client: dict[str, Any], reference: str) -> dict[str, Any]:
    """The brief, its deal, and the one event that AI analyses a brief from.

    The deal is named after company and vision, worth the middle of the budget, and expected to close when the
    timeline ends.
    """
    given = _OPTIONAL | {name: value for name, value in read(BRIEF, brief).items() if value is not None}
    missing = [name for name in BRIEF if name not in given]
    if missing:
        raise Invalid(f"{missing[0]} is needed", field=missing[0])
    low, high = (Money(given[f"budget_{end}_minor"], given["currency"]) for end in ("min", "max"))
    deal = Deal(
        id=new_id(),
        deal_name=f"{client['company_name']} - {given['vision_title']}",
        client_id=record_merges.current(uow.session, client["client_id"]),
        stage="qualified",
        source="brief_wizard",
        deal_value_minor=budget_midpoint(low, high).minor,
        currency=given["currency"],
        description=given["vision_summary"] or None,
        expected_close_date=expected_close(uow.today, given["timeline_weeks"]),
        owner_id=client.get("owner_id"),
        created_on=uow.today,
        created_at=uow.now,
        updated_at=uow.now,
        stage_since=uow.now,
    )
    uow.session.add(deal)
    uow.session.flush()
    record_merges.note(uow, client["client_id"], "deals", deal.id)
    brief_id = _keep_brief(uow, deal, given, client, reference)
    tell_created(uow, deal)
    _ask_for_analysis(uow, deal, brief_id, requested_by="client")
    return {"deal_id": deal.id, "brief_id": brief_id}


def request_analysis(uow: UnitOfWork, deal_id: str) -> dict[str, Any]:
    """Have a deal's brief analysed again; the new insights come when they are ready."""
    deal = deal_to_change(uow, deal_id)
    brief_id = uow.session.execute(select(briefs.c.id).where(briefs.c.deal_id == deal.id)).scalar_one_or_none()
    if brief_id is None:
        raise Conflict("this deal did not come from a brief, so there is nothing to analyse")
    _ask_for_analysis(uow, deal, brief_id, requested_by="user")
    return {"deal_id": deal.id, "brief_id": brief_id, "status": "requested"}


def _keep_brief(uow: UnitOfWork, deal: Deal, given: dict[str, Any], client: dict[str, Any], reference: str) -> str:
    brief_id = new_id()
    row = {
        "id": brief_id,
        "deal_id": deal.id,
        "client_id": deal.client_id,
        "contact_id": client.get("contact_id"),
        "contact_name": client.get("contact_name"),
        "contact_email": client.get("contact_email"),
        "contact_phone": client.get("contact_phone"),
        "reference": reference,
        "created_at": uow.now,
        "updated_at": uow.now,
        "version": 1,
    }
    uow.session.execute(insert(briefs).values(**row, **given))
    return brief_id


def _ask_for_analysis(uow: UnitOfWork, deal: Deal, brief_id: str, requested_by: str) -> None:
    brief = uow.session.execute(select(briefs).where(briefs.c.id == brief_id)).one()
    # Not from the deal's name alone: it may have been changed since.
    company = row_access.label(uow.session, deal.client_id) or deal.deal_name.removesuffix(f" - {brief.vision_title}")
    own = {"id", "created_at", "updated_at", "version"}
    kept = {str(name): value for name, value in brief._mapping.items() if name not in own}
    event = BriefSubmitted(
        **kept,
        brief_id=brief.id,
        company_name=company,
        owner_id=deal.owner_id,
        deal_name=deal.deal_name,
        deal_value_minor=deal.deal_value_minor or 0,
        requested_by=requested_by,
        version=deal.version,
    )
    uow.outbox.add(event, of=deal)
