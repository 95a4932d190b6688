"""Every row is read as its columns are understood, and each fault is kept beside it."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import bindparam, func, not_, select, update

from libs.common.database import UnitOfWork
from libs.common.jobs import Job
from services.clients import access
from services.clients.domain import normal_name
from services.clients.importing.committing.batch import texts
from services.clients.importing.own_fields import open_ones
from services.clients.importing.readings import Problem, Reading, Seen
from services.clients.importing.steps.defining import proposed
from services.clients.importing.steps.run import Tools, fields_there_are, note, readers, rows_after, unit
from services.clients.importing.steps.segmenting import segment_check
from services.clients.importing.targets import TARGETS
from services.clients.models import clients, import_rows

COLLEAGUES = "a colleague has a client of this name; another one is made, and it is yours"
_PAGE = 2000


def check(tools: Tools, job: Job, run: Any) -> bool:
    """Check some pages of rows; the import is ready when the last one was."""
    deadline = tools.deadline()
    if run.position == 0:
        _begin(tools, job, run)
    while time.monotonic() < deadline:
        with unit(tools, job, run, "checking") as (uow, now):
            if now is None:
                return False
            if not _page(tools, uow, now):
                note(uow, now, state="ready", position=0)
                return False
    return True


def _begin(tools: Tools, job: Job, run: Any) -> None:
    """Know the company's own fields as they are now, and those that the file itself defines; a column that meant one
    that is gone or archived means nothing."""
    there = fields_there_are(tools)
    with unit(tools, job, run, "checking") as (uow, now):
        if now is not None and now.position == 0:
            own = open_ones(there) + proposed(uow.session, now, there)
            names = {each["name"] for each in own}
            note(uow, now, custom=own, sheets=[_without_others(sheet, names) for sheet in now.sheets])


def _without_others(sheet: dict[str, Any], own: set[str]) -> dict[str, Any]:
    columns = [
        column if column["target"] in own or column["target"] in TARGETS else column | {"target": None}
        for column in sheet["columns"]
    ]
    return sheet | {"columns": columns}


def _page(tools: Tools, uow: UnitOfWork, now: Any) -> bool:
    rows = rows_after(uow.session, now, now.position, _PAGE)
    if not rows:
        return False
    seen = _seen(now.found)
    check = segment_check(uow.session, uow.actor, now, uow.business.zone)
    by_sheet = readers(now, uow.business.zone, uow.business.currency, tools.country, seen, check)
    read = [reader.read(row.cells, doubts=True) if (reader := by_sheet[row.sheet]) else Reading() for row in rows]
    _warn_of_colleagues(uow, read)
    changed, bad = [], 0
    for row, reading in zip(rows, read, strict=True):
        values = verdict(reading, standing(now.sheets[row.sheet], row.faults))
        bad += values["state"] == "bad"
        if row.state in ("good", "bad") and values != {name: getattr(row, name) for name in values}:
            changed.append({"row": row.n} | values)
    write_verdicts(uow, now.id, changed)
    note(uow, now, position=rows[-1].n, bad=now.bad + bad, found=_found(seen))
    return True


def _warn_of_colleagues(uow: UnitOfWork, read: list[Reading]) -> None:
    """Say of rows that make a client of a name that only colleagues' clients have; who changes all clients has none."""
    if uow.actor.role == "admin":
        return
    named = [(normal_name(name), each) for each in read if (name := str(each.client.get("company_name") or ""))]
    row = clients.c
    known = (texts(row.match_name, [name for name, _reading in named]), row.deleted_at.is_(None))
    mine = func.bool_or(access.writable(uow.actor))
    theirs = (
        select(row.match_name).where(*known, access.card_scope(uow.actor)).group_by(row.match_name).having(not_(mine))
    )
    found = set(uow.session.execute(theirs).scalars())
    for name, reading in named:
        if name in found:
            reading.notes.append(Problem(None, "client.company_name", COLLEAGUES))


def standing(sheet: dict[str, Any], faults: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """The faults that a row has in the file itself, without those of cells that are not brought in."""
    if not faults or sheet["skip"]:
        return []
    columns = sheet["columns"]
    return [
        each if (place := each["column"]) is None or place < len(columns) else each | {"column": None}
        for each in faults
        if each["column"] is None or each["column"] >= len(columns) or columns[each["column"]]["target"]
    ]


def verdict(reading: Reading, faults: list[dict[str, Any]]) -> dict[str, Any]:
    """What is kept beside a row. faults: what is wrong with it in the file itself."""
    problems = [*faults, *(each.document() for each in reading.problems)] or None
    notes = [each.document() for each in reading.notes] or None
    return {"state": "bad" if problems else "good", "problems": problems, "notes": notes}


def write_verdicts(uow: UnitOfWork, import_id: str, changed: list[dict[str, Any]]) -> None:
    """Keep what was found of rows: ``[{row, state, problems, notes}]``."""
    if not changed:
        return
    statement = update(import_rows).where(import_rows.c.import_id == import_id, import_rows.c.n == bindparam("row"))
    uow.session.connection().execute(
        statement.values(state=bindparam("state"), problems=bindparam("problems"), notes=bindparam("notes")), changed
    )


def _seen(found: dict[str, Any]) -> Seen:
    seen = Seen(without_company=found.get("without_company", 0))
    seen.owners.update(found.get("owners", {}))
    for name, words in found.get("words", {}).items():
        for word, count in words.items():
            seen.word(name, word)
            seen.words[name][word] += count - 1
    return seen


def _found(seen: Seen) -> dict[str, Any]:
    words = {name: dict(counter) for name, counter in seen.words.items()}
    return {"words": words, "owners": dict(seen.owners), "without_company": seen.without_company}
