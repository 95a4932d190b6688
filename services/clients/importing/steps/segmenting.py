"""The segments that a file brings: checked with its rows, made after them, taken back before all else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from libs.common.database import UnitOfWork
from libs.common.identity import Actor
from libs.common.problems import Conflict, Invalid
from services.clients import queries
from services.clients.handlers.segments import bring_segment, find_segment
from services.clients.importing.committing.batch import texts
from services.clients.importing.own_fields import own_fields
from services.clients.importing.readings import Problem
from services.clients.importing.segment_lists import ABOUT, Check, Segment, SegmentReader
from services.clients.importing.steps.run import note, readers
from services.clients.models import import_changes, import_rows, segments
from services.clients.queries.filtering import called

# The step of a commit: a segment may filter by a field that the file brings, too.
SEGMENTS = "segments"
OTHER = "there is a segment of this name with other filters; it stays as it is"
_PAGE = 200
_SINCE = "changed since"


def steps_with_segments(run: Any, phases: list[str]) -> list[str]:
    """The phases of a commit, with that of the segments in the file."""
    return [*phases, SEGMENTS] if _lists(run) else phases


def segment_check(session: Session, actor: Actor, run: Any, zone: str) -> Check:
    """What is asked of a segment beside what its row says: whether the list could be filtered so, by the fields that
    there are and those that the file brings, and whether its owner has another one of the name."""
    to_come = {called(each.entity, each.definition.key): each.definition for each in own_fields(run.custom).values()}

    def check(segment: Segment) -> None:
        queries.check_list(session, actor, segment.filters, segment.sort, zone, to_come)
        there = find_segment(session, segment.owner_id, segment.name)
        if there is not None and (there.filters, there.sort) != (segment.filters, segment.sort):
            raise Invalid(OTHER, field="name")

    return check


def make_segments(uow: UnitOfWork, run: Any, country: str) -> bool:
    """Make the segments of the next rows, each once, and note what became of them; False at the end."""
    rows = _rows(uow.session, run)
    if not rows:
        return False
    check = segment_check(uow.session, uow.actor, run, uow.business.zone)
    by_sheet = readers(run, uow.business.zone, uow.business.currency, country, check=check)
    counts = Counter(run.results)
    for row in rows:
        reader = by_sheet[row.sheet]
        assert isinstance(reader, SegmentReader)  # of these sheets alone
        state, problems = _brought(uow, run, reader, row)
        counts[f"{ABOUT}.created"] += state == "created"
        mine = (import_rows.c.import_id == run.id, import_rows.c.n == row.n)
        values = {"state": state, "problems": [each.document() for each in problems] or None}
        uow.session.execute(update(import_rows).where(*mine).values(**values))
    note(uow, run, position=rows[-1].n, results={name: count for name, count in counts.items() if count})
    return True


def undo_segments(uow: UnitOfWork, found: Sequence[Any]) -> dict[str, str]:
    """Remove segments that an import made; why the others stay, by their ids."""
    ids = [each.row_id for each in found]
    held = select(segments.c.id, segments.c.version).where(texts(segments.c.id, ids)).order_by(segments.c.id)
    versions = {row.id: row.version for row in uow.session.execute(held.with_for_update())}
    refused = {
        each.row_id: _SINCE for each in found if versions.get(each.row_id, each.version_after) != each.version_after
    }
    uow.session.execute(delete(segments).where(texts(segments.c.id, versions.keys() - refused.keys())))
    return refused


def _lists(run: Any) -> list[int]:
    return [place for place, sheet in enumerate(run.sheets) if sheet["about"] == ABOUT and not sheet["skip"]]


def _rows(session: Session, run: Any) -> Sequence[Any]:
    """The next rows that are to be made; what this import made before stays so."""
    row = import_rows.c
    left = (row.sheet.in_(_lists(run)), row.n > run.position, row.state.not_in(("bad", "created")))
    statement = select(row.n, row.sheet, row.cells).where(row.import_id == run.id, *left)
    return session.execute(statement.order_by(row.n).limit(_PAGE)).all()


def _brought(uow: UnitOfWork, run: Any, reader: SegmentReader, row: Any) -> tuple[str, list[Problem]]:
    """What becomes of a row, and why it is refused where it is."""
    try:
        segment = reader.segment(row.cells)
        made = bring_segment(uow, segment.owner_id, segment.document())
    except Invalid as error:
        return "refused", [reader.problem(error)]
    except Conflict as error:
        return "refused", [reader.problem(Invalid(error.detail, field="owner"))]
    if made is None:
        return "unchanged", []
    change: dict[str, Any] = {"import_id": run.id, "entity": ABOUT, "row_id": made, "n": row.n, "name": segment.name}
    change |= {"created": True, "before": {}, "after": {}, "version_after": 1}
    uow.session.execute(insert(import_changes).values(change))
    return "created", []
