"""A batch of rows on their way into the database, and what becomes of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Text, any_, func, literal, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, insert

from libs.common.copying import copy_rows
from libs.common.database import UnitOfWork
from services.clients.domain import ClientState
from services.clients.events import ClientsImported, ImportedClient
from services.clients.importing.readings import Problem, Reading
from services.clients.models import import_changes, import_keys

# What a row that did several things is said to have done.
_RANK = {"created": 3, "updated": 2, "unchanged": 1}


@dataclass(slots=True)
class Line:
    """A row of the file: its number, what it says, the client and contact it turned out to be about.

    found_by: how its client was found, by "id", "name" or "domain"; None of one that it made.
    """

    n: int
    reading: Reading
    client_id: str | None = None
    contact_id: str | None = None
    outcome: str = "unchanged"
    found_by: str | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def goes_on(self) -> bool:
        return not self.problems

    def refuse(self, name: str, reason: str) -> None:
        self.problems.append(Problem(None, name, reason))

    def did(self, what: str) -> None:
        """It created, updated or changed nothing; the most of it counts."""
        if _RANK[what] > _RANK[self.outcome]:
            self.outcome = what

    @property
    def state(self) -> str:
        return "refused" if self.problems else self.outcome


@dataclass(slots=True)
class Change:
    """What was done to one record. before, after: the fields that were touched; empty where it was created."""

    entity: str
    row_id: str
    n: int
    client_id: str
    name: str
    created: bool
    version: int
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Batch:
    """Lines that are committed together. system: where the file comes from, which keeps ids apart.

    mapped: the fields that have a column, so that an empty cell says something. owner_id: whose a new client is where
    no column says so. told: where every change is kept by itself, in its order, for whoever shows them row by row.
    """

    uow: UnitOfWork
    import_id: str
    system: str
    lines: Sequence[Line]
    mapped: frozenset[str]
    owner_id: str | None
    changes: dict[tuple[str, str], Change] = field(default_factory=dict)
    keys: dict[tuple[str, str], str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    new_clients: list[ClientState] = field(default_factory=list)
    new_contact_ids: list[str] = field(default_factory=list)
    told: list[Change] | None = None

    def known(self, entity: str, keys: Iterable[str]) -> dict[str, str]:
        """The records that these ids of the other system stand for."""
        wanted = list(set(keys))
        if not wanted:
            return {}
        row = import_keys.c
        statement = select(row.key, row.row_id).where(
            row.entity == entity, row.system == self.system, row.key == any_(literal(wanted, ARRAY(row.key.type)))
        )
        return {each.key: each.row_id for each in self.uow.session.execute(statement)}

    def carrying(self, entity: str, row_ids: Iterable[str]) -> set[str]:
        """Those of the records that another id of this system stands for already."""
        wanted = list(set(row_ids))
        if not wanted:
            return set()
        row = import_keys.c
        theirs = row.row_id == any_(literal(wanted, ARRAY(row.row_id.type)))
        statement = select(row.row_id).where(row.entity == entity, row.system == self.system, theirs)
        return set(self.uow.session.execute(statement).scalars())

    def stands_for(self, entity: str, key: str, row_id: str) -> None:
        """From now on this id of the other system is found as this record."""
        self.keys[entity, key] = row_id

    def note(self, change: Change) -> None:
        """Remember a change for undo; of several of one record the first begins and the last ends."""
        if self.told is not None:
            self.told.append(replace(change, before=dict(change.before), after=dict(change.after)))
        place = (change.entity, change.row_id)
        before = self.changes.get(place)
        if before is None:
            self.changes[place] = change
            self.counts[f"{change.entity}.{'created' if change.created else 'updated'}"] += 1
            return
        before.version = change.version
        if not before.created:
            before.before = change.before | before.before
            before.after |= change.after

    def tell(self, run: Any) -> None:
        """Tell what was made, in one event. run: the import's row."""
        if self.new_clients or self.new_contact_ids:
            made = [_imported(each) for each in self.new_clients]
            event = ClientsImported(
                import_id=run.id, clients=made, contact_ids=self.new_contact_ids, version=run.version
            )
            self.uow.outbox.add(event, of=run)

    def keep(self) -> None:
        """Write changes and ids down, with what earlier batches of this import did to the same records."""
        if self.keys:
            rows = [
                {"entity": entity, "system": self.system, "key": key, "row_id": row_id, "import_id": self.import_id}
                for (entity, key), row_id in self.keys.items()
            ]
            statement = insert(import_keys)
            fresh = {"row_id": statement.excluded.row_id, "import_id": statement.excluded.import_id}
            self.uow.session.execute(
                statement.on_conflict_do_update(index_elements=["entity", "system", "key"], set_=fresh), rows
            )
        if self.changes:
            self._keep_changes()

    def _keep_changes(self) -> None:
        for place in self._seen_before():
            change = self.changes[place]
            self.counts[f"{change.entity}.{'created' if change.created else 'updated'}"] -= 1
            if change.created:
                # Who keeps deals says of one it made for this import that it did, as often as it is asked.
                del self.changes[place]
        if not self.changes:
            return
        statement, row = insert(import_changes), import_changes.c
        merged = {
            "version_after": statement.excluded.version_after,
            "before": statement.excluded.before.op("||")(row.before),
            "after": row.after.op("||")(statement.excluded.after),
        }
        keyed = ["import_id", "entity", "row_id"]
        rows = [
            {
                "import_id": self.import_id,
                "entity": each.entity,
                "row_id": each.row_id,
                "n": each.n,
                "client_id": each.client_id,
                "name": each.name[:300],
                "created": each.created,
                "before": each.before,
                "after": each.after,
                "version_after": each.version,
            }
            for each in self.changes.values()
        ]
        # What was made a moment ago was not noted by an earlier batch.
        copy_rows(self.uow.session, import_changes, [each for each in rows if each["created"]])
        if again := [each for each in rows if not each["created"]]:
            self.uow.session.execute(statement.on_conflict_do_update(index_elements=keyed, set_=merged), again)

    def _seen_before(self) -> set[tuple[str, str]]:
        """Those of the changed records that this import noted already."""
        row = import_changes.c
        # What is made here has an id of its own; a deal is made elsewhere, and named again when it is asked for again.
        maybe = [place for place, change in self.changes.items() if not change.created or change.entity == "deal"]
        if not maybe:
            return set()
        theirs = tuple_(row.entity, row.row_id).in_(maybe)
        found = self.uow.session.execute(select(row.entity, row.row_id).where(row.import_id == self.import_id, theirs))
        return {(each.entity, each.row_id) for each in found}


def _imported(client: ClientState) -> ImportedClient:
    return ImportedClient(
        client_id=client.id,
        company_name=client.company_name,
        status=client.status,
        source=client.source,
        industry=client.industry,
        owner_id=client.owner_id,
        version=client.version,
    )


def texts(column: Any, values: Iterable[str]) -> Any:
    """The column is one of these values, however many they are. Not a join: of a table that has grown since the planner
    last knew its size, one makes loops in loops, while this at worst reads it once."""
    return column == any_(literal(list(set(values)), ARRAY(column.type)))


def lowered(column: Any) -> Any:
    return func.lower(column, type_=Text)
