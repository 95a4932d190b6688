"""Asking for a change of many clients: those named, or all that match."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, literal, select
from sqlalchemy.sql import Select

from libs.common import fields
from libs.common.database import UnitOfWork
from libs.common.ids import is_id, new_id
from libs.common.problems import Conflict, Forbidden, Invalid
from services.clients import access, queries
from services.clients.access import PERMISSIONS
from services.clients.domain import BULK_FIELDS, STATUSES, Client
from services.clients.handlers.bulk import working
from services.clients.handlers.lifetime import among
from services.clients.handlers.loading import Refusal
from services.clients.models import change_set_rows, change_sets, clients

MOST = 1000
# What a change is called that a page makes of one client.
_ONE = "one"


def bulk_update(
    uow: UnitOfWork, action: str, value: Any, ids: Any = None, filters: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Add or remove a tag, set the status, assign or delete: up to 1,000 clients that are named, or all that match.

    Kept as a change set that can be undone. A client that the actor may not change is named in ``refused``; the others
    are changed. Up to 1,000 are done when this answers; more are worked through by the worker, and ``status`` is
    ``running`` until they are done.
    """
    if (ids is None) == (filters is None):
        raise Invalid("name clients by their ids, or a filter that they match", field="ids")
    action = fields.one_of(*BULK_FIELDS)("action", action)
    value = _value(action, value)
    may(uow, action)
    if filters is None:
        wanted, about = _ids(ids), {}
        seen = _seen(uow, wanted)
        unseen: list[Refusal] = [_unseen(each) for each in wanted if each not in seen]
        matching = select(clients.c.id).where(among(list(seen)))
    else:
        unseen, about = [], {"filters": filters}
        matching = queries.matching_ids(uow.session, uow.actor, filters, uow.business.zone)
    change_set = begin(uow, action, value, about)
    total = _fill(uow, change_set, matching)
    if total <= MOST:
        working.work(uow, change_set, total)
    else:
        uow.jobs.add(working.CHANGE_MANY, {"change_set_id": change_set}, dedupe_key=change_set)
    found = queries.change_set(uow.session, uow.actor, change_set)
    counted = {name: found[name] for name in ("changed", "unchanged", "status", "done", "total")}
    return {"change_set_id": change_set, "action": action, **counted, "refused": unseen + found["refused"]}


def delete_one(uow: UnitOfWork, client: Client) -> str:
    """Take one client, locked, out of every list; the change set that undoes it. Conflict where it has deals."""
    change_set = begin(uow, "delete", None, {_ONE: client.company_name})
    _fill(uow, change_set, select(clients.c.id).where(clients.c.id == client.id))
    working.work(uow, change_set, 1)
    refused = queries.change_set(uow.session, uow.actor, change_set)["refused"]
    if refused:
        raise Conflict(working.HAS_DEALS)
    return change_set


def begin(uow: UnitOfWork, action: str, value: Any, about: dict[str, Any]) -> str:
    """A change set without rows yet."""
    row = {"id": new_id(), "action": action, "value": value, "about": about, "made_by": uow.actor.id}
    who = {"made_by_role": uow.actor.role, "made_by_name": uow.actor.name, "created_at": uow.now}
    uow.session.execute(insert(change_sets).values(**row, **who, status="running", total=0, done=0))
    return str(row["id"])


def _fill(uow: UnitOfWork, change_set: str, matching: Select[Any]) -> int:
    """Note which clients are to be changed: those that match now, whatever happens until their turn comes."""
    few = matching.subquery()
    rows = select(literal(change_set, change_sets.c.id.type), few.c.id, literal("waiting"))
    uow.session.execute(insert(change_set_rows).from_select(["change_set_id", "client_id", "state"], rows))
    mine = change_set_rows.c.change_set_id == change_set
    total = uow.session.execute(select(func.count()).select_from(change_set_rows).where(mine)).scalar_one()
    uow.session.execute(change_sets.update().where(change_sets.c.id == change_set).values(total=total))
    return int(total)


def _seen(uow: UnitOfWork, ids: list[str]) -> set[str]:
    statement = select(clients.c.id).where(among(ids), access.card_scope(uow.actor))
    return set(uow.session.execute(statement).scalars())


def _unseen(client_id: str) -> Refusal:
    return {"id": client_id, "company_name": None, "reason": "not yours to see"}


def may(uow: UnitOfWork, action: str) -> None:
    """Forbidden for what is an admin's to do."""
    if action == "assign" and uow.actor.role not in PERMISSIONS["clients.assign"]:
        raise Forbidden("only an admin assigns clients")


def _ids(ids: Any) -> list[str]:
    if not isinstance(ids, list) or not 1 <= len(ids) <= MOST or not all(is_id(each) for each in ids):
        raise Invalid(f"ids is a list of 1 to {MOST:,} ids", field="ids")
    return list(dict.fromkeys(str(UUID(each)) for each in ids))


def _value(action: str, value: Any) -> Any:
    if action == "assign":
        return fields.identifier("value", value)
    if action == "set_status":
        return fields.one_of(*STATUSES)("value", value)
    if action == "delete":
        if value is not None:
            raise Invalid("deleting takes no value", field="value")
        return None
    return fields.tags("value", [value])[0]
