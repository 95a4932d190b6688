"""The guide of somebody who is new in sales: five steps with the first client, ticked by what happens."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from libs.common.database import UnitOfWork
from libs.common.events import Envelope
from services.notifications import queries
from services.notifications.events import (
    ActivityLogged,
    ClientAssigned,
    ClientsAssigned,
    DealCreated,
    DealStageChanged,
    UserJoined,
)
from services.notifications.handlers.leads import on_client_assigned, on_clients_assigned
from services.notifications.handlers.people import on_user
from services.notifications.models import guides

# A meeting or a task stands for the call that is planned; the others for what was said and done.
_PLANNED, _DONE = frozenset({"meeting", "task"}), frozenset({"call", "email", "note", "whatsapp"})


def on_user_joined(uow: UnitOfWork, event: UserJoined, envelope: Envelope) -> None:
    """Somebody new; in sales, with a guide."""
    on_user(uow, event, envelope)
    if event.role == "sales":
        values = {"user_id": event.user_id, "created_at": uow.now, "updated_at": uow.now, "version": 1}
        uow.session.execute(insert(guides).values(values).on_conflict_do_nothing())


def on_client_given(uow: UnitOfWork, event: ClientAssigned, envelope: Envelope) -> None:
    """The new owner is told; the first client somebody is given is the one of the guide."""
    on_client_assigned(uow, event, envelope)
    if event.owner_id is not None:
        _lead(uow, event.owner_id, event.client_id, event.company_name)


def on_clients_given(uow: UnitOfWork, event: ClientsAssigned, envelope: Envelope) -> None:
    """Many clients are given to somebody: the same, and the guide goes by one of them."""
    on_clients_assigned(uow, event, envelope)
    _lead(uow, event.owner_id, event.first_client_id, event.first_company_name)


def on_activity_logged(uow: UnitOfWork, event: ActivityLogged, envelope: Envelope) -> None:
    """A meeting or task plans the first call; anything else is logged."""
    step = "meeting_at" if event.type in _PLANNED else "activity_at" if event.type in _DONE else None
    if step is not None:
        _tick(uow, envelope, event.client_id, step)


def on_deal_created(uow: UnitOfWork, event: DealCreated, envelope: Envelope) -> None:
    """The first deal with the client."""
    _tick(uow, envelope, event.client_id, "deal_at")


def on_deal_moved(uow: UnitOfWork, event: DealStageChanged, envelope: Envelope) -> None:
    """A deal moved on."""
    _tick(uow, envelope, event.client_id, "stage_at")


def review_guide(uow: UnitOfWork) -> dict[str, Any]:
    """The actor has looked at the client's details."""
    own = (guides.c.user_id == uow.actor.id, guides.c.client_id.isnot(None), guides.c.review_at.is_(None))
    _change(uow, own, review_at=uow.now)
    return queries.get_guide(uow.session, uow.actor)


def close_guide(uow: UnitOfWork) -> dict[str, Any]:
    """The actor needs it no longer."""
    _change(uow, (guides.c.user_id == uow.actor.id, guides.c.closed_at.is_(None)), closed_at=uow.now)
    return queries.get_guide(uow.session, uow.actor)


def _lead(uow: UnitOfWork, user_id: str, client_id: str, company_name: str) -> None:
    waiting = (guides.c.user_id == user_id, guides.c.client_id.is_(None))
    _change(uow, waiting, client_id=client_id, company_name=company_name)


def _tick(uow: UnitOfWork, envelope: Envelope, client_id: str, step: str) -> None:
    """Note a step of the person who did it, the first time it is done."""
    open_step = (guides.c.client_id == client_id, guides.c.closed_at.is_(None), guides.c[step].is_(None))
    if envelope.actor["role"] != "system":
        _change(uow, (guides.c.user_id == envelope.actor["id"], *open_step), **{step: uow.now})


def _change(uow: UnitOfWork, conditions: tuple[Any, ...], **values: Any) -> None:
    changed = values | {"updated_at": uow.now, "version": guides.c.version + 1}
    uow.session.execute(update(guides).where(*conditions).values(changed))
