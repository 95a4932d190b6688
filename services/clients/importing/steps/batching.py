"""A batch of an import's rows: read again, found again, and what became of each written down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Integer, Text, bindparam, column, func, literal, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from libs.common.database import UnitOfWork
from services.clients.importing.answers import Answers
from services.clients.importing.committing import Batch, Line, settle_clients
from services.clients.importing.readings import Reading
from services.clients.importing.steps.run import LEFT_OUT, Tools, mapped, note, readers, rows_after
from services.clients.models import import_rows

# What a row that was found before needs of its company and its person, to be found again.
_COMPANY = ("company_name", "external_id", "host")
_PERSON = ("first_name", "last_name", "email", "external_id")
# So many that counting them keeps nobody waiting for long.
_DEALS_AT_ONCE = 250


def batch_of(uow: UnitOfWork, now: Any, lines: list[Line]) -> Batch:
    """Lines that are committed together."""
    # Without an answer, a new client is whose file it is.
    owner_id = Answers.of(now.answers).owner_id or now.made_by
    return Batch(uow, now.id, now.system, lines, mapped(now), owner_id)


def next_batch(tools: Tools, session: Session, now: Any, phase: str, position: int) -> tuple[Sequence[Any], list[Line]]:
    """The rows after a position that a phase is about, as they are kept and as what they say; none at its end."""
    size = min(tools.batch, _DEALS_AT_ONCE) if phase == "deals" else tools.batch
    rows = rows_after(session, now, position, size, LEFT_OUT[phase])
    return rows, lines_of(tools, now, rows)


def lines_of(tools: Tools, now: Any, rows: Sequence[Any]) -> list[Line]:
    """What kept rows say."""
    business = tools.database.business
    by_sheet = readers(now, business.zone, business.currency, tools.country)
    lines = []
    for row in rows:
        reader = by_sheet[row.sheet]
        line = Line(row.n, reader.read(row.cells) if reader else Reading())
        line.problems = list(line.reading.problems)
        line.outcome = row.state if row.state in ("created", "updated") else "unchanged"
        lines.append(line)
    return lines


def found_again(batch: Batch) -> None:
    """Find the companies and people of rows that were committed, and change nothing of them."""
    for line in batch.lines:
        client, contact = line.reading.client, line.reading.contact
        line.reading.client = {name: client[name] for name in _COMPANY if name in client}
        line.reading.contact = {name: contact[name] for name in _PERSON if name in contact}
    settle_clients(batch)


def write(uow: UnitOfWork, now: Any, batch: Batch, rows: Sequence[Any], phase: str) -> None:
    """Keep what a batch did, and how far the import is with it."""
    batch.keep()
    batch.tell(now)
    _states(uow, now.id, batch, rows)
    note(uow, now, phase=phase, position=rows[-1].n, results=_added(now.results, batch.counts))


def _states(uow: UnitOfWork, import_id: str, batch: Batch, rows: Sequence[Any]) -> None:
    """What became of each row."""
    numbers: list[int] = []
    states: list[str] = []
    faulty: list[dict[str, Any]] = []
    for line, row in zip(batch.lines, rows, strict=True):
        problems = [each.document() for each in line.problems] or None
        if problems or row.problems:
            faulty.append({"row": line.n, "state": line.state, "problems": problems})
        elif line.state != row.state:
            numbers.append(line.n)
            states.append(line.state)
    if numbers:
        new = (
            func.unnest(literal(numbers, ARRAY(Integer)), literal(states, ARRAY(Text)))
            .table_valued(column("n", Integer), column("state", Text), name="new")
            .render_derived()
        )
        theirs = (import_rows.c.import_id == import_id, import_rows.c.n == new.c.n)
        uow.session.execute(update(import_rows).where(*theirs).values(state=new.c.state))
    if faulty:
        row_of = (import_rows.c.import_id == import_id, import_rows.c.n == bindparam("row"))
        values: dict[str, Any] = {"state": bindparam("state"), "problems": bindparam("problems")}
        uow.session.connection().execute(update(import_rows).where(*row_of).values(**values), faulty)


def _added(results: dict[str, int], counts: Counter[str]) -> dict[str, int]:
    """The figures so far with those of one batch more."""
    return {name: count for name, count in (Counter(results) + counts).items() if count}
