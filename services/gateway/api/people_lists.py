"""Bringing in a company's list of its own people, with their teams and managers."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Literal

from services.gateway.api import documents as d
from services.gateway.api import requests as r
from services.gateway.api.clients import Upload
from services.gateway.api.routing import ADMIN, Routes
from services.gateway.api.values import Body
from services.gateway.people_lists import bringing, reading
from services.gateway.people_lists.reading import Line

routes = Routes("lists of people")


class HowToBring(Body):
    """``dry_run``: say what would be done, and do nothing. ``only_good``: lines with faults stay out."""

    dry_run: bool = False
    only_good: bool = False


class ListedPerson(d.Document):
    """One line of the list, or a manager whom it names; ``outcome`` is what was done, with ``reason`` for a bad one."""

    line: int
    name: str
    email: str | None
    role: str | None
    team: str
    manager: str | None
    outcome: Literal["created", "invited", "updated", "unchanged", "bad"]
    field: str | None
    reason: str | None
    user_id: str | None


class PeopleList(d.Document):
    """``counts``: how many lines had each outcome."""

    dry_run: bool
    counts: dict[str, int]
    items: list[ListedPerson]


@routes.route(
    "POST",
    "/users/import",
    who=ADMIN,
    body=Upload,
    body_type="multipart/form-data",
    query=HowToBring,
    answers=PeopleList,
)
def import_people(query: HowToBring) -> dict[str, Any]:
    """Bring in a list of people: CSV in any encoding or XLSX, with names, addresses, roles, teams and managers.

    Columns are understood by their names, as in `sales_agent,manager,regional_office`. Who has an address is invited;
    who has none may own clients and deals, and cannot sign in. Managers who have no line of their own come in, too.
    The same list again adds nothing. All lines come in or none, unless `only_good`; `dry_run` changes nothing.
    """
    file = r.sent_file()
    lines = reading.read(file.stream, file.filename or "")
    return preview(lines) if query.dry_run else bring(lines, query.only_good)


def preview(lines: list[Line]) -> dict[str, Any]:
    """What the lines would do."""
    with r.gateway().database.read() as session:
        return bringing.preview(session, lines)


def bring(lines: list[Line], only_good: bool) -> dict[str, Any]:
    """Do it; Invalid names every line with a fault, unless the good ones are wanted alone."""
    asked = {"lines": [asdict(each) for each in lines], "only_good": only_good}
    settings = r.gateway().settings
    done: dict[str, Any] = r.once("import_people", asked, lambda uow: bringing.bring(uow, settings, lines, only_good))
    return done
