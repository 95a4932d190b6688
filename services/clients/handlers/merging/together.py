"""Making one of two clients: the fields that are chosen stay, and all that hangs on the other moves over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from libs.common import record_merges
from libs.common.database import UnitOfWork
from libs.common.ids import is_id
from libs.common.problems import Invalid, NotFound
from libs.common.record_merges import Moved
from services.clients import queries
from services.clients.domain import Client
from services.clients.events import ClientMerged
from services.clients.handlers.bulk import asking
from services.clients.handlers.bulk.working import image
from services.clients.handlers.loading import client_to_change
from services.clients.handlers.merging import choosing, people
from services.clients.handlers.telling import tell_access
from services.clients.models import change_set_rows, change_sets, client_keys

_GRANTS = Moved(
    "access_grants",
    only="revoked_at IS NULL AND user_id NOT IN"
    " (SELECT user_id FROM access_grants WHERE client_id = :survivor AND revoked_at IS NULL)",
)
CHILDREN = (
    Moved("contacts"),
    Moved("activities"),
    Moved("documents"),
    Moved("assignments"),
    Moved("erasures"),
    Moved("client_deals", key="deal_id"),
    _GRANTS,
)

SWEEP = record_merges.sweep([each for each in CHILDREN if each is not _GRANTS])


@dataclass(frozen=True, slots=True)
class Merge:
    """One merge, as the mechanism knows it."""

    merge_id: str
    survivor_id: str
    other_id: str
    version: int


def merge_clients(uow: UnitOfWork, client_id: str, other_id: str, choices: Any = None) -> dict[str, Any]:
    """Make one client of two; ``client_id`` stays. Both must be the actor's to change.

    choices: for a field, ``this`` or ``other``: whose value stays. What hangs on the other in all services moves by
    event, and whoever is named by its id is led here. Answers the client and ``change_set_id``, which undoes it.
    """
    this, other = _both(uow, client_id, other_id)
    values = choosing.chosen(this, other, choices)
    names = {"survivor_id": this.id, "survivor": this.company_name, "other_id": other.id, "other": other.company_name}
    change_set = asking.begin(uow, "merge", None, names)
    before, after = _take_over(uow, this, other, values)
    gone: dict[str, Any] = {"deleted_at": None} | people.join(uow, this, other)
    merge = Merge(change_set, this.id, other.id, other.version + 1)
    record_merges.merge(uow, merge, _children(uow))
    gone |= {"keys": _keys(uow, this, other)}
    _go(uow, other)
    _keep(uow, change_set, this, other, {"this": (before, after), "other": (gone, {"deleted_at": image(uow.now)})})
    event = ClientMerged(
        merge_id=change_set, survivor_id=this.id, other_id=other.id, label=this.company_name, version=other.version
    )
    uow.outbox.add(event, of=other)
    tell_access(uow, this, other, handover=False)
    uow.session.expire_all()
    return queries.client_document(uow.session, uow.actor, this.id) | {"change_set_id": change_set}


def load(uow: UnitOfWork, ids: Sequence[str]) -> list[Client]:
    """Clients, deleted ones too, in this order; the caller has locked them."""
    found = [uow.session.get(Client, each, populate_existing=True) for each in ids]
    return [each for each in found if each is not None]


def _both(uow: UnitOfWork, client_id: str, other_id: str) -> tuple[Client, Client]:
    if not is_id(client_id):
        raise NotFound("there is no such client")
    if not is_id(other_id) or other_id.lower() == client_id.lower():
        raise Invalid("other_id is the id of another client", field="other_id")
    # In one order everywhere, so that two merges of the same two take turns.
    found = {each: client_to_change(uow, each) for each in sorted((client_id.lower(), other_id.lower()))}
    this, other = found[client_id.lower()], found[other_id.lower()]
    if this.id == other.id:
        raise Invalid("these two are one client already", field="other_id")
    return this, other


def _children(uow: UnitOfWork) -> list[Moved]:
    """To let somebody read what they could not is an admin's to decide, so grants follow an admin's merge alone."""
    return [each for each in CHILDREN if each is not _GRANTS or uow.actor.role in ("admin", "system")]


def _take_over(
    uow: UnitOfWork, this: Client, other: Client, values: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Set the values; what they were and what they are, as change sets keep them."""
    beside = {
        "last_activity_at": _latest(this.last_activity_at, other.last_activity_at),
        "waiting_since": _earliest(this.waiting_since, other.waiting_since),
    }
    values = values | {name: value for name, value in beside.items() if value != getattr(this, name)}
    before = {name: image(getattr(this, name)) for name in values}
    this.change(values, uow.now)
    # Its readers may be others now, whether or not its owner is.
    this.access_changed(True)
    uow.session.flush()
    return before, {name: image(value) for name, value in values.items()}


def _go(uow: UnitOfWork, other: Client) -> None:
    other.deleted_at = uow.now
    other.touch(uow.now)
    other.access_changed(True)
    uow.session.flush()


def _keys(uow: UnitOfWork, this: Client, other: Client) -> list[str]:
    """Let forms that found the other find this one."""
    key = client_keys.c
    moved = update(client_keys).where(key.client_id == other.id).values(client_id=this.id).returning(key.key)
    found = sorted(uow.session.execute(moved).scalars())
    own = insert(client_keys).values(key=f"name:{this.match_name}", client_id=this.id)
    uow.session.execute(own.on_conflict_do_nothing())
    return found


def _keep(uow: UnitOfWork, change_set: str, this: Client, other: Client, images: dict[str, Any]) -> None:
    rows = [
        {
            "change_set_id": change_set,
            "client_id": client.id,
            "company_name": client.company_name,
            "before": images[name][0],
            "after": images[name][1],
            "version_after": client.version,
            "state": "changed",
        }
        for name, client in (("this", this), ("other", other))
    ]
    uow.session.execute(change_set_rows.insert(), rows)
    done = change_sets.update().where(change_sets.c.id == change_set)
    uow.session.execute(done.values(status="done", total=2, done=2))


def _latest(*instants: datetime | None) -> datetime | None:
    return max((each for each in instants if each), default=None)


def _earliest(*instants: datetime | None) -> datetime | None:
    return min((each for each in instants if each), default=None)
