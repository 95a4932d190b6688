"""The company's own fields that a file defines: known while its rows are checked, made before them, archived after;
and taken back with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from libs.common.database import UnitOfWork
from libs.common.jobs import Job
from services.clients.handlers.custom import CUSTOM
from services.clients.importing.field_lists import ABOUT
from services.clients.importing.own_fields import OwnField
from services.clients.importing.steps.run import Tools, field_readers, go_on, person, unit
from services.clients.models import import_changes, import_rows
from services.clients.queries.segments import fields_named

# The steps of a commit: fields are made before what has values of them; archived ones take no values any more.
MAKING, ARCHIVING = "fields", "archiving"


@dataclass(frozen=True, slots=True)
class _Wanted:
    n: int
    field: OwnField

    @property
    def archived(self) -> bool:
        return self.field.definition.archived

    def document(self) -> dict[str, Any]:
        about = self.field.definition
        return {"key": about.key, "label": about.label, "kind": about.kind} | (
            {"options": list(about.options)} if about.options else {}
        )


def steps_of(run: Any, phases: list[str]) -> list[str]:
    """The phases of a commit, with those of the fields that the file defines."""
    return [MAKING, *phases, ARCHIVING] if field_readers(run) else phases


def proposed(session: Session, run: Any, known: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The fields that a commit of this file will make, as an import keeps fields: those whose key and label are not
    there, archived or not."""
    names = {each["name"] for each in known}
    labels = {(each["entity"], each["label"].lower()) for each in known}
    found = [each.field.document() for each in _wanted(session, run)]
    return [
        each for each in found if each["name"] not in names and (each["entity"], each["label"].lower()) not in labels
    ]


def define(tools: Tools, job: Job, run: Any, phase: str, following: str | None) -> None:
    """Make the fields of a file here and in the service that owns deals, or archive those of them that are to be; and
    go on to the following phase, None for the end. Done twice it does nothing more."""
    archive = phase == ARCHIVING
    with unit(tools, job, run, "committing") as (uow, now):
        if now is None:
            return
        wanted = [each for each in _wanted(uow.session, now) if each.archived or not archive]
    of_deals = [each.document() for each in wanted if each.field.entity == "deal"]
    theirs = tools.deals.bring_fields(run.id, person(now), of_deals, archive=archive) if of_deals else []
    with unit(tools, job, run, "committing") as (uow, now):
        if now is None or (now.phase or MAKING) != phase:
            return
        made = {("deal", key) for key in theirs} | _bring_ours(uow, now, wanted, archive=archive)
        _states(uow.session, now.id, [each for each in wanted if _place(each) in made])
        counted = {"field.created": len(made)} if made and not archive else {}
        go_on(uow, now, following, results=now.results | counted)


def define_ours(uow: UnitOfWork, run: Any) -> None:
    """Make the fields of clients and contacts that a file defines."""
    _bring_ours(uow, run, _wanted(uow.session, run), archive=False)


def _bring_ours(uow: UnitOfWork, run: Any, wanted: list[_Wanted], *, archive: bool) -> set[tuple[str, str]]:
    """Make the fields that are kept here, or archive them; the places of those that this import made."""
    made: set[tuple[str, str]] = set()
    for entity in ("client", "contact"):
        ours = [each.document() for each in wanted if each.field.entity == entity]
        made |= {(entity, key) for key in CUSTOM.bring_fields(uow, entity, ours, run.id, archive=archive)}
    return made


def fields_kept(tools: Tools, run: Any) -> list[dict[str, Any]]:
    """Remove the fields of deals that an import made and nobody uses; those that stay. Done twice it does no more."""
    if not _may_have_made(run):
        return []
    with tools.database.read() as session:
        named = fields_named(session)
    return tools.deals.take_back_fields(run.id, person(run), sorted(key for entity, key in named if entity == "deal"))


def forget_fields(uow: UnitOfWork, run: Any, kept: list[dict[str, Any]]) -> None:
    """Remove the fields that an import made here and nobody uses, and note why the others stay. kept: those of deals
    that do."""
    if not _may_have_made(run):
        return
    for each in [*CUSTOM.take_back_fields(uow, run.id, fields_named(uow.session)), *kept]:
        row = {"import_id": run.id, "entity": ABOUT, "row_id": each["id"], "name": each["label"]}
        row |= {"n": 0, "created": True, "before": {}, "after": {}, "version_after": 1, "refused": each["reason"]}
        uow.session.execute(insert(import_changes).values(row))


def _may_have_made(run: Any) -> bool:
    """Whether there was a list of fields in the file; it may be left out by now."""
    return any(sheet["about"] == ABOUT for sheet in run.sheets)


def _place(wanted: _Wanted) -> tuple[str, str]:
    return wanted.field.entity, wanted.field.definition.key


def _wanted(session: Session, run: Any) -> list[_Wanted]:
    """The fields that the file's rows define, each once."""
    row, found = import_rows.c, dict[tuple[str, str], _Wanted]()
    for place, reader in field_readers(run).items():
        statement = select(row.n, row.cells).where(row.import_id == run.id, row.sheet == place).order_by(row.n)
        for each in session.execute(statement):
            if (field := reader.field(each.cells)) is not None:
                wanted = _Wanted(each.n, field)
                found.setdefault(_place(wanted), wanted)
    return list(found.values())


def _states(session: Session, import_id: str, made: list[_Wanted]) -> None:
    for each in made:
        mine = (import_rows.c.import_id == import_id, import_rows.c.n == each.n)
        session.execute(update(import_rows).where(*mine).values(state="created"))
