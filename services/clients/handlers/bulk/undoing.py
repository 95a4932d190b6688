"""Taking a change of many clients back, where nothing came after it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import any_, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY

from libs.common.database import UnitOfWork
from libs.common.ids import is_id
from libs.common.problems import Conflict, NotFound
from services.clients.domain import BULK_FIELDS
from services.clients.handlers import merging
from services.clients.handlers.bulk import asking, working
from services.clients.handlers.bulk.applying import Row, give_keys, locked, set_field
from services.clients.handlers.telling import FEW
from services.clients.models import change_set_rows, change_sets

_GONE = "no longer yours to change"
_SINCE = {
    "tags": "its tags were changed since",
    "status": "its status was changed since",
    "owner_id": "its owner was changed since",
    "deleted_at": "it was brought back since",
}
_REFUSALS = 200


def undo_change_set(uow: UnitOfWork, change_set_id: str) -> dict[str, Any]:
    """Give each client back what a change took, where the field still is as that change left it.

    For whoever made the change, and admins. NotFound for others; Conflict when it is not done yet, or was undone before
    and left nothing. What it left may fit again by now (others were undone since): asked once more, it looks at that.
    More than 1,000 are worked through by the worker: ``{status, done, total}`` tell how far that is.
    """
    change_set = _change_set(uow, change_set_id)
    if change_set.action == "merge":
        return merging.undo_merge(uow, change_set)
    asking.may(uow, change_set.action)
    earlier = working.left(uow, change_set_id, "restored")
    _look_again(uow, change_set_id)
    total = working.left(uow, change_set_id, "changed")
    begin_undo(uow, change_set_id, total)
    if total > asking.MOST:
        uow.jobs.add(working.UNDO_MANY, {"change_set_id": change_set_id}, dedupe_key=change_set_id)
        progress = {"status": "undoing", "done": 0, "total": total}
        return {"change_set_id": change_set_id, "restored": 0, "refused": [], **progress}
    undo(uow, change_set_id, total)
    restored = working.left(uow, change_set_id, "restored") - earlier
    return {"change_set_id": change_set_id, "restored": restored, "refused": _left_alone(uow, change_set_id)}


def _look_again(uow: UnitOfWork, change_set_id: str) -> None:
    row = change_set_rows.c
    left = (row.change_set_id == change_set_id, row.state == "left")
    uow.session.execute(update(change_set_rows).where(*left).values(state="changed", reason=None))


def begin_undo(uow: UnitOfWork, change_set_id: str, total: int, status: str = "undoing") -> None:
    """Note who takes the change back, so that nobody does it twice."""
    who = {"undone_by": uow.actor.id, "undone_by_role": uow.actor.role, "undone_by_name": uow.actor.name}
    values = who | {"undone_at": uow.now, "status": status, "done": 0, "total": total}
    uow.session.execute(update(change_sets).where(change_sets.c.id == change_set_id).values(**values))


def undo(uow: UnitOfWork, change_set_id: str, most: int) -> int:
    """Bring up to ``most`` clients back; how many were looked at."""
    change_set = working.of(uow, change_set_id)
    name = BULK_FIELDS[change_set.action]
    ids = working.next_of(uow, change_set_id, "changed", most)
    row = change_set_rows.c
    these = row.client_id == any_(literal(ids, ARRAY(row.client_id.type)))
    noted = select(change_set_rows).where(row.change_set_id == change_set_id, these)
    images = {each.client_id: each for each in uow.session.execute(noted)}
    found = locked(uow, ids, deleted=name == "deleted_at")
    same = [each for each in found if working.image(getattr(each, name)) == images[each.id].after[name]]
    _bring_back(uow, name, same, images, few=change_set.total <= FEW)
    back, seen = {each.id for each in same}, {each.id for each in found}
    notes = [{"id": each, "state": "restored"} for each in sorted(back)]
    # Under the name by which its maker knew it: to them it says nothing new.
    notes += [
        {"id": each, "state": "left", "reason": _SINCE[name] if each in seen else _GONE}
        for each in ids
        if each not in back
    ]
    working.settle(uow, change_set_id, notes, len(ids), "undone")
    return len(ids)


def _bring_back(uow: UnitOfWork, name: str, rows: list[Row], images: dict[str, Any], *, few: bool) -> None:
    if not rows:
        return
    before = {row.id: images[row.id].before[name] for row in rows}
    if name == "deleted_at":
        before = {each: datetime.fromisoformat(at) if at else None for each, at in before.items()}
        give_keys(uow, {row.id: images[row.id].before["keys"] for row in rows})
    back = {row.id: _last_happened(row, images[row.id]) for row in rows}
    set_field(uow, name, before, rows, few=few, back=back)


def _last_happened(row: Row, noted: Any) -> datetime | None:
    """When something last happened with a client but for the change that is taken back, if that was the last."""
    name = "last_activity_at"
    if name not in noted.after or working.image(row.last_activity_at) != noted.after[name]:
        return row.last_activity_at
    return datetime.fromisoformat(noted.before[name]) if noted.before[name] else None


def _left_alone(uow: UnitOfWork, change_set_id: str) -> list[dict[str, Any]]:
    row = change_set_rows.c
    left = select(row.client_id, row.company_name, row.reason).where(
        row.change_set_id == change_set_id, row.state == "left"
    )
    found = uow.session.execute(left.order_by(row.company_name, row.client_id).limit(_REFUSALS))
    return [{"id": each.client_id, "company_name": each.company_name, "reason": each.reason} for each in found]


def _change_set(uow: UnitOfWork, change_set_id: str) -> Any:
    statement = select(change_sets).where(change_sets.c.id == change_set_id).with_for_update()
    row = uow.session.execute(statement).first() if is_id(change_set_id) else None
    if row is None or (row.made_by != uow.actor.id and uow.actor.role != "admin"):
        raise NotFound("there is no such change, or it is not yours")
    if row.status == "undoing":
        raise Conflict("this change is being undone")
    if row.undone_at is not None and (row.action == "merge" or not working.left(uow, change_set_id, "left")):
        raise Conflict("this change was undone already")
    if row.status == "running":
        raise Conflict("this change is still under way; undo it when it is done")
    return row
