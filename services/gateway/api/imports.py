"""Bringing data in: a file is uploaded, understood, repaired row by row, committed, and can be taken back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from flask import g
from pydantic import Field
from sqlalchemy import select

from libs.common.problems import Invalid, NotFound
from services.gateway.accounts import users as accounts
from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.clients import Upload
from services.gateway.api.custom_fields import Entity, Kind
from services.gateway.api.routing import Routes
from services.gateway.api.values import Body, Currency, Id, Line, Name
from services.gateway.models import users

routes = Routes("imports")

_LAST_LINE = 2**31 - 1
IMPORTERS = frozenset({"admin", "sales"})
_KINDS = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}

Encoding = Literal[
    "utf-8", "windows-1252", "macintosh", "iso-8859-15", "windows-1250", "iso-8859-2", "windows-1251", "ibm437",
    "ibm850", "shift_jis", "gb18030", "big5", "euc-kr", "utf-16", "utf-16le", "utf-16be", "utf-32",
]  # fmt: skip
Column = Annotated[str, Field(max_length=220)]
Word = Annotated[str, Field(max_length=32_767)]


class SheetChange(Body):
    """``mapping`` says, by the name of a column, which field it is; null leaves the column out. ``encoding``,
    ``separator`` and ``header_line`` (the line that names the columns, 0 for none) say how the file is read; null has
    it guessed. Then it is read anew, and its columns with it."""

    sheet: Annotated[int, Field(ge=0, le=10_000)] = 0
    mapping: dict[Column, Name | None] | None = None
    skip: bool | None = None
    encoding: Encoding | None = None
    separator: Literal[",", ";", "\t", "|"] | None = None
    header_line: Annotated[int, Field(ge=0, le=_LAST_LINE)] | None = None


class Answers(Body):
    """What the file leaves open. ``decimal_mark`` is the sign before decimals, ``owners`` says who is meant by a name,
    ``values`` what a word of a field means."""

    date_order: Literal["dmy", "mdy", "ymd"] | None = None
    decimal_mark: Literal[".", ","] | None = None
    currency: Currency | None = None
    company: Name | None = None
    owner_id: Id | None = None
    owners: dict[Word, Id | None] | None = None
    values: dict[Name, dict[Word, Name]] | None = None
    lost_reason: Line | None = None


class ImportChange(s.Version):
    sheets: Annotated[list[SheetChange], Field(max_length=100)] | None = None
    answers: Answers | None = None


class Repair(Body):
    """Values by the names of their columns; a value that is as it was changes nothing."""

    cells: Annotated[dict[Column, Word], Field(min_length=1, max_length=300)]


class Commit(Body):
    only_good: bool = False


class RowFilters(s.Page):
    state: Literal["good", "bad", "noted", "created", "updated", "unchanged", "refused"] | None = None


class ImportColumn(d.Document):
    name: str
    target: str | None
    samples: list[str]
    order: Literal["dmy", "mdy"] | None
    mark: Literal[".", ","] | None = None


class ImportField(d.Document):
    """A field that the company made, by the ``name`` that a column may mean."""

    name: str
    entity: Entity
    key: str
    label: str
    kind: Kind
    options: list[str]


class ImportLine(d.Document):
    """A line among the first of a file, as far as it shows which one it is."""

    line: int
    text: str


class ImportSheet(d.Document):
    """``note``: why it is left out unless somebody says otherwise. ``encoding`` and ``separator`` are how a text was
    read, null of a sheet of a workbook; ``header_line`` is the line that names the columns, 0 where none does, and
    ``first_lines`` are those it may be."""

    name: str
    about: str
    columns: list[ImportColumn]
    rows: int
    skip: bool
    note: str | None = None
    encoding: str | None = None
    separator: str | None = None
    header_line: int | None = None
    first_lines: Annotated[list[ImportLine], Field(default_factory=list)]


class Progress(d.Document):
    """How far it is with the rows; all of them where nothing goes on. While it is taken back, of the records that it
    made or changed."""

    done: int
    total: int
    percent: int


class ImportSummary(d.Document):
    """``rows_gone``: its rows are no longer kept, so that it cannot be gone on with or taken back."""

    id: str
    filename: str
    state: Literal["uploading", "reading", "checking", "ready", "committing", "done", "undoing", "undone", "failed"]
    problem: str | None
    rows: int
    bad: int
    results: dict[str, int]
    rows_gone: bool
    version: int


class ImportDocument(ImportSummary):
    """``results`` counts what was done (``client.created``), ``states`` the rows by what became of them, ``following``
    the deals that are made and not yet counted with their clients."""

    sheets: list[ImportSheet]
    answers: dict[str, Any]
    custom_fields: list[ImportField]
    questions: list[dict[str, Any]]
    progress: Progress
    states: dict[str, int]
    following: int
    kept: list[dict[str, Any]]


class Fault(d.Document):
    column: str | None
    field: str
    reason: str


class ImportRow(d.Document):
    n: int
    sheet: int
    line: int
    state: str
    cells: dict[str, str]
    problems: list[Fault]
    notes: list[Fault]


@routes.route("GET", "/imports", who=IMPORTERS, query=s.Page, answers=d.ListOf[ImportSummary])
def list_imports(query: s.Page) -> dict[str, Any]:
    """Your imports, newest first; everybody's for admins."""
    return r.ask("clients", "list_imports", **query.given())


@routes.route(
    "POST",
    "/imports",
    who=IMPORTERS,
    body=Upload,
    body_type="multipart/form-data",
    answers={201: ImportDocument},
)
def start_import() -> dict[str, Any]:
    """Upload a file: CSV in any encoding, XLSX, or a ZIP of several. It is read at once; nothing is brought in yet."""
    file = r.sent_file()
    name = file.filename or ""
    prepared = r.ask("clients", "prepare_import", filename=name[-500:], people=_people(), directory=_directory())
    # The bytes go straight to the object store; only their measure travels on the bus.
    kind = _KINDS.get(name.rpartition(".")[2].lower(), "application/octet-stream")
    stored = r.gateway().object_store.put(prepared["key"], file.stream, kind)
    return r.ask("clients", "complete_import", import_id=prepared["import_id"], size=stored.size)


@routes.route("GET", "/imports/<uuid:import_id>", who=IMPORTERS, answers=ImportDocument)
def get_import(import_id: Any) -> dict[str, Any]:
    """One import: what its columns mean, what is asked, how far it is, what became of it."""
    return r.ask("clients", "get_import", import_id=str(import_id))


@routes.route("PATCH", "/imports/<uuid:import_id>", who=IMPORTERS, body=ImportChange, answers=ImportDocument)
def change_import(import_id: Any, body: ImportChange) -> dict[str, Any]:
    """Say how the file is read, what columns mean, and what it leaves open; every row is checked again."""
    answers = body.answers
    if answers is not None:
        for owner_id in {answers.owner_id, *(answers.owners or {}).values()} - {None}:
            _check_owner(str(owner_id))
    return r.ask("clients", "change_import", import_id=str(import_id), **body.given())


@routes.route("GET", "/imports/<uuid:import_id>/rows", who=IMPORTERS, query=RowFilters, answers=d.ListOf[ImportRow])
def list_import_rows(import_id: Any, query: RowFilters) -> dict[str, Any]:
    """The rows in the order of the file; `state=bad` are those with faults, each with its reason."""
    return r.ask("clients", "import_rows", import_id=str(import_id), **query.given())


@routes.route("PATCH", "/imports/<uuid:import_id>/rows/<int:n>", who=IMPORTERS, body=Repair, answers=ImportRow)
def repair_import_row(import_id: Any, n: int, body: Repair) -> dict[str, Any]:
    """Put other values into a row; the answer says whether it is good now."""
    if n > _LAST_LINE:
        # No number that the services know of.
        raise NotFound("this import has no such row")
    return r.ask("clients", "repair_row", import_id=str(import_id), n=n, cells=body.cells)


@routes.route("POST", "/imports/<uuid:import_id>/commit", who=IMPORTERS, body=Commit, answers={202: ImportDocument})
def commit_import(import_id: Any, body: Commit) -> dict[str, Any]:
    """Bring the rows in; with `only_good` those with faults stay, to be repaired and committed later."""
    return r.ask("clients", "commit_import", import_id=str(import_id), only_good=body.only_good)


@routes.route("POST", "/imports/<uuid:import_id>/undo", who=IMPORTERS, answers={202: ImportDocument})
def undo_import(import_id: Any) -> dict[str, Any]:
    """Take an import back, the company's own fields that it made with it; what was changed since or is in use is left
    alone and named in `kept`, with the reason."""
    return r.ask("clients", "undo_import", import_id=str(import_id))


@routes.route("DELETE", "/imports/<uuid:import_id>", who=IMPORTERS, answers=d.Done)
def delete_import(import_id: Any) -> dict[str, Any]:
    """Throw a file away that was not committed, or whose import was undone."""
    return r.ask("clients", "delete_import", import_id=str(import_id))


def _people() -> dict[str, str]:
    """Who may own what is brought in, by address, name and id; of two with one name nobody is meant."""
    if g.signed_in.actor.role == "sales":
        own = g.signed_in
        return {each.lower(): own.actor.id for each in (own.email, own.actor.name, own.actor.id)}
    with r.gateway().database.read() as session:
        rows = session.execute(select(users.c.id, users.c.name, users.c.email).where(accounts.OWNING)).all()
    return _by_name(rows)


def _directory() -> dict[str, str]:
    """Everybody by address, name and id, those who left among them; of two with one name nobody is meant."""
    with r.gateway().database.read() as session:
        rows = session.execute(select(users.c.id, users.c.name, users.c.email)).all()
    return _by_name(rows)


def _by_name(rows: Sequence[Any]) -> dict[str, str]:
    names = Counter(row.name.lower() for row in rows)
    found = {row.name.lower(): row.id for row in rows if names[row.name.lower()] == 1}
    return found | {row.email.lower(): row.id for row in rows if row.email} | {row.id: row.id for row in rows}


def _check_owner(owner_id: str) -> None:
    with r.gateway().database.read() as session:
        if not accounts.can_own(session, owner_id):
            text = "this is nobody who can own clients: an active person in sales or an admin"
            raise Invalid(text, field="answers.owners")
