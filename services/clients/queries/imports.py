"""Imports, their rows, and what they leave to be answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, exists, func, literal, select
from sqlalchemy.orm import Session

from libs.common import fields
from libs.common.identity import Actor
from libs.common.ids import is_id
from libs.common.pages import keyset, limit_of, page
from libs.common.problems import NotFound
from services.clients.importing.answers import choices_of
from services.clients.importing.own_fields import own_fields
from services.clients.importing.targets import MONEY
from services.clients.models import client_deals, import_changes, import_counts, import_rows, imports

Document = dict[str, Any]

STATES = ("good", "bad", "noted", "created", "updated", "unchanged", "refused")
_LIST = (
    "id filename size state problem rows bad results made_by made_by_name created_at committed_at finished_at version"
).split()
_ROW = ("n", "sheet", "line", "state", "problems", "notes")
_REFUSED = 200
_THROUGH = ("ready", "done", "undone")
# What an import makes or changes, and takes back one by one.
_CHANGED = frozenset({"client", "contact", "deal", "activity", "segment"})


def mine(actor: Actor) -> ColumnElement[bool]:
    """The imports a person may see: their own, all of them for admins."""
    return literal(True) if actor.role in ("admin", "system") else imports.c.made_by == actor.id


def list_imports(session: Session, actor: Actor, limit: int | None, cursor: str | None) -> Document:
    """One's own imports, newest first; everybody's for admins."""
    size = limit_of(limit)
    columns = [*(imports.c[name] for name in _LIST), imports.c.states.is_not(None).label("rows_gone")]
    keys = [(imports.c.created_at, True), (imports.c.id, True)]
    found = session.execute(keyset(select(*columns).where(mine(actor)), keys, cursor, size)).all()
    rows, next_cursor = page(found, size, lambda row: (row.created_at, row.id))
    total = session.execute(select(func.count()).select_from(imports).where(mine(actor))).scalar_one()
    return {"items": [dict(row._mapping) for row in rows], "next_cursor": next_cursor, "total": total}


def import_document(session: Session, actor: Actor, import_id: str) -> Document:
    """One import: what its columns mean, what is asked, how far it is, what it did."""
    row = _import(session, actor, import_id)
    return {
        **{name: getattr(row, name) for name in _LIST},
        "rows_gone": row.states is not None,
        "sheets": row.sheets,
        "answers": row.answers,
        "custom_fields": row.custom,
        "questions": questions(row),
        "only_good": row.only_good,
        "system": row.system,
        "phase": row.phase,
        "progress": _progress(row) if row.state != "undoing" else _taken_back(session, row),
        "states": _states(session, row),
        "following": _following(session, row),
        "kept": _kept(session, row) if row.state == "undone" else [],
    }


def _progress(run: Any) -> dict[str, int]:
    """How far it is with what goes on; where nothing does, it is through with every row."""
    done = run.rows if run.state in _THROUGH else min(run.position, run.rows)
    percent = done * 100 // run.rows if run.rows else 100 * (run.state in _THROUGH)
    return {"done": done, "total": run.rows, "percent": percent}


def _taken_back(session: Session, run: Any) -> dict[str, int]:
    """How many of the records that it made or changed are as they were."""
    row = import_changes.c
    left = select(func.count()).where(row.import_id == run.id, row.refused.is_(None))
    made = sum(count for name, count in run.results.items() if name.partition(".")[0] in _CHANGED)
    done = max(0, made - session.execute(left).scalar_one())
    return {"done": done, "total": made, "percent": done * 100 // made if made else 100}


def import_rows_of(
    session: Session, actor: Actor, import_id: str, state: str | None, limit: int | None, cursor: str | None
) -> Document:
    """The rows of an import in the order of the file; of one state, or (``noted``) odd and kept."""
    run, size, row = _import(session, actor, import_id), limit_of(limit), import_rows.c
    wanted = [row.import_id == run.id]
    if state is not None:
        fields.one_of(*STATES)("state", state)
        wanted.append(row.notes.is_not(None) if state == "noted" else row.state == state)
    found = session.execute(keyset(select(import_rows).where(*wanted), [(row.n, False)], cursor, size)).all()
    rows, next_cursor = page(found, size, lambda each: (each.n,))
    total = session.execute(select(func.count()).select_from(import_rows).where(*wanted)).scalar_one()
    return {"items": [_row(run, each) for each in rows], "next_cursor": next_cursor, "total": total}


def import_row(session: Session, actor: Actor, import_id: str, n: int) -> Document:
    """One row; NotFound where there is none."""
    run = _import(session, actor, import_id)
    row_of = (import_rows.c.import_id == run.id, import_rows.c.n == n)
    line = session.execute(select(import_rows).where(*row_of)).first()
    if line is None:
        raise NotFound("this import has no such row")
    return _row(run, line)


def questions(run: Any) -> list[Document]:
    """What the file leaves open: ``[{answer, text, needed, …}]``; what is needed has to be answered before a commit."""
    asked: list[Document] = []
    own = own_fields(run.custom)
    kinds = {name: each.definition.kind for name, each in own.items()}
    if two := _either(run, "date_order", "two_dates", lambda name: _is_date(name) or kinds.get(name) == "date"):
        asked.append({"answer": "date_order", "text": "which comes first in dates, day or month", "needed": True})
        asked[-1]["columns"] = two
    numbers = {MONEY} | {name for name, kind in kinds.items() if kind in ("number", "money")}
    if two := _either(run, "decimal_mark", "two_numbers", numbers.__contains__):
        text = "which sign is before decimals, a point or a comma"
        asked.append({"answer": "decimal_mark", "text": text, "needed": True, "columns": two})
    found = run.found
    for name, words in found.get("words", {}).items():
        values = [{"value": word, "rows": count} for word, count in sorted(words.items(), key=lambda each: -each[1])]
        label = own[name].definition.label if name in own else name
        asked.append({"answer": "values", "text": f"what these words mean as {label}", "needed": False})
        asked[-1] |= {"field": name, "choices": list(choices_of(name, own)), "values": values}
    if found.get("without_company"):
        rows = found["without_company"]
        asked.append(
            {"answer": "company", "text": "whose are the rows without a company", "needed": False, "rows": rows}
        )
    if found.get("owners"):
        values = [{"value": name, "rows": count} for name, count in sorted(found["owners"].items())]
        asked.append({"answer": "owners", "text": "who is meant by these names", "needed": False, "values": values})
    return asked


def _either(run: Any, answer: str, samples: str, asks: Callable[[str], bool]) -> list[Document]:
    """The columns whose cells may be read in two ways, while nobody said in which."""
    if run.answers.get(answer):
        return []
    return [
        {"sheet": place, "column": column["name"], "samples": column[samples]}
        for place, sheet in enumerate(run.sheets)
        for column in ([] if sheet["skip"] else sheet["columns"])
        if column.get(samples) and column["target"] and asks(column["target"])
    ]


def _is_date(target: str) -> bool:
    return target.endswith(("_at", "_date", "created_on"))


def _states(session: Session, run: Any) -> dict[str, int]:
    """How many rows are in which state; of rows that are gone, in which they were."""
    if run.states is not None:
        return dict(run.states)
    if run.state == "reading":
        return {}
    counted = import_counts.c
    found = select(counted.state, counted.rows).where(counted.import_id == run.id, counted.rows > 0)
    return {row.state: row.rows for row in session.execute(found.order_by(counted.state))}


def _following(session: Session, run: Any) -> int:
    """How many of the deals it made are not yet counted with their clients: who owns them tells of each."""
    if run.state != "done" or not run.results.get("deal.created"):
        return 0
    change = import_changes.c
    told = exists().where(client_deals.c.deal_id == change.row_id)
    count = select(func.count()).where(change.import_id == run.id, change.entity == "deal", ~told)
    return session.execute(count).scalar_one()


def _kept(session: Session, run: Any) -> list[Document]:
    """What was not taken back, and why; of many the first."""
    row = import_changes.c
    columns = (row.entity, row.row_id, row.client_id, row.name, row.refused.label("reason"))
    mine_ = (row.import_id == run.id, row.refused.is_not(None))
    rows = session.execute(select(*columns).where(*mine_).order_by(row.name).limit(_REFUSED))
    return [dict(each._mapping) for each in rows]


def _row(run: Any, line: Any) -> Document:
    columns = run.sheets[line.sheet]["columns"]
    shown = {name: getattr(line, name) for name in _ROW}
    shown["problems"] = [_named(columns, each) for each in line.problems or []]
    shown["notes"] = [_named(columns, each) for each in line.notes or []]
    names = [column["name"] for column in columns]
    return shown | {"cells": dict(zip(names, [*line.cells, *[""] * len(names)], strict=False))}


def _named(columns: list[Document], problem: Document) -> Document:
    place = problem["column"]
    if place is None:
        # What was refused by whoever keeps the records: its column is the one that means the field.
        return problem | {
            "column": next((each["name"] for each in columns if each["target"] == problem["field"]), None)
        }
    return problem | {"column": columns[place]["name"]}


def _import(session: Session, actor: Actor, import_id: str) -> Any:
    statement = select(imports).where(imports.c.id == import_id, mine(actor))
    row = session.execute(statement).first() if is_id(import_id) else None
    if row is None:
        raise NotFound("there is no such import, or it is not yours")
    return row
