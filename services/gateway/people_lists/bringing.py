"""A list of people meets the database: who is here is looked up, and what was planned is done in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from libs.common.database import UnitOfWork
from libs.common.problems import Conflict, Invalid, Problem
from services.gateway.accounts import invitations as inviting
from services.gateway.accounts import teams
from services.gateway.accounts import users as accounts
from services.gateway.models import invitations, users
from services.gateway.people_lists.planning import OUTCOMES, Known, Person, Plan, Planned, plan
from services.gateway.people_lists.reading import Line
from services.gateway.settings import GatewaySettings

_OPEN = (invitations.c.accepted_at.is_(None), invitations.c.revoked_at.is_(None))


def preview(session: Session, lines: Sequence[Line]) -> dict[str, Any]:
    """What ``bring`` would do, as it would answer; nothing is changed."""
    return _document(_planned(session, lines), {}, dry_run=True)


def bring(uow: UnitOfWork, settings: GatewaySettings, lines: Sequence[Line], only_good: bool) -> dict[str, Any]:
    """Bring the people in; Invalid names every bad line, unless only the good ones are wanted."""
    # Lists come in one after the other, so that a plan is still true when it is done.
    teams.take_turns(uow)
    made = _planned(uow.session, lines)
    if made.bad() and not only_good:
        raise _refused(made.bad())
    waiting, ids = _waiting(uow.session), dict[Person, str]()
    for person in made.people():
        with _naming(person):
            ids[person] = _settle(uow, person, ids)
            _invite(uow, settings, person, ids[person], waiting)
    return _document(made, ids, dry_run=False)


def _planned(session: Session, lines: Sequence[Line]) -> Plan:
    return plan(lines, _known(session), _waiting(session))


def _known(session: Session) -> list[Known]:
    invited = (invitations.c.user_id == users.c.id, *_OPEN)
    address = select(func.lower(invitations.c.email)).where(*invited).scalar_subquery().label("invited")
    row = users.c
    columns = (row.id, row.name, row.email, row.role, row.team, row.reports_to, row.active, address)
    return [Known(**each._mapping) for each in session.execute(select(*columns).order_by(row.name, row.id))]


def _waiting(session: Session) -> dict[str, str]:
    """Invitations for nobody who is here, by address."""
    columns = (func.lower(invitations.c.email).label("email"), invitations.c.id)
    rows = session.execute(select(*columns).where(invitations.c.user_id.is_(None), *_OPEN))
    return {row.email: row.id for row in rows}


def _settle(uow: UnitOfWork, person: Person, ids: dict[Person, str]) -> str:
    """The id of a person, who is made or changed if need be."""
    above = person.manager
    reports_to = None if above is None else ids.get(above) or (above.known.id if above.known else None)
    if person.known is None:
        return accounts.create_without_address(uow, person.name, person.role, person.team, reports_to)
    changes = person.changes() | ({"reports_to": reports_to} if person.moves() else {})
    if changes:
        accounts.change(uow, person.known.id, changes, None)
    return person.known.id


def _invite(uow: UnitOfWork, settings: GatewaySettings, person: Person, user_id: str, waiting: dict[str, str]) -> None:
    if person.address is None:
        return
    if person.waiting:
        inviting.bind(uow, waiting[person.address.lower()], user_id)
    else:
        inviting.invite(uow, settings, person.address, person.name, person.role, user_id)


@contextmanager
def _naming(person: Person) -> Iterator[None]:
    """What is refused only when it is done, as to take the last admin's role, says of whom."""
    try:
        yield
    except (Conflict, Invalid) as refused:
        raise type(refused)(f"{person.name}: {refused.detail}", field="file") from None


def _refused(bad: Sequence[Planned]) -> Problem:
    problem = Invalid("some lines have faults: repair them, or bring in the good ones alone", field="file")
    faults = [{"field": f"lines.{each.line.number}.{each.field}", "message": each.reason} for each in bad]
    problem.extra = {"errors": faults}
    return problem


def _document(made: Plan, ids: dict[Person, str], *, dry_run: bool) -> dict[str, Any]:
    everybody = made.everybody()
    counts = {outcome: sum(each.outcome == outcome for each in everybody) for outcome in OUTCOMES}
    return {"dry_run": dry_run, "counts": counts, "items": [_item(each, ids) for each in everybody]}


def _item(each: Planned, ids: dict[Person, str]) -> dict[str, Any]:
    person, line = each.person, each.line
    known = person.known if person else None
    manager = person.manager.name if person and person.manager else line.manager
    return {
        "line": line.number,
        "name": line.name,
        "email": line.email or (known.email if known else None),
        "role": person.role if person else line.role or None,
        "team": (person.team if person else line.team),
        "manager": manager or None,
        "outcome": each.outcome,
        "field": each.field,
        "reason": each.reason,
        "user_id": (ids.get(person) if person else None) or (known.id if known else None),
    }
