"""Changing many clients at once, and taking such a change back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update

from libs.common import fields
from libs.common.database import UnitOfWork
from libs.common.ids import is_id, new_id
from libs.common.problems import Conflict, Forbidden, Invalid, NotFound
from services.clients.access import PERMISSIONS
from services.clients.domain import BULK_FIELDS, STATUSES, Client, bulk_value
from services.clients.handlers.assigning import give
from services.clients.handlers.loading import Refusal, clients_to_change
from services.clients.handlers.telling import know_tags, tell_access
from services.clients.models import change_set_rows, change_sets

MOST = 1000


def bulk_update(uow: UnitOfWork, ids: Any, action: str, value: Any) -> dict[str, Any]:
    """Add or remove a tag, set the status or assign, for up to 1,000 clients; kept as a change set that can be undone.

    A client that the actor may not change is named in ``refused``; the others are changed.
    """
    wanted, action = _ids(ids), fields.one_of(*BULK_FIELDS)("action", action)
    value = _value(action, value)
    _may(uow, action)
    found, refused = clients_to_change(uow, wanted)
    name = BULK_FIELDS[action]
    after = {client: bulk_value(action, value, getattr(client, name)) for client in found}
    full = [client for client in found if name == "tags" and len(after[client]) > fields.MAX_TAGS]
    refused += [_refusal(client, f"it has {fields.MAX_TAGS} tags already") for client in full]
    before = {client: getattr(client, name) for client in found if client not in full}
    changed = {client: after[client] for client, was in before.items() if after[client] != was}
    _apply(uow, name, changed)
    if action == "add_tag" and changed:
        know_tags(uow, [value])
    change_set_id = _keep(uow, action, value, {client: before[client] for client in changed})
    counts = {"changed": len(changed), "unchanged": len(before) - len(changed), "refused": refused}
    return {"change_set_id": change_set_id, "action": action, **counts}


def undo_change_set(uow: UnitOfWork, change_set_id: str) -> dict[str, Any]:
    """Give each client back what a bulk change took, where the field still is as that change left it.

    For whoever made the change, and admins. NotFound for others; Conflict when it was undone before.
    """
    change_set = _change_set(uow, change_set_id)
    _may(uow, change_set.action)
    name = BULK_FIELDS[change_set.action]
    statement = select(change_set_rows).where(change_set_rows.c.change_set_id == change_set_id)
    rows = {row.client_id: row for row in uow.session.execute(statement)}
    found, refused = clients_to_change(uow, sorted(rows))
    # Under the name by which its maker knew it: to them it says nothing new.
    refused = [each | {"company_name": rows[each["id"]].company_name, "reason": _GONE} for each in refused]
    moved = {client for client in found if getattr(client, name) != rows[client.id].after[name]}
    refused += [_refusal(client, f"its {_WORDS[name]} changed since") for client in found if client in moved]
    restored = {client: rows[client.id].before[name] for client in found if client not in moved}
    _apply(uow, name, restored)
    values = {"undone_at": uow.now, "undone_by": uow.actor.id}
    uow.session.execute(update(change_sets).where(change_sets.c.id == change_set_id).values(**values))
    return {"change_set_id": change_set_id, "restored": len(restored), "refused": refused}


_GONE = "no longer yours to change"
_WORDS = {"tags": "tags were", "status": "status was", "owner_id": "owner was"}


def _apply(uow: UnitOfWork, name: str, values: dict[Client, Any]) -> None:
    """Set one field of each client, locked, and tell what follows from it."""
    if name == "owner_id":
        give(uow, list(values.items()))
        return
    access_changed = [client for client, value in values.items() if client.change({name: value}, uow.now)]
    uow.session.flush()
    if access_changed:
        tell_access(uow, *access_changed)


def _keep(uow: UnitOfWork, action: str, value: Any, before: dict[Client, Any]) -> str:
    change_set_id, name = new_id(), BULK_FIELDS[action]
    row = {"id": change_set_id, "action": action, "value": value, "made_by": uow.actor.id, "created_at": uow.now}
    uow.session.execute(insert(change_sets).values(**row))
    rows = [
        {
            "change_set_id": change_set_id,
            "client_id": client.id,
            "company_name": client.company_name,
            "before": {name: was},
            "after": {name: getattr(client, name)},
            "version_after": client.version,
        }
        for client, was in before.items()
    ]
    if rows:
        uow.session.execute(insert(change_set_rows), rows)
    return change_set_id


def _change_set(uow: UnitOfWork, change_set_id: str) -> Any:
    statement = select(change_sets).where(change_sets.c.id == change_set_id).with_for_update()
    row = uow.session.execute(statement).first() if is_id(change_set_id) else None
    if row is None or (row.made_by != uow.actor.id and uow.actor.role != "admin"):
        raise NotFound("there is no such change, or it is not yours")
    if row.undone_at is not None:
        raise Conflict("this change was undone already")
    return row


def _may(uow: UnitOfWork, action: str) -> None:
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
    return fields.tags("value", [value])[0]


def _refusal(client: Client, reason: str) -> Refusal:
    return {"id": client.id, "company_name": client.company_name, "reason": reason}
