"""Two clients that were merged are two again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from libs.common import record_merges
from libs.common.database import UnitOfWork
from libs.common.problems import Conflict
from services.clients import access
from services.clients.domain import Client
from services.clients.events import ClientUnmerged
from services.clients.handlers.bulk import undoing, working
from services.clients.handlers.bulk.working import image
from services.clients.handlers.lifetime import among
from services.clients.handlers.merging import people
from services.clients.handlers.merging.together import CHILDREN, Merge, load
from services.clients.handlers.telling import tell_access
from services.clients.models import change_set_rows, client_keys, clients

_INSTANTS = frozenset({"last_activity_at", "waiting_since"})


def undo_merge(uow: UnitOfWork, change_set: Any) -> dict[str, Any]:
    """Give each of the two what was theirs; a field of the one that stayed that was changed since is left, by name.

    Conflict where the one that stayed is not there any more, or not the actor's to change, or took in another since:
    what that one brought would be taken for a change, and stay.
    """
    survivor_id, other_id = change_set.about["survivor_id"], change_set.about["other_id"]
    this, other = _both(uow, survivor_id, other_id)
    _is_last(uow, this, change_set.id)
    row = change_set_rows.c
    noted = select(change_set_rows).where(row.change_set_id == change_set.id)
    images = {each.client_id: each for each in uow.session.execute(noted)}
    changed = _restore(uow, this, images[this.id])
    _come_back(uow, other)
    merge = Merge(change_set.id, this.id, other.id, other.version)
    record_merges.unmerge(uow, merge, CHILDREN)
    gone = images[other.id].before
    people.part(uow, this, other, gone)
    key = client_keys.c
    back = update(client_keys).where(key.key.in_(gone["keys"]), key.client_id == this.id)
    uow.session.execute(back.values(client_id=other.id))
    _tell(uow, change_set.id, this, other)
    return _settle(uow, change_set.id, this, other, changed)


def _both(uow: UnitOfWork, survivor_id: str, other_id: str) -> tuple[Client, Client]:
    """Both, locked in the order of their ids."""
    may = select(clients.c.id).where(among([survivor_id, other_id]), access.writable(uow.actor, deleted=True))
    found = set(uow.session.execute(may.order_by(clients.c.id).with_for_update()).scalars())
    if found != {survivor_id, other_id}:
        raise Conflict("these clients are no longer yours to change")
    this, other = load(uow, [survivor_id, other_id])
    if this.deleted_at is not None:
        raise Conflict("the client that stayed was deleted or merged since; undo that first")
    return this, other


def _is_last(uow: UnitOfWork, this: Client, merge_id: str) -> None:
    row = record_merges.merges.c
    # Their ids are in the order in which they were made.
    later = select(row.merge_id).where(row.survivor_id == this.id, row.merge_id > merge_id, row.undone.is_(False))
    if uow.session.execute(later.limit(1)).first() is not None:
        raise Conflict("another client was merged into this one since; undo that first")


def _restore(uow: UnitOfWork, this: Client, noted: Any) -> list[str]:
    """Give the one that stayed its own values back; the fields that were changed since."""
    same = [name for name in noted.before if image(getattr(this, name)) == noted.after[name]]
    this.change({name: _value(name, noted.before[name]) for name in same}, uow.now)
    this.access_changed(True)
    uow.session.flush()
    return sorted(set(noted.before) - set(same) - _INSTANTS)


def _value(name: str, kept: Any) -> Any:
    return datetime.fromisoformat(kept) if name in _INSTANTS and kept else kept


def _come_back(uow: UnitOfWork, other: Client) -> None:
    other.deleted_at = None
    other.touch(uow.now)
    other.access_changed(True)
    uow.session.flush()


def _tell(uow: UnitOfWork, merge_id: str, this: Client, other: Client) -> None:
    label = other.company_name
    about = {"merge_id": merge_id, "survivor_id": this.id, "other_id": other.id, "label": label}
    # First that it is there again, so that what moves back is its owner's to see.
    tell_access(uow, this, other, handover=False)
    uow.outbox.add(ClientUnmerged(**about, version=other.version), of=other)


def _settle(uow: UnitOfWork, change_set_id: str, this: Client, other: Client, changed: list[str]) -> dict[str, Any]:
    undoing.begin_undo(uow, change_set_id, 2)
    left = {"state": "left", "reason": f"changed since: {', '.join(changed)}"} if changed else {"state": "restored"}
    working.settle(uow, change_set_id, [{"id": this.id} | left, {"id": other.id, "state": "restored"}], 2, "undone")
    refused = [{"id": this.id, "company_name": this.company_name, "reason": left["reason"]}] if changed else []
    return {"change_set_id": change_set_id, "restored": 2 - len(refused), "refused": refused}
