"""Targets: what is to be won in each month of a year, by the company and by each person."""

from __future__ import annotations

import re
from typing import Any

from flask import request
from flask_babel import gettext as _

from libs.common.problems import Invalid, Problem
from libs.common.rpc.client import Call
from services.gateway.api import requests as r
from services.gateway.api import targets as api
from services.gateway.api.reports import parameters as p
from services.gateway.api.routing import checked
from services.gateway.web import editing, forms, parts, shell
from services.gateway.web.formats import typed_amount
from services.gateway.web.forms import Form
from services.gateway.web.routing import ADMIN, Pages, done
from services.gateway.web.toasts import Toast

pages = Pages("settings_targets")

COMPANY = "company"
_CELL = re.compile(r"target\.([\w-]+)\.(\d{4}-\d{2})")
_WAS = "was."


@pages.get("/settings/targets", who=ADMIN)
def targets() -> Any:
    """A year's targets, a row for the company and one for each person."""
    return _page(_year(), None)


@pages.post("/settings/targets", who=ADMIN)
def save() -> Any:
    """Set what was changed; what nobody touched stays, whatever somebody else made of it meanwhile."""
    form = forms.sent()
    year, changed = _year(), list[tuple[str, dict[str, Any]]]()
    try:
        changed = _changed(form)
        if changed:
            api.set_targets(checked(api.TargetsNew, {"targets": [each for _name, each in changed]}))
    except Problem as problem:
        if not editing.fits(problem):
            raise
        form.refused(problem)
        form.errors = {_cell_of(name, changed): text for name, text in form.errors.items()}
        return _page(year, form, problem.status)
    return done(f"/settings/targets?year={year}", Toast(_("Saved")))


def _year() -> int:
    typed = request.args.get("year", "") or str(p.today().year)
    if not re.fullmatch(r"(19[7-9]|20\d|21\d)\d", typed):
        raise Invalid(_("This is no year."), field="year")
    return int(typed)


def _changed(form: Form) -> list[tuple[str, dict[str, Any]]]:
    """The cells that are not as they were shown, with their names."""
    found = []
    for name, typed in form.values.items():
        cell = _CELL.fullmatch(name)
        if cell and typed.strip() != form.values.get(_WAS + name, "").strip():
            amount = forms.amount(name, typed) if typed.strip() else None
            owner = None if cell[1] == COMPANY else cell[1]
            found.append((name, {"month": cell[2], "owner_id": owner, "amount": amount}))
    return found


def _cell_of(name: str, changed: list[tuple[str, dict[str, Any]]]) -> str:
    """The cell that the API calls the third of its targets."""
    at = re.match(r"targets\.(\d+)", name)
    return changed[int(at[1])][0] if at and int(at[1]) < len(changed) else name


def _page(year: int, form: Form | None, status: int = 200) -> Any:
    months = [f"{year}-{month:02d}" for month in range(1, 13)]
    found = parts.ask({"targets": Call("deals", "list_targets", {"from_month": months[0], "to_month": months[-1]})})
    kept = {_name(each["owner_id"], each["month"]): each for each in found["targets"].get("items", [])}
    shown = {name: typed_amount(each["amount_minor"], each["currency"]) for name, each in kept.items()}
    if form is None:
        form = Form(dict(shown))
    rows = [(COMPANY, _("The company")), *((each["id"], each["name"]) for each in shell.owners())]
    gone = {each["owner_id"] for each in kept.values()} - {None, *(owner for owner, _label in rows)}
    people = shell.people()
    rows += [(owner, people.get(owner, {}).get("name") or _("Somebody who left")) for owner in sorted(gone)]
    sums = {owner: sum(each["amount_minor"] for each in kept.values() if (each["owner_id"] or COMPANY) == owner)
            for owner, _label in rows}  # fmt: skip
    base = r.gateway().settings.base_currency
    values = {"months": months, "rows": rows, "was": shown, "sums": sums, "year": year, "base": base}
    return shell.page("settings/targets.html", status, parts=found, form=form, **values)


def _name(owner_id: str | None, month: str) -> str:
    return f"target.{owner_id or COMPANY}.{month}"
