"""A record on its page: one property edited where it stands, or all of them in a form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from libs.common.problems import Problem
from services.gateway.web import editing, forms, shell
from services.gateway.web.editing import Field, Merge
from services.gateway.web.routing import done
from services.gateway.web.toasts import Toast

Document = dict[str, Any]


@dataclass(frozen=True)
class Record:
    """kind: what templates call it, as in "client". base: its address. title: the field that names it."""

    kind: str
    base: str
    title: str
    fields: Sequence[Field]
    load: Callable[[], Document]
    update: Callable[[Document], Document]


def show_field(record: Record, name: str) -> Response:
    """One property as an input, in its place; ``?read`` gives the property back as it is."""
    chosen, now = editing.one(record.fields, name), record.load()
    if "read" in request.args:
        return shell.fragment("edit/prop.html", record=now, field=chosen, base=record.base)
    form = editing.form_of(now, [chosen])
    return shell.fragment("edit/field.html", form=form, field=chosen, base=record.base)


def save_field(record: Record, name: str) -> Response:
    """Save one property; the list of them comes back, with everybody's changes."""
    form, chosen = forms.sent(), editing.one(record.fields, name)
    try:
        saved = editing.save(form, [chosen], record.update, record.load)
    except Problem as problem:
        if not editing.fits(problem):
            raise
        again: Document = {"form": form.refused(problem), "field": chosen, "base": record.base}
        return editing.in_place(shell.fragment("edit/field.html", **again), chosen)
    if isinstance(saved, Merge):
        clash: Document = {"clash": saved.clashes[0], "version": saved.version, "field": chosen, "base": record.base}
        return editing.in_place(shell.fragment("edit/clash.html", **clash), chosen)
    shown: Document = {record.kind: saved, "fields": record.fields}
    return shell.fragment(f"{record.kind}s/props.html", **shown)


def show_form(record: Record) -> Response:
    """All properties in one form."""
    now = record.load()
    return _form(record, now, editing.form_of(now, record.fields))


def save_form(record: Record) -> Response:
    """Save the form; where somebody else saved meanwhile, show both versions."""
    form = forms.sent()
    try:
        saved = editing.save(form, record.fields, record.update, record.load)
    except Problem as problem:
        if not editing.fits(problem):
            raise
        named = {"id": record.base.rsplit("/", 1)[1], record.title: form.values.get(editing.WAS + record.title, "")}
        return _form(record, named, form.refused(problem), problem.status)
    if isinstance(saved, Merge):
        shown = {"merge": saved, "form": form, "fields": record.fields}
        return shell.page("conflict.html", 409, **shown, action=f"{record.base}/edit", back=record.base)
    return done(record.base, Toast(_("Saved")))


def _form(record: Record, now: Document, form: forms.Form, status: int = 200) -> Response:
    shown = {record.kind: now, "form": form, "fields": record.fields}
    return shell.page(f"{record.kind}s/edit.html", status, **shown)
