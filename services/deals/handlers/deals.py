"""Deals by hand: create, change, move."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from libs.common import custom_fields, record_merges, row_access
from libs.common.database import UnitOfWork
from libs.common.fields import date_of, read
from libs.common.ids import new_id
from libs.common.problems import Forbidden, Invalid
from services.deals import queries
from services.deals.domain import FULLY_PAID, OPEN_STAGES, Deal, Move
from services.deals.fields import CHANGES, DEAL
from services.deals.handlers.loading import deal_to_change, require_own_client
from services.deals.handlers.telling import correct_close, tell_changed, tell_created, tell_moved


def create_deal(uow: UnitOfWork, data: dict[str, Any]) -> dict[str, Any]:
    """A deal with a client the actor may write to; the creator owns it unless an admin says otherwise."""
    custom = custom_fields.taken(uow.session, "deal", data, {})
    given = read(DEAL, data) | custom
    for name in ("deal_name", "client_id"):
        if not given.get(name):
            raise Invalid(f"{name} is needed", field=name)
    named, given["client_id"] = given["client_id"], record_merges.current(uow.session, given["client_id"])
    require_own_client(uow, given["client_id"])
    deal = None
    for deal, move, is_past in live(uow, given):
        if move is None:
            uow.session.add(deal)
            tell_created(uow, deal)
            record_merges.note(uow, named, "deals", deal.id)
        else:
            tell_moved(uow, deal, move, brought_in=is_past)
    assert deal is not None
    return queries.deal(uow.session, uow.actor, deal.id)


def live(
    uow: UnitOfWork, given: dict[str, Any], *, brought_in: bool = False
) -> Iterator[tuple[Deal, Move | None, bool]]:
    """A new deal from its first stage to the one it is in: itself, then itself again after each move, with the move
    and whether it lies in the past. brought_in: all of it happened elsewhere, whoever says so."""
    given["tags"] = _without_ours(given.get("tags", []))
    past, closed_on = _past(uow, given, brought_in=brought_in), given.pop("actual_close_date", None)
    stage, lost_reason = given.pop("stage", past[-1][0] if past else "lead"), given.pop("lost_reason", None)
    began = _noon(uow, past[0][1]) if past else uow.now
    deal = Deal(
        id=new_id(),
        stage=past[0][0] if past else "lead" if stage in ("won", "lost") else stage,
        owner_id=_owner(uow, given),
        source=given.pop("source", "manual"),
        currency=given.pop("currency", uow.business.currency),
        created_on=past[0][1] if past else uow.today,
        created_at=began,
        updated_at=uow.now,
        stage_since=began,
        **given,
    )
    yield deal, None, False
    for step, day in past[1:]:
        if move := deal.move_to(step, uow.now, uow.today, at=_noon(uow, day)):
            yield deal, move, True
    at = None
    if past:
        _check_end(deal, stage, closed_on, past[-1][1])
        at = _noon(uow, closed_on) if closed_on else None
    if move := deal.move_to(stage, uow.now, uow.today, lost_reason, closed_on=closed_on, at=at):
        yield deal, move, bool(past)


def update_deal(uow: UnitOfWork, deal_id: str, changes: dict[str, Any], version: int | None = None) -> dict[str, Any]:
    """Change fields of a deal; its stage is changed by moving it."""
    deal = deal_to_change(uow, deal_id, version)
    custom = custom_fields.taken(uow.session, "deal", changes, deal.custom)
    given = read(CHANGES, changes) | custom
    if "tags" in given:
        given["tags"] = _without_ours(given["tags"]) + [tag for tag in deal.tags if tag == FULLY_PAID]
    if given.get("owner_id", deal.owner_id) != deal.owner_id and uow.actor.role == "sales":
        raise Forbidden("only an admin gives a deal to somebody else")
    if given:
        closed = "actual_close_date" in given and deal.close_on(given.pop("actual_close_date"), uow.today)
        deal.change(given, uow.now)
        tell_changed(uow, deal)
        if closed:
            correct_close(uow, deal)
    return queries.deal(uow.session, uow.actor, deal.id)


def move_stage(
    uow: UnitOfWork,
    deal_id: str,
    stage: str,
    lost_reason: str | None = None,
    version: int | None = None,
    actual_close_date: str | None = None,
) -> dict[str, Any]:
    """Move a deal to another stage; to the one it is in does nothing. Answers what it was before, to undo it with.

    actual_close_date: the day it was won or lost, where that was not today.
    """
    deal = deal_to_change(uow, deal_id, version)
    before = {"previous_stage": deal.stage, "previous_lost_reason": deal.lost_reason}
    reason, closed_on = DEAL["lost_reason"]("lost_reason", lost_reason), date_of("actual_close_date", actual_close_date)
    if move := deal.move_to(stage, uow.now, uow.today, reason, closed_on=closed_on):
        tell_moved(uow, deal, move)
    return queries.deal(uow.session, uow.actor, deal.id) | before


def _without_ours(tags: list[str]) -> list[str]:
    """The tag ``fully_paid`` is the system's word: people neither give nor take it."""
    return [tag for tag in tags if tag != FULLY_PAID]


def _past(uow: UnitOfWork, given: dict[str, Any], *, brought_in: bool) -> list[tuple[str, date]]:
    """The stages of a deal that is brought in with its history, and since when; empty for one that begins now."""
    steps: list[tuple[str, date]] = given.pop("history", None) or []
    day: date | None = given.pop("created_on", None)
    if day is None and not steps:
        if not brought_in:
            return []
        day = uow.today
    elif uow.actor.role not in ("admin", "system"):
        raise Forbidden("only an admin brings in deals that began earlier")
    if not steps:
        opened = given.get("stage", "lead")
        steps = [("lead" if opened in ("won", "lost") else opened, day or uow.today)]
    if day is not None and day != steps[0][1]:
        raise Invalid("the first stage of a history is that of the day the deal was created", field="history.0.on")
    if steps[-1][1] > uow.today:
        raise Invalid("a deal's past is not in the future", field="created_on" if day else "history")
    return steps


def _check_end(deal: Deal, stage: str, closed_on: date | None, entered_on: date) -> None:
    if stage in OPEN_STAGES and stage != deal.stage:
        raise Invalid("the last stage of a history is the one the deal is in", field="stage")
    if closed_on is not None and closed_on < entered_on:
        raise Invalid("a deal is closed on the day it came to its last stage or later", field="actual_close_date")


def _noon(uow: UnitOfWork, day: date) -> datetime:
    """Noon of a business day, or now where that is to come."""
    return min(datetime.combine(day, time(12), ZoneInfo(uow.business.zone)).astimezone(UTC), uow.now)


def _owner(uow: UnitOfWork, given: dict[str, Any]) -> str | None:
    owner: str | None = given.pop("owner_id", None)
    if owner is None:
        return row_access.owner(uow.session, given["client_id"]) if uow.actor.is_system else uow.actor.id
    if owner != uow.actor.id and uow.actor.role == "sales":
        raise Forbidden("only an admin may create a deal for somebody else")
    return owner
