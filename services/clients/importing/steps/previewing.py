"""What the rows of an import would do: the commit itself, seen, and never kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from libs.common import fields
from libs.common.context import Context
from libs.common.database import UnitOfWork
from libs.common.identity import Actor
from libs.common.ids import is_id
from libs.common.pages import DEFAULT_LIMIT, keyset, page
from libs.common.problems import Conflict, NotFound, Unavailable
from services.clients.domain import normal_name
from services.clients.importing import field_lists, segment_lists
from services.clients.importing.committing import Line
from services.clients.importing.committing.batch import texts
from services.clients.importing.steps.batching import batch_of, lines_of
from services.clients.importing.steps.committing import settle
from services.clients.importing.steps.defining import define_ours
from services.clients.importing.steps.outcomes import Outcomes
from services.clients.importing.steps.run import Tools, field_readers
from services.clients.models import clients, import_rows, imports
from services.clients.queries.imports import mine

Document = dict[str, Any]

MOST = 50
BUSY = "somebody is changing these clients just now, so that it cannot be told yet; look again in a moment"
# So many rows before a page are looked through for those about its companies.
_BACK = 2000
_PATIENCE = text("SELECT set_config('lock_timeout', '400ms', true), set_config('statement_timeout', '4s', true)")
# The database gave a statement up: a lock was not to be had in time, or it took too long.
_GIVEN_UP = ("55P03", "57014")


def preview(
    tools: Tools, context: Context, import_id: str, limit: int | None = None, cursor: str | None = None
) -> Document:
    """What each good row would do, in the order of the file, at most 50 at once: ``{items, next_cursor, total}``.

    Rows of an earlier page count only as far as they are about the same companies, and are among the last 2,000.
    NotFound; Conflict unless the import is ready; Unavailable while somebody else holds what the rows would change.
    """
    size = fields.whole(1, MOST)("limit", DEFAULT_LIMIT if limit is None else limit)
    with tools.database.read() as session:
        run = _ready(session, context.actor, import_id)
        rows, next_cursor, total = _page(session, run, size, cursor)
        earlier = _earlier(session, run, rows[0].n) if rows and cursor else []
    lines = lines_of(tools, run, rows)
    lines = [*_about_the_same(lines_of(tools, run, earlier), lines), *lines]
    told = _rehearsed(tools, context, run, lines, [*earlier, *rows]) if rows else {}
    return {"items": [told[row.n] for row in rows], "next_cursor": next_cursor, "total": total}


def _ready(session: Session, actor: Actor, import_id: str) -> Any:
    """The import, as a commit would find it."""
    statement = select(imports).where(imports.c.id == import_id, mine(actor))
    row = session.execute(statement).first() if is_id(import_id) else None
    if row is None:
        raise NotFound("there is no such import, or it is not yours")
    if row.state != "ready" or row.states is not None:
        raise Conflict("this import is not ready to be committed")
    # Who commits their own file does so with the role that they have by now.
    role = actor.role if actor.id == row.made_by else row.made_by_role
    return SimpleNamespace(**dict(row._mapping) | {"made_by_role": role})


def _wanted(run: Any) -> list[ColumnElement[bool]]:
    """Good rows of the sheets that bring records in."""
    others = (field_lists.ABOUT, segment_lists.ABOUT)
    places = [place for place, sheet in enumerate(run.sheets) if not sheet["skip"] and sheet["about"] not in others]
    row = import_rows.c
    return [row.import_id == run.id, row.state == "good", row.sheet.in_(places)]


def _page(session: Session, run: Any, size: int, cursor: str | None) -> tuple[list[Any], str | None, int]:
    wanted, keys = _wanted(run), [(import_rows.c.n, False)]
    found = session.execute(keyset(select(import_rows).where(*wanted), keys, cursor, size)).all()
    rows, next_cursor = page(found, size, lambda each: (each.n,))
    total = session.execute(select(func.count()).select_from(import_rows).where(*wanted)).scalar_one()
    return rows, next_cursor, total


def _earlier(session: Session, run: Any, first: int) -> list[Any]:
    row = import_rows.c
    statement = select(import_rows).where(*_wanted(run), row.n < first).order_by(row.n.desc()).limit(_BACK)
    return list(reversed(session.execute(statement).all()))


def _about_the_same(earlier: Sequence[Line], lines: Sequence[Line]) -> list[Line]:
    """Those of earlier lines that may be about a company of the lines, or of another such line."""
    marks, found = {mark for line in lines for mark in _marks(line)}, list[Line]()
    for line in reversed(earlier):
        if (theirs := _marks(line)) & marks:
            marks |= theirs
            found.append(line)
    return found[::-1]


def _marks(line: Line) -> set[tuple[str, str]]:
    """What the company of a line may be found by."""
    values = line.reading.client
    found = {name: str(values[name]) for name in ("external_id", "company_name", "host") if values.get(name)}
    if "company_name" in found:
        found["company_name"] = normal_name(found["company_name"])
    return set(found.items())


def _rehearsed(tools: Tools, context: Context, run: Any, lines: list[Line], rows: Sequence[Any]) -> dict[int, Document]:
    """What became of each line, by its number, before all of it was undone."""
    importer = replace(context, actor=Actor(run.made_by, run.made_by_role, run.made_by_name), voucher=None)
    try:
        with tools.database.rehearsal(importer) as uow:
            uow.session.execute(_PATIENCE)
            return _settled(uow, run, lines, rows)
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) in _GIVEN_UP:
            raise Unavailable(BUSY) from None
        raise


def _settled(uow: UnitOfWork, run: Any, lines: list[Line], rows: Sequence[Any]) -> dict[int, Document]:
    if field_readers(run):
        define_ours(uow, run)
    batch = batch_of(uow, run, lines)
    batch.told = []
    settle(batch, "all")
    places = {row.n: {"n": row.n, "sheet": row.sheet, "line": row.line} for row in rows}
    outcomes = Outcomes(batch, places, _names(uow.session, lines), [sheet["columns"] for sheet in run.sheets])
    return {line.n: outcomes.of(line) for line in lines}


def _names(session: Session, lines: Sequence[Line]) -> dict[str, str]:
    """What the clients of lines are called, by id."""
    ids = {line.client_id for line in lines if line.client_id}
    found = session.execute(select(clients.c.id, clients.c.company_name).where(texts(clients.c.id, ids)))
    return {row.id: row.company_name for row in found}
