"""Bringing data in, as a person does it: choose a file, say what its columns mean, repair what is yellow, commit."""

from __future__ import annotations

import re
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext

from libs.common.problems import Invalid, Problem
from libs.common.rpc.client import Call
from services.gateway.api import imports as api
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.routing import checked
from services.gateway.web import editing, forms, parts, shell
from services.gateway.web.forms import Form
from services.gateway.web.import_words import ENCODINGS, SEPARATORS, STATES, STEPS, WORDS_OF, groups, reason
from services.gateway.web.listing import PAGE, given
from services.gateway.web.routing import SALES, Pages, done, is_part
from services.gateway.web.toasts import Toast

pages = Pages("imports")

# What goes on while nobody does anything.
WORKING = ("uploading", "reading", "checking", "committing", "undoing")
_SHOWN = 50
_FIRST = 8
# A word of a field, and what it means.
_WORD = re.compile(r"value\.(?P<field>[a-z]+\.custom\.[a-z0-9_]+|[a-z_]+)\.(?P<word>.+)", re.DOTALL)


@pages.get("/imports", who=SALES)
def list_imports() -> Any:
    """The files that were brought in, and the place to bring the next one."""
    query = checked(s.Page, given("cursor") | {"limit": PAGE})
    found = parts.ask({"imports": Call("clients", "list_imports", query.given())})
    return shell.page("imports/list.html", parts=found, states=STATES, working=WORKING, reason=reason, form=Form())


@pages.post("/imports", who=SALES)
def upload() -> Any:
    """Take a file; what is in it shows a moment later."""
    forms.sent()
    try:
        made = api.start_import()
    except Problem as problem:
        if not editing.fits(problem):
            raise
        found = parts.ask({"imports": Call("clients", "list_imports", {"limit": PAGE})})
        form = Form().refused(problem)
        return shell.page(
            "imports/list.html", problem.status, parts=found, states=STATES, working=WORKING, reason=reason, form=form
        )
    return done(f"/imports/{made['id']}")


@pages.get("/imports/<uuid:import_id>", who=SALES)
def one(import_id: Any) -> Any:
    """An import as far as it is. While it is worked on, the page looks again by itself, and can be left."""
    found = _parts(str(import_id))
    run = found["run"].needed()
    template = "imports/state.html" if is_part() else "imports/import.html"
    show = shell.fragment if is_part() else shell.page
    return show(template, **_values(run, found))


@pages.get("/imports/<uuid:import_id>/rows", who=SALES)
def rows(import_id: Any) -> Any:
    """More rows, of the state asked for."""
    query = checked(api.RowFilters, given("state", "cursor") | {"limit": _SHOWN})
    run, lines = (
        part.needed()
        for part in parts.ask(
            {
                "run": Call("clients", "get_import", {"import_id": str(import_id)}),
                "rows": Call("clients", "import_rows", {"import_id": str(import_id), **query.given()}),
            }
        ).values()
    )
    state = request.args.get("state", "")
    values = {"run": run, "rows": lines, "of": _list(state), "alone": True, "reason": reason}
    if is_part():
        return shell.fragment("imports/rows.html", **values)
    return shell.page("imports/all_rows.html", states=STATES, **values)


@pages.post("/imports/<uuid:import_id>", who=SALES)
def change(import_id: Any) -> Any:
    """What the columns mean, and what the file left open."""
    run = parts.one("clients", "get_import", import_id=str(import_id))
    body = checked(api.ImportChange, {"sheets": _sheets(run), "answers": _answers(), "version": run["version"]})
    api.change_import(import_id, body)
    return done(f"/imports/{import_id}#rows")


@pages.post("/imports/<uuid:import_id>/reading", who=SALES)
def read_anew(import_id: Any) -> Any:
    """How the file is read, where somebody knows better."""
    run = parts.one("clients", "get_import", import_id=str(import_id))
    if sheets := _readings(run):
        body = checked(api.ImportChange, {"sheets": sheets, "version": run["version"]})
        api.change_import(import_id, body)
    return done(f"/imports/{import_id}")


@pages.post("/imports/<uuid:import_id>/rows/<n>", who=SALES)
def repair(import_id: Any, n: str) -> Any:
    """Put other values into a row; it turns from yellow when they are right."""
    cells = {name.removeprefix("cell."): request.form[name] for name in request.form if name.startswith("cell.")}
    line = api.repair_import_row(import_id, forms.whole("n", n), checked(api.Repair, {"cells": cells}))
    if not is_part():
        text = _("Line %(line)s is good now", line=line["line"]) if line["state"] == "good" else ""
        return done(f"/imports/{import_id}#rows", Toast(text or _("Line %(line)s is not good yet", line=line["line"])))
    return shell.fragment(
        "imports/repaired.html", row=line, reason=reason, form=Form(), **_around(str(import_id), line)
    )


@pages.post("/imports/<uuid:import_id>/commit", who=SALES)
def commit(import_id: Any) -> Any:
    """Bring the rows in."""
    forms.sent()
    try:
        api.commit_import(import_id, api.Commit(only_good=request.form.get("only_good") == "true"))
    except Problem as problem:
        if not editing.fits(problem) and problem.status != Invalid.status:
            raise
        found = _parts(str(import_id))
        form = Form().refused(problem)
        return shell.page("imports/import.html", problem.status, **_values(found["run"].needed(), found, form))
    return done(f"/imports/{import_id}")


@pages.post("/imports/<uuid:import_id>/undo", who=SALES)
def undo(import_id: Any) -> Any:
    """Take it back."""
    forms.sent()
    api.undo_import(import_id)
    return done(f"/imports/{import_id}", Toast(_("What was brought in is being taken back.")))


@pages.post("/imports/<uuid:import_id>/delete", who=SALES)
def delete(import_id: Any) -> Any:
    """Throw the file away."""
    api.delete_import(import_id)
    return done("/imports", Toast(_("Thrown away")))


def _list(state: str) -> str:
    """The list of rows to be repaired that is of this state; "" for none."""
    return state if state in ("bad", "refused") else ""


def _around(import_id: str, line: dict[str, Any]) -> dict[str, Any]:
    """What else of its page shows a row that was repaired: the count of its list, the first rows if it is of them."""
    mine, alone = {"import_id": import_id}, "alone" in request.args
    calls = {
        "run": Call("clients", "get_import", mine),
        "first": None if alone else Call("clients", "import_rows", mine | {"limit": _FIRST}),
    }
    found = parts.ask(calls)
    run, part = found["run"].needed(), found.get("first")
    first = part.value["items"] if part and run["state"] == "ready" else []
    shown = line["sheet"] == 0 and any(each["n"] == line["n"] for each in first)
    return {"run": run, "alone": alone, "of": _list(request.args.get("of", "")), "first": first if shown else []}


def _parts(import_id: str) -> dict[str, parts.Part]:
    mine: dict[str, Any] = {"import_id": import_id}
    found = parts.ask(
        {
            "run": Call("clients", "get_import", mine),
            "bad": Call("clients", "import_rows", mine | {"state": "bad", "limit": _SHOWN}),
            "refused": Call("clients", "import_rows", mine | {"state": "refused", "limit": _SHOWN}),
            "noted": Call("clients", "import_rows", mine | {"state": "noted", "limit": _SHOWN}),
            "first": Call("clients", "import_rows", mine | {"limit": _FIRST}),
        }
    )
    found["run"].needed()
    return found


def _values(run: dict[str, Any], found: dict[str, parts.Part], form: Form | None = None) -> dict[str, Any]:
    role = r.signed_in().actor.role
    text = ngettext("%(num)s row", "%(num)s rows", run["rows"])
    return {
        "run": run,
        "parts": found,
        "form": form or Form(),
        "working": run["state"] in WORKING and not run["rows_gone"],
        "states": STATES,
        "steps": STEPS,
        "groups": groups(role, run["custom_fields"]),
        "words_of": WORDS_OF,
        "encodings": ENCODINGS,
        "separators": SEPARATORS,
        "counted": text,
        "reason": reason,
    }


def _sheets(run: dict[str, Any]) -> list[dict[str, Any]]:
    """The meanings that were chosen, by the places of the columns."""
    found = []
    for place, sheet in enumerate(run["sheets"]):
        names = [column["name"] for column in sheet["columns"]]
        chosen = {
            name: request.form[f"target.{place}.{number}"] or None
            for number, name in enumerate(names)
            if f"target.{place}.{number}" in request.form
        }
        skip = f"skip.{place}" in request.form
        found.append({"sheet": place, "mapping": chosen, "skip": skip})
    return found


def _readings(run: dict[str, Any]) -> list[dict[str, Any]]:
    """What was chosen of how the tables are read, by their places; nothing of those that are read so already. Of a file
    that could not be read the former way shows, which may be the one to go back to."""
    found, may_stay = [], run["state"] != "failed"
    for place, sheet in enumerate(run["sheets"]):
        sent = {name: request.form.get(f"{name}.{place}", "") for name in ("encoding", "separator", "header_line")}
        said: dict[str, Any] = {
            name: value for name, value in sent.items() if value and not (may_stay and value == str(sheet.get(name)))
        }
        if "header_line" in said:
            said["header_line"] = forms.whole("header_line", said["header_line"])
        if said:
            found.append({"sheet": place} | said)
    return found


def _answers() -> dict[str, Any]:
    """What was answered; an empty choice answers nothing."""
    typed = {name: value.strip() for name, value in request.form.items() if value.strip()}
    found: dict[str, Any] = {
        name: typed[name] for name in ("date_order", "decimal_mark", "currency", "company", "owner_id") if name in typed
    }
    if "currency" in found:
        found["currency"] = found["currency"].upper()
    owners = {name.removeprefix("owner."): value for name, value in typed.items() if name.startswith("owner.")}
    values: dict[str, dict[str, str]] = {}
    for name, value in typed.items():
        if match := _WORD.fullmatch(name):
            values.setdefault(match["field"], {})[match["word"]] = value
    return found | ({"owners": owners} if owners else {}) | ({"values": values} if values else {})
