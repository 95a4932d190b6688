"""Files that people bring in: taken, understood, repaired, committed, taken back. The work itself is the worker's."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from libs.common import fields
from libs.common.database import UnitOfWork
from libs.common.ids import is_id, new_id
from libs.common.object_store import safe_filename
from libs.common.problems import Conflict, Invalid, NotFound
from services.clients import queries
from services.clients.handlers.documents import REMOVE
from services.clients.importing import answers as given_answers
from services.clients.importing import choosing
from services.clients.importing.own_fields import own_fields
from services.clients.importing.repairing import left_over, repaired_cells
from services.clients.importing.steps.checking import standing, verdict
from services.clients.importing.steps.run import order, readers
from services.clients.importing.steps.segmenting import segment_check
from services.clients.importing.targets import TARGETS
from services.clients.models import import_changes, import_rows, imports
from services.clients.queries.imports import mine, questions

Document = dict[str, Any]

_CHANGEABLE = ("ready", "checking", "done")
# What could not be read in one way may be in another, once its first lines are known.
_READABLE = ("ready", "checking", "failed")
_GONE = "the rows of this import are no longer kept; it cannot be gone on with or taken back"
_MOST_PEOPLE = 20_000
# Doubts about phones of a row that is repaired by hand are not worth a setting.
_COUNTRY = "US"


def _mapping(name: str, value: Any) -> dict[str, str | None]:
    if not isinstance(value, dict):
        raise Invalid(f"{name} says, by the name of a column, what it means", field=name)
    return {str(column): meaning for column, meaning in value.items()}


_SHEET: dict[str, fields.Reader] = {
    "sheet": fields.whole(0, 10_000),
    "mapping": _mapping,
    "skip": fields.flag,
    **choosing.READERS,
}


def prepare_import(
    uow: UnitOfWork, filename: str, people: dict[str, str], directory: dict[str, str] | None = None
) -> Document:
    """Where to put the bytes of a file. people: who may own what is brought in, by address, name and id; directory:
    everybody, whom segments may be of and may name."""
    for field, given in (("people", people), ("directory", directory or {})):
        if not isinstance(given, dict) or len(given) > _MOST_PEOPLE:
            raise Invalid(f"{field} says who is meant by a name", field=field)
    name = safe_filename(fields.text(500, required=True)("filename", filename) or "")
    import_id = new_id()
    key = f"imports/{import_id}/file"
    row: Document = {
        "id": import_id,
        "filename": name,
        "key": key,
        "state": "uploading",
        "people": people,
        "directory": directory or {},
        "system": "",
    }
    row |= {
        "sheets": [],
        "chosen": {},
        "answers": {},
        "found": {},
        "custom": [],
        "results": {},
        "rows": 0,
        "bad": 0,
        "phase": "",
        "position": 0,
    }
    row |= {"made_by": uow.actor.id, "made_by_role": uow.actor.role, "made_by_name": uow.actor.name}
    times = {"created_at": uow.now, "updated_at": uow.now, "only_good": False, "version": 1}
    uow.session.execute(insert(imports).values(row | times))
    return {"import_id": import_id, "key": key}


def complete_import(uow: UnitOfWork, import_id: str, size: int) -> Document:
    """The bytes are in the object store: have them read."""
    row = _worked_on(uow, import_id)
    if row.state == "uploading":
        _note(uow, row, state="reading", size=fields.whole(0, 2**62)("size", size))
    return queries.import_document(uow.session, uow.actor, row.id)


def change_import(
    uow: UnitOfWork,
    import_id: str,
    sheets: list[Document] | None = None,
    answers: Document | None = None,
    version: int | None = None,
) -> Document:
    """Say how the file is read, what columns mean and what it leaves open; every row is checked again."""
    row = _worked_on(uow, import_id)
    if version is not None and version != row.version:
        raise Conflict("somebody changed this import since you loaded it", current_version=row.version)
    chosen = _chosen(row, sheets or [])
    anew = chosen != row.chosen
    if row.state not in (_READABLE if anew else _CHANGEABLE):
        raise Conflict("this import cannot be changed now")
    if anew and row.committed_at is not None:
        raise Conflict("rows of this file are in the CRM already; upload it again to have it read in another way")
    values: Document = {
        "sheets": _sheets(uow, row, sheets or []),
        "answers": given_answers.merged(row.answers, answers or {}, own_fields(row.custom)),
    }
    values |= {"state": "reading", "chosen": chosen, "problem": None} if anew else {"state": "checking"}
    _note(uow, row, position=0, bad=0, found={}, phase="", **values)
    return queries.import_document(uow.session, uow.actor, row.id)


def repair_row(uow: UnitOfWork, import_id: str, n: int, cells: Document) -> Document:
    """Put other values into a row, by the names of its columns; the row as it is then."""
    row = _whole(uow, import_id)
    if row.state not in ("ready", "done"):
        raise Conflict("this import is being worked on; repair its rows when that is done")
    line = _row(uow, row.id, n)
    if line.state not in ("good", "bad", "refused"):
        raise Conflict("this row is in the CRM already; change it there")
    check = segment_check(uow.session, uow.actor, row, uow.business.zone)
    reader = readers(row, uow.business.zone, uow.business.currency, _COUNTRY, check=check)[line.sheet]
    sheet = row.sheets[line.sheet]
    repaired = repaired_cells(sheet["columns"], list(line.cells), cells)
    faults = left_over(line.faults, line.cells, repaired)
    found = verdict(reader.read(repaired, doubts=True), standing(sheet, faults)) if reader else {"state": "good"}
    row_of = (import_rows.c.import_id == row.id, import_rows.c.n == line.n)
    uow.session.execute(update(import_rows).where(*row_of).values(cells=repaired, faults=faults, **found))
    bad = (found["state"] == "bad") - (line.state == "bad")
    if bad:
        _note(uow, row, bad=row.bad + bad)
    return queries.import_row(uow.session, uow.actor, row.id, line.n)


def commit_import(uow: UnitOfWork, import_id: str, only_good: bool) -> Document:
    """Bring the rows in: all of them, or those without faults. Repeated after repairs it brings in what was left."""
    row, good = _worked_on(uow, import_id), fields.flag("only_good", only_good)
    if row.state == "committing":
        return queries.import_document(uow.session, uow.actor, row.id)
    if row.state not in ("ready", "done"):
        raise Conflict("this import is not ready to be committed")
    if asked := [each for each in questions(row) if each["needed"]]:
        raise Conflict(f"answer first: {asked[0]['text']}", field=asked[0]["answer"])
    if row.bad and not good:
        faults = "1 row has faults: repair it" if row.bad == 1 else f"{row.bad:,} rows have faults: repair them"
        raise Conflict(f"{faults}, or commit only the good ones", field="only_good")
    begun = {"only_good": good, "phase": "", "position": 0, "committed_at": row.committed_at or uow.now}
    if uow.actor.id == row.made_by:
        begun["made_by_role"] = uow.actor.role
    _note(uow, row, state="committing", problem=None, **begun)
    return queries.import_document(uow.session, uow.actor, row.id)


def undo_import(uow: UnitOfWork, import_id: str) -> Document:
    """Take back what an import did, but for what was changed since."""
    row = _worked_on(uow, import_id)
    if row.state not in ("done", "failed") or row.committed_at is None:
        raise Conflict("there is nothing to take back" if row.state != "undone" else "this import was undone already")
    _note(uow, row, state="undoing", problem=None, phase="", position=0)
    return queries.import_document(uow.session, uow.actor, row.id)


def delete_import(uow: UnitOfWork, import_id: str) -> Document:
    """Throw a file away that was not committed, or the trace of one that was undone."""
    row = _import(uow, import_id)
    if row.state in ("committing", "undoing") or (row.committed_at is not None and row.state != "undone"):
        raise Conflict("this import brought something in; undo it first" if row.states is None else _GONE)
    for table in (import_changes, import_rows):
        uow.session.execute(delete(table).where(table.c.import_id == row.id))
    uow.session.execute(delete(imports).where(imports.c.id == row.id))
    uow.jobs.add(REMOVE, {"key": row.key})
    return {"id": row.id, "deleted": True}


def _import(uow: UnitOfWork, import_id: str) -> Any:
    statement = select(imports).where(imports.c.id == import_id, mine(uow.actor)).with_for_update()
    row = uow.session.execute(statement).first() if is_id(import_id) else None
    if row is None:
        raise NotFound("there is no such import, or it is not yours")
    return row


def _worked_on(uow: UnitOfWork, import_id: str) -> Any:
    """An import that the worker goes on with once this is written. Its job comes first, as it does for the worker."""
    if is_id(import_id):
        order(uow, str(UUID(import_id)))
    return _whole(uow, import_id)


def _whole(uow: UnitOfWork, import_id: str) -> Any:
    """An import that still has its rows."""
    row = _import(uow, import_id)
    if row.states is not None:
        raise Conflict(_GONE)
    return row


def _note(uow: UnitOfWork, row: Any, **values: Any) -> None:
    values |= {"updated_at": uow.now, "version": imports.c.version + 1}
    uow.session.execute(update(imports).where(imports.c.id == row.id).values(**values))


def _row(uow: UnitOfWork, import_id: str, n: int) -> Any:
    number = fields.whole(1, 2**31 - 1)("n", n)
    row_of = (import_rows.c.import_id == import_id, import_rows.c.n == number)
    line = uow.session.execute(select(import_rows).where(*row_of).with_for_update()).first()
    if line is None:
        raise NotFound("this import has no such row")
    return line


def _chosen(run: Any, changes: Any) -> dict[str, Document]:
    """How the tables of a file are to be read, by their places; those of which nothing was ever said are not there."""
    found = dict(run.chosen)
    for place, change in enumerate(changes if isinstance(changes, list) else []):
        read = fields.read(_SHEET, change)
        number, at = read.get("sheet", 0), f"sheets.{place}"
        if number < len(run.sheets) and read.keys() & choosing.READERS.keys():
            found[str(number)] = choosing.merged(found.get(str(number), {}), run.sheets[number], read, at)
    return found


def _sheets(uow: UnitOfWork, run: Any, changes: Any) -> list[Document]:
    if not isinstance(changes, list):
        raise Invalid("sheets is a list", field="sheets")
    found, may = [dict(each) for each in run.sheets], _meanings(uow, run)
    for place, change in enumerate(changes):
        read = fields.read(_SHEET, change)
        number = read.get("sheet", 0)
        if number >= len(found):
            raise Invalid("there is no such sheet", field=f"sheets.{place}.sheet")
        found[number]["skip"] = read.get("skip", found[number]["skip"])
        if "mapping" in read:
            found[number]["columns"] = _mapped(
                may, found[number]["columns"], read["mapping"], f"sheets.{place}.mapping"
            )
    return found


def _meanings(uow: UnitOfWork, run: Any) -> set[str]:
    """What a column may mean to whoever asks."""
    ours = {name for name, target in TARGETS.items() if not target.admin or uow.actor.role == "admin"}
    return ours | {each["name"] for each in run.custom}


def _mapped(may: set[str], columns: list[Document], mapping: dict[str, Any], at: str) -> list[Document]:
    names = {column["name"] for column in columns}
    for name, meaning in mapping.items():
        if name not in names:
            raise Invalid(f"there is no column {name!r}", field=f"{at}.{name}")
        if meaning is not None and (not isinstance(meaning, str) or meaning not in may):
            raise Invalid(f"there is no field {meaning!r}", field=f"{at}.{name}")
    found = [column | {"target": mapping.get(column["name"], column["target"])} for column in columns]
    targets = [column["target"] for column in found if column["target"]]
    twice = next((each for each in targets if targets.count(each) > 1), None)
    if twice:
        raise Invalid(f"two columns cannot both be {twice}", field=at)
    return found
