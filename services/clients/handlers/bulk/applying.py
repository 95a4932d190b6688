"""Setting one field of many clients in few statements, and telling what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

import orjson
from sqlalchemy import Text, cast, delete, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from libs.common.copying import copy_rows
from libs.common.database import UnitOfWork
from services.clients import access
from services.clients.handlers.assigning import assigned, assignment
from services.clients.handlers.lifetime import among
from services.clients.handlers.loading import primary_contacts
from services.clients.handlers.telling import know_tags, log_all, log_many, tell_access
from services.clients.models import assignments, client_keys, clients

_TYPES = {"tags": "text[]", "status": "text", "owner_id": "uuid", "deleted_at": "timestamptz"}
_PLAIN = "company_name status tags industry phone email deleted_at last_activity_at access_version version".split()
# Ids as text at once: the driver's own are dear where there are thousands.
_COLUMNS = [*(cast(clients.c[name], Text).label(name) for name in ("id", "owner_id")), *(clients.c[n] for n in _PLAIN)]


@dataclass(frozen=True, slots=True)
class Row:
    """A client, locked, as far as changes of many look at it."""

    id: str
    owner_id: str | None
    company_name: str
    status: str
    tags: list[str]
    industry: str | None
    phone: str | None
    email: str | None
    deleted_at: datetime | None
    last_activity_at: datetime | None
    access_version: int
    version: int

    @property
    def is_open(self) -> bool:
        return self.status == "prospect" and self.owner_id is None and self.deleted_at is None


def locked(uow: UnitOfWork, ids: Iterable[str], *, deleted: bool = False) -> list[Row]:
    """Those of these clients that the actor may change, locked in the order of their ids: two changes of many at once
    take turns and never wait for each other. deleted: those that were deleted among them."""
    statement = select(*_COLUMNS).where(among(list(ids)), access.writable(uow.actor, deleted=deleted))
    found = uow.session.execute(statement.order_by(clients.c.id).with_for_update(of=clients))
    return [Row(*row) for row in found]


def set_field(
    uow: UnitOfWork,
    name: str,
    values: Mapping[str, Any],
    rows: Sequence[Row],
    *,
    few: bool = True,
    back: Mapping[str, datetime | None] | None = None,
) -> list[Row]:
    """Set a field of these locked rows, by id, and tell who may see them now; the rows as they are afterwards.

    few: so few that a new owner is told of each, by mail, too. A client that is deleted is found by no form any more.
    back: where hands are changed back, when something last happened with each but for that.
    """
    happened = {row.id: max(row.last_activity_at or uow.now, uow.now) for row in rows} if back is None else back
    after = [_after(row, name, values[row.id], happened) for row in rows]
    _write(uow, name, after)
    if name == "owner_id":
        log = partial(log_all, stirs=back is None) if few else log_many
        _hand_over(uow, {row.id: row.owner_id for row in rows}, after, log)
    before = {row.id: row for row in rows}
    seen = [row for row in after if row.access_version != before[row.id].access_version]
    if seen:
        tell_access(uow, *seen)
    if name == "owner_id" and few:
        tell_owners(uow, {row.id: row.owner_id for row in rows}, after)
    if name == "tags":
        know_tags(uow, sorted({tag for row in after for tag in row.tags} - {tag for row in rows for tag in row.tags}))
    return after


def take_keys(uow: UnitOfWork, ids: Sequence[str]) -> dict[str, list[str]]:
    """Let no form find these clients any more; the keys each was found by."""
    key = client_keys.c
    gone = delete(client_keys).where(key.client_id.in_(ids)).returning(key.client_id, key.key)
    found: dict[str, list[str]] = {}
    for row in uow.session.execute(gone):
        found.setdefault(row.client_id, []).append(row.key)
    return found


def give_keys(uow: UnitOfWork, keys: Mapping[str, Sequence[str]]) -> None:
    """Let forms find these clients again, by the keys that are nobody else's meanwhile."""
    rows = [{"key": key, "client_id": client_id} for client_id, mine in keys.items() for key in mine]
    if rows:
        uow.session.execute(upsert(client_keys).values(rows).on_conflict_do_nothing())


def _after(row: Row, name: str, value: Any, happened: Mapping[str, datetime | None]) -> Row:
    changed = replace(row, **{name: value, "version": row.version + 1})
    if name == "owner_id":
        changed = replace(changed, last_activity_at=happened[row.id])
    seen = name in ("owner_id", "deleted_at") or changed.is_open != row.is_open
    return replace(changed, access_version=row.access_version + 1) if seen else changed


def _write(uow: UnitOfWork, name: str, rows: Sequence[Row]) -> None:
    kept = ("id", "version", "access_version", "last_activity_at")
    given = [{"value": getattr(row, name)} | {each: getattr(row, each) for each in kept} for row in rows]
    happened = ", last_activity_at = v.last_activity_at" if name == "owner_id" else ""
    statement = f"""
        UPDATE clients AS c SET {name} = v.value, version = v.version, access_version = v.access_version,
               updated_at = :now{happened}
        FROM jsonb_to_recordset(CAST(:rows AS jsonb))
             AS v (id uuid, value {_TYPES[name]}, version integer, access_version integer, last_activity_at timestamptz)
        WHERE c.id = v.id
    """  # noqa: S608  (names of our own columns)
    uow.session.execute(text(statement), {"rows": orjson.dumps(given).decode(), "now": uow.now})
    uow.session.expire_all()


def _hand_over(
    uow: UnitOfWork,
    previous: Mapping[str, str | None],
    rows: Sequence[Row],
    log: Callable[[UnitOfWork, dict[str, str]], None],
) -> None:
    copy_rows(uow.session, assignments, [assignment(uow, row, previous[row.id]) for row in rows])
    log(uow, {row.id: "Client assigned" if row.owner_id else "Client unassigned" for row in rows})


def tell_owners(uow: UnitOfWork, previous: Mapping[str, str | None], rows: Sequence[Row]) -> None:
    """Tell the owner of each client that it is theirs now. previous: whose it was, by its id."""
    contacts = primary_contacts(uow, [row.id for row in rows])
    uow.outbox.add_all([(assigned(uow, row, previous[row.id], contacts.get(row.id)), row) for row in rows])
