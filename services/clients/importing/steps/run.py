"""What every step of an import needs: its tools, its row, its rows in order, and how they are read."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select, type_coerce, update
from sqlalchemy.orm import Session
from sqlalchemy.types import NULLTYPE

from libs.common import custom_fields
from libs.common.context import Context
from libs.common.database import Database, UnitOfWork
from libs.common.identity import Actor
from libs.common.ids import is_id
from libs.common.jobs import Job
from libs.common.uploads import Limits
from services.clients.importing import segment_lists
from services.clients.importing.answers import Answers
from services.clients.importing.field_lists import ABOUT, FieldReader
from services.clients.importing.own_fields import documents, own_fields
from services.clients.importing.readings import Seen, Settings
from services.clients.importing.rows import RowReader
from services.clients.importing.segment_lists import Check, SegmentReader
from services.clients.models import import_rows, imports
from services.clients.ports import DealsBook, FileStore

# The job that goes on with an import.
JOB = "import"
# Two imports at once take turns batch by batch: rows of one company in both then meet.
_TURN = "imports take turns"
SLICE_SECONDS = 8.0
# Rows with faults are in no phase; what the first refused is in none of the next.
LEFT_OUT = {
    "all": ("bad",),
    "clients": ("bad",),
    "deals": ("bad", "refused"),
    "activities": ("bad", "refused"),
}


@dataclass(frozen=True, slots=True)
class Tools:
    """What the steps work with."""

    database: Database
    files: FileStore
    deals: DealsBook
    limits: Limits
    country: str
    largest: int
    batch: int = 1000
    seconds: float = SLICE_SECONDS

    def deadline(self) -> float:
        return time.monotonic() + self.seconds


def order(uow: UnitOfWork, import_id: str) -> None:
    """Have the worker go on with an import; before the import is locked. A job that is about to end sees what is
    written after this."""
    uow.jobs.wake(JOB, {"import_id": import_id}, import_id)


def find(tools: Tools, import_id: str) -> Any:
    """The import's row; None when there is none any more."""
    if not is_id(import_id):
        return None
    with tools.database.read() as session:
        return session.execute(select(imports).where(imports.c.id == import_id)).first()


def context(job: Job, run: Any) -> Context:
    """The work is done in the name of who brought the file."""
    return replace(job.context, actor=Actor(run.made_by, run.made_by_role, run.made_by_name), voucher=None)


def person(run: Any) -> dict[str, Any]:
    """Who brought the file, as other services are told."""
    return {"id": run.made_by, "role": run.made_by_role, "name": run.made_by_name}


@contextmanager
def unit(tools: Tools, job: Job, run: Any, state: str) -> Iterator[tuple[UnitOfWork, Any]]:
    """A transaction that holds the import; its row as it is now, None when it is in another state by now."""
    with tools.database.unit_of_work(context(job, run)) as uow:
        statement = select(imports).where(imports.c.id == run.id).with_for_update()
        now = uow.session.execute(statement).first()
        yield uow, (now if now is not None and now.state == state else None)


def take_turn(uow: UnitOfWork) -> None:
    """Wait until no other import's batch is under way."""
    uow.session.execute(select(func.pg_advisory_xact_lock(func.hashtext(_TURN))))


def note(uow: UnitOfWork, run: Any, **values: Any) -> None:
    """Write down how far the import is."""
    if values.get("state", run.state) != run.state:
        values["version"] = imports.c.version + 1
    uow.session.execute(update(imports).where(imports.c.id == run.id).values(updated_at=uow.now, **values))


def go_on(uow: UnitOfWork, run: Any, following: str | None, **values: Any) -> None:
    """Begin the following phase of a commit; None for the end."""
    if following is None:
        values |= {"state": "done", "finished_at": uow.now}
    note(uow, run, phase=following or "", position=0, **values)


def fields_there_are(tools: Tools) -> list[dict[str, Any]]:
    """The fields that the company made, of all that files bring in, the archived ones among them. Those of deals are
    asked for: Unavailable while nobody answers, and the work is done again."""
    of_deals = tools.deals.custom_fields()
    with tools.database.read() as session:
        ours = [documents(each, custom_fields.definitions(session, each)) for each in ("client", "contact")]
    return [field for each in (*ours, documents("deal", of_deals)) for field in each]


def rows_after(session: Session, run: Any, position: int, limit: int, without: Collection[str] = ()) -> Sequence[Any]:
    """The next rows of an import, without those in some states: ``n sheet cells state problems notes faults``."""
    row = import_rows.c
    # Cells as the driver has them: they are texts already, and there are thousands.
    cells = type_coerce(row.cells, NULLTYPE).label("cells")
    columns = (row.n, row.sheet, cells, row.state, row.problems, row.notes, row.faults)
    statement = select(*columns).where(row.import_id == run.id, row.n > position).order_by(row.n).limit(limit)
    return session.execute(statement.where(row.state.not_in(without)) if without else statement).all()


Reader = RowReader | FieldReader | SegmentReader


def readers(
    run: Any, zone: str, currency: str, country: str, seen: Seen | None = None, check: Check | None = None
) -> list[Reader | None]:
    """How the rows of each sheet are read; None for a sheet that is left out. check: whether a segment can be saved."""
    answers = Answers.of(run.answers)
    settings = Settings(run.people, run.made_by, run.made_by_role == "admin", zone, currency, country)
    settings = replace(settings, custom=own_fields(run.custom), directory=run.directory)
    return [_reader(sheet, answers, settings, seen, check) for sheet in run.sheets]


def _reader(
    sheet: Mapping[str, Any], answers: Answers, settings: Settings, seen: Seen | None, check: Check | None
) -> Reader | None:
    if sheet["skip"]:
        return None
    columns = sheet["columns"]
    if sheet["about"] == ABOUT:
        return _field_reader(sheet, settings.admin)
    if sheet["about"] == segment_lists.ABOUT:
        return SegmentReader([column["name"] for column in columns], answers, settings, seen, check)
    orders, marks = ({n: each[name] for n, each in enumerate(columns) if each.get(name)} for name in ("order", "mark"))
    return RowReader([column["target"] for column in columns], orders, answers, settings, seen, marks)


def _field_reader(sheet: Mapping[str, Any], admin: bool) -> FieldReader:
    return FieldReader([column["name"] for column in sheet["columns"]], admin=admin)


def field_readers(run: Any) -> dict[int, FieldReader]:
    """How the lists of fields of a file are read, by their places; empty where there are none."""
    return {
        place: _field_reader(sheet, run.made_by_role == "admin")
        for place, sheet in enumerate(run.sheets)
        if sheet["about"] == ABOUT and not sheet["skip"]
    }


def mapped(run: Any) -> frozenset[str]:
    """All that the import's columns mean."""
    return frozenset(
        column["target"]
        for sheet in run.sheets
        if not sheet["skip"] and sheet["about"] != ABOUT
        for column in sheet["columns"]
        if column["target"]
    )
