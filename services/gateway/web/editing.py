"""Editing a record: one field in place or all in a form; and what happens when two people do it at once.

A form carries what it showed when it was opened. Where somebody saved in between, the fields only they changed stay
theirs, the fields only we changed become ours, and the rest is put before the person: what it was, theirs, ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response
from flask_babel import gettext as _

from libs.common.problems import Conflict, Invalid, NotFound, Problem
from services.gateway.web import forms
from services.gateway.web.formats import typed_amount
from services.gateway.web.forms import Form, Reader

WAS = "was."


@dataclass(frozen=True)
class Field:
    """One property of a record. kind: how it is typed; options: what a choice offers, as (value, word)."""

    name: str
    label: Any
    kind: str = "text"
    needed: bool = False
    longest: int = 200
    options: Callable[[], Sequence[tuple[str, Any]]] | None = None

    @property
    def reader(self) -> Reader:
        return {"amount": forms.amount, "tags": forms.words, "whole": forms.whole}.get(self.kind, forms.text)

    def typed(self, record: Mapping[str, Any]) -> str:
        """The value as it stands in an input."""
        if self.kind == "amount":
            return typed_amount(record.get(f"{self.name}_minor"), record["currency"])
        value = record.get(self.name)
        return ", ".join(value) if isinstance(value, list) else "" if value is None else str(value)


@dataclass(frozen=True)
class Difference:
    """A field that both changed: what it was, what the other one saved, what we typed."""

    field: Field
    was: str
    theirs: str
    ours: str


@dataclass(frozen=True)
class Merge:
    """merged: the values nobody disputes. clashes: those a person has to decide. theirs, version: what is there now."""

    merged: dict[str, str]
    clashes: list[Difference]
    theirs: dict[str, str]
    version: int


def form_of(record: Mapping[str, Any], fields: Sequence[Field]) -> Form:
    """A form that shows the record, and remembers what it showed."""
    values = {field.name: field.typed(record) for field in fields}
    return Form(
        values | {f"{WAS}{name}": value for name, value in values.items()} | {"version": str(record["version"])}
    )


def changes(form: Form, fields: Sequence[Field]) -> dict[str, Any]:
    """What was changed in the form, with the version it was loaded at, as the API takes it."""
    was = {field.name: _line_ends(form.values.get(WAS + field.name, "")) for field in fields}
    changed = [field for field in fields if _line_ends(form.values.get(field.name, "")) != was[field.name]]
    for field in changed:
        if field.needed and not str(form.values.get(field.name, "")).strip():
            raise Invalid(_("This is needed."), field=field.name)
    readers = {field.name: field.reader for field in changed}
    body = forms.read(readers, form.values, blanks=True)
    body |= {field.name: [] for field in changed if field.kind == "tags" and body.get(field.name) is None}
    return body | {"version": forms.whole("version", form.values.get("version", "0"))}


def merge(form: Form, fields: Sequence[Field], current: Mapping[str, Any]) -> Merge:
    """Bring what was typed together with what somebody else saved in between."""
    merged, clashes = {}, []
    for field in fields:
        was = _line_ends(form.values.get(WAS + field.name, ""))
        ours, theirs = _line_ends(form.values.get(field.name, was)), _line_ends(field.typed(current))
        if ours not in (was, theirs) and theirs != was:
            clashes.append(Difference(field, was, theirs, ours))
        else:
            merged[field.name] = theirs if ours == was else ours
    return Merge(merged, clashes, {field.name: field.typed(current) for field in fields}, int(current["version"]))


def save(
    form: Form,
    fields: Sequence[Field],
    update: Callable[[dict[str, Any]], dict[str, Any]],
    load: Callable[[], dict[str, Any]],
) -> dict[str, Any] | Merge:
    """Save the form: what the record is now, or what has to be decided first. Problems of fields are raised."""
    try:
        body = changes(form, fields)
        return update(body) if len(body) > 1 else load()
    except Conflict as conflict:
        current = load()
        if str(current["version"]) == form.values.get("version"):
            raise conflict from None
        found = merge(form, fields, current)
        if found.clashes:
            return found
        again = {f"{WAS}{name}": value for name, value in found.theirs.items()}
        fresh = Form(found.merged | again | {"version": str(found.version)})
        body = changes(fresh, fields)
        return update(body) if len(body) > 1 else current


def one(fields: Sequence[Field], name: str) -> Field:
    """The field of that name; NotFound for anything else."""
    for field in fields:
        if field.name == name:
            return field
    raise NotFound(_("there is no such page"))


def fits(problem: Problem) -> bool:
    """Whether a problem is one to show at the form, with all that was typed."""
    return problem.status in (409, 422, 503)


def _line_ends(text: str) -> str:
    return text.replace("\r\n", "\n")


def in_place(response: Response, field: Field) -> Response:
    """An answer that goes where the field stands, instead of the whole list of properties."""
    response.headers["HX-Retarget"] = f"#prop-{field.name}"
    response.headers["HX-Reswap"] = "innerHTML"
    return response
