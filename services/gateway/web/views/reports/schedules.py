"""Reports by mail, every day, week or month."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from libs.common.problems import NotFound, Problem
from libs.common.rpc.client import Call
from services.gateway.api import requests as r
from services.gateway.api import schemas as s
from services.gateway.api.reports import mailed as api
from services.gateway.api.routing import checked
from services.gateway.models import users
from services.gateway.web import editing, forms, of_segment, parts, shell, words
from services.gateway.web.formats import day
from services.gateway.web.forms import Form
from services.gateway.web.listing import PAGE, given
from services.gateway.web.reporting import catalogue, periods
from services.gateway.web.routing import Pages, done
from services.gateway.web.toasts import Toast

pages = Pages("schedules")

CADENCES = {"daily": _l("Every day"), "weekly": _l("Every week"), "monthly": _l("Every month")}
WEEKDAYS = (
    _l("Monday"),
    _l("Tuesday"),
    _l("Wednesday"),
    _l("Thursday"),
    _l("Friday"),
    _l("Saturday"),
    _l("Sunday"),
)
FORMATS = {"pdf": "PDF", "xlsx": "Excel (XLSX)", "csv": "CSV"}
_SPAN = ("from", "to")
_OF_NO_SPAN = frozenset(each.report.kind for each in catalogue.PAGES.values() if not each.periods)
_FILTERS = ("owner_id", "segment_id", "source", "tag", "currency")
# A person has few; there is no call for one.
_ALL = Call("notifications", "list_schedules", {"limit": 200})


def _day(value: str) -> str:
    try:
        return day(value)
    except ValueError:
        return value  # what is wrong with it is said when it is sent


def _words_of(value: str) -> str:
    return ", ".join(words.word(each) for each in value.split(","))


# What comes along from the report, or was set over the API: it stands in the form to be kept or not.
_CARRIED: dict[str, tuple[Any, Callable[[str], str]]] = {
    "from": (_l("From"), _day),
    "to": (_l("Until"), _day),
    "stage": (_l("Stage"), _words_of),
    "client_id": (_l("Client"), lambda _id: _("only one")),
    "group_by": (_l("By"), _words_of),
    "measure": (_l("Measured"), words.word),
    "months": (_l("Months"), str),
    "idle_days": (_l("Days without activity"), str),
}
_WHOLE = ("months", "idle_days")
_READERS: dict[str, forms.Reader] = {
    "kind": forms.text,
    "format": forms.text,
    "cadence": forms.text,
    "weekday": forms.whole,
    "monthday": forms.whole,
    "hour": forms.whole,
    "version": forms.whole,
}


@pages.get("/reports/schedules")
def schedules() -> Any:
    """One's own schedules."""
    query = checked(s.Page, given("cursor") | {"limit": PAGE})
    calls = {"schedules": Call("notifications", "list_schedules", query.given()), "segments": of_segment.offered()}
    found = parts.ask(calls)
    names = _named(address for each in found["schedules"].get("items", []) for address in each["recipients"])
    return shell.page("reports/schedules.html", parts=found, names=names, **_words(found["segments"]))


@pages.get("/reports/schedules/new")
def new() -> Any:
    """The form for a new one, filled in as the report was looked at."""
    start = {"format": "pdf", "cadence": "weekly", "weekday": "0", "hour": "8"}
    if not given(*_SPAN) and given("kind").get("kind") not in _OF_NO_SPAN:
        start["period"] = "this_quarter"
    return _form(Form(start | given("kind", "period", *_FILTERS, *_CARRIED)))


@pages.post("/reports/schedules/new")
def create() -> Any:
    """Make one."""
    form = forms.sent()
    try:
        api.create_schedule(checked(api.ScheduleNew, _typed(form)))
    except Problem as problem:
        if not editing.fits(problem):
            raise
        return _form(_refused(form, problem), status=problem.status)
    return done("/reports/schedules", Toast(_("The report will be mailed")))


@pages.get("/reports/schedules/<uuid:schedule_id>")
def edit(schedule_id: Any) -> Any:
    """One of them, to be changed."""
    found = parts.ask({"schedules": _ALL, "segments": of_segment.offered()})
    schedule = _one_of(found["schedules"].needed()["items"], str(schedule_id))
    return _form(_of(schedule), schedule["id"], segments=found["segments"])


@pages.post("/reports/schedules/<uuid:schedule_id>")
def change(schedule_id: Any) -> Any:
    """Save it."""
    form = forms.sent()
    typed = {name: value for name, value in _typed(form).items() if name != "kind"}
    try:
        api.change_schedule(schedule_id, checked(api.ScheduleChange, typed))
    except Problem as problem:
        if not editing.fits(problem):
            raise
        return _form(_refused(form, problem), str(schedule_id), problem.status)
    return done("/reports/schedules", Toast(_("Saved")))


@pages.post("/reports/schedules/<uuid:schedule_id>/send")
def send(schedule_id: Any) -> Any:
    """Have it mailed now."""
    forms.sent()
    api.send_schedule_now(schedule_id)
    return done("/reports/schedules", Toast(_("The report is being made, and mailed then")))


@pages.post("/reports/schedules/<uuid:schedule_id>/delete")
def delete(schedule_id: Any) -> Any:
    """Take it away."""
    forms.sent()
    api.delete_schedule(schedule_id)
    return done("/reports/schedules", Toast(_("The report is mailed no more")))


def _one_of(schedules: Iterable[dict[str, Any]], schedule_id: str) -> dict[str, Any]:
    for each in schedules:
        if each["id"] == schedule_id:
            return dict(each)
    raise NotFound("there is no such schedule, or it is not yours")


def _of(schedule: dict[str, Any]) -> Form:
    plain = ("kind", "format", "cadence", "weekday", "monthday", "hour", "version")
    values = {name: "" if schedule.get(name) is None else str(schedule[name]) for name in plain}
    params = {
        name: ",".join(value) if isinstance(value, list) else str(value)
        for name, value in schedule["params"].items()
        if value is not None
    }
    named = _named(schedule["recipients"])
    return Form(values | params | {"recipients": [named[each].id for each in schedule["recipients"] if each in named]})


def _named(addresses: Iterable[str]) -> dict[str, Any]:
    """Who has these addresses: ``id`` and ``name`` by address."""
    columns = (users.c.id, users.c.name, users.c.email)
    with r.gateway().database.read() as session:
        found = session.execute(select(*columns).where(users.c.email.in_(set(addresses))))
        return {row.email: row for row in found}


def _typed(form: Form) -> dict[str, Any]:
    """What was typed, as the API takes it; the day only where the rhythm has one."""
    form.values["recipients"] = request.form.getlist("recipients")
    found = forms.read(_READERS, form.values)
    for rhythm, name in (("weekly", "weekday"), ("monthly", "monthday")):
        if found.get("cadence") != rhythm:
            found.pop(name, None)
    readers = dict.fromkeys(("period", *_FILTERS, *_CARRIED), forms.text) | dict.fromkeys(_WHOLE, forms.whole)
    # A period that moves takes the place of two days.
    gone = _SPAN if form.values.get("period") else ()
    params = forms.read(readers, {name: value for name, value in form.values.items() if name not in gone})
    return found | {"params": params, "recipients": form.values["recipients"]}


def _refused(form: Form, problem: Problem) -> Form:
    """Faults of a parameter, and of one address among several, stand at their field."""
    form.refused(problem)
    form.errors = {name.removeprefix("params.").split(".")[0]: text for name, text in form.errors.items()}
    return form


def _form(form: Form, schedule_id: str = "", status: int = 200, segments: parts.Part | None = None) -> Any:
    shown = _words(segments or parts.ask({"segments": of_segment.offered()})["segments"])
    if chosen := form.values.get("segment_id"):
        # One that is gone stays chosen: without it the report would be of everybody.
        shown["segments"].setdefault(chosen, "?")
    told = {name: form.values[name] for name in _CARRIED if form.values.get(name)}
    carried = [(name, _CARRIED[name][0], _CARRIED[name][1](value)) for name, value in told.items()]
    return shell.page("reports/schedule.html", status, form=form, schedule_id=schedule_id, carried=carried, **shown)


def _words(segments: parts.Part) -> dict[str, Any]:
    kinds = catalogue.titles()
    shown = {"kinds": kinds, "periods": periods.PERIODS, "cadences": CADENCES, "weekdays": WEEKDAYS, "formats": FORMATS}
    return shown | {"segments": of_segment.names(segments)}
