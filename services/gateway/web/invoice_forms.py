"""An invoice as a form: its lines, what the API takes of them, and two people's drafts brought together."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from libs.common.problems import Invalid
from services.gateway.web import editing, forms
from services.gateway.web.editing import WAS, Field, Merge
from services.gateway.web.formats import exact, typed_amount
from services.gateway.web.forms import Form

MOST_LINES = 200
LINES = "lines"
_LINE_FIELD = re.compile(r"lines\.([0-9]{1,3})\.(description|quantity|unit_price)")
HEAD: dict[str, forms.Reader] = dict.fromkeys(("currency", "due_date", "description", "notes"), forms.text)


def decimal(name: str, typed: str) -> Decimal:
    """A quantity or a percentage, in the reader's way of writing."""
    return forms.amount(name, typed.removesuffix("%").strip())


PERCENT: dict[str, forms.Reader] = {"discount_percent": decimal, "tax_percent": decimal}
LINE: dict[str, forms.Reader] = {"description": forms.text, "quantity": decimal, "unit_price": forms.amount}


class _Lines(Field):
    """All lines as one property: who changed any of them changed the work as a whole."""

    def typed(self, record: Mapping[str, Any]) -> str:
        return str(record[LINES])


FIELDS: tuple[Field, ...] = (
    Field("due_date", _l("Due")),
    Field("currency", _l("Currency")),
    Field("description", _l("Subject")),
    _Lines(LINES, _l("Lines"), "lines"),
    Field("discount_percent", _l("Discount in percent")),
    Field("tax_percent", _l("Tax in percent")),
    Field("notes", _l("Notes on the invoice")),
)


def rows(form: Form) -> list[int]:
    """The numbers of the lines in the form; an empty form has one line."""
    numbers = {int(found[1]) for name in form.values if (found := _LINE_FIELD.fullmatch(name))}
    return sorted(number for number in numbers if number < MOST_LINES) or [0]


def typed_lines(form: Form) -> list[list[str]]:
    """The lines that say something, as they were typed: description, quantity, unit price."""
    all_rows = [[form.values.get(f"lines.{number}.{name}", "").strip() for name in LINE] for number in rows(form)]
    return [row for row in all_rows if row[0] or row[2]]


def body(form: Form) -> dict[str, Any]:
    """The invoice as the API takes it; lines without any word or price are left out."""
    lines, faults = [], []
    for number in rows(form):
        typed = {name: form.values.get(f"lines.{number}.{name}", "").strip() for name in LINE}
        if not typed["description"] and not typed["unit_price"]:
            continue
        missing = [name for name in ("description", "unit_price") if not typed[name]]
        faults += [{"field": f"lines.{number}.{name}", "message": _("This is needed.")} for name in missing]
        filled = [name for name in LINE if typed[name]]
        lines.append({name: LINE[name](f"lines.{number}.{name}", typed[name]) for name in filled})
    if not lines and not faults:
        faults.append({"field": f"lines.{rows(form)[0]}.description", "message": _("An invoice needs a line.")})
    if faults:
        problem = Invalid(_("A line is not complete."))
        problem.extra = {"errors": faults}
        raise problem
    return forms.read(HEAD, form.values) | forms.read(PERCENT, form.values) | {LINES: lines}


def form_of(invoice: Mapping[str, Any]) -> Form:
    """A draft as it stands in the form, which remembers what it showed."""
    shown = _shown(invoice)
    values = shown | {f"{WAS}{name}": value for name, value in shown.items()}
    values |= {"client_id": invoice["client_id"], "deal_id": invoice["deal_id"] or ""}
    return spread(Form(values | {"version": str(invoice["version"])}))


def spread(form: Form) -> Form:
    """The lines as fields of their own, where they came as one property."""
    lines = form.values.pop(LINES, None)
    for number, row in enumerate(_rows_of(lines)):
        form.values |= {f"lines.{number}.{name}": value for name, value in zip(LINE, row, strict=True)}
    return form


def merge(form: Form, invoice: Mapping[str, Any]) -> Merge:
    """What was typed beside what somebody else saved, field by field, the lines as one."""
    typed = Form(form.values | {LINES: json.dumps(typed_lines(form))})
    return editing.merge(
        typed, FIELDS, _shown(invoice) | {"version": invoice["version"], "currency": invoice["currency"]}
    )


def words(lines: str) -> str:
    """Lines for people to read: one each."""
    return "\n".join(f"{quantity or 1} × {text}: {price}" for text, quantity, price in _rows_of(lines))


def _shown(invoice: Mapping[str, Any]) -> dict[str, str]:
    """A draft's values as they stand in inputs."""
    values = {name: str(invoice[name] or "") for name in HEAD}
    values |= {name: "" if invoice[name] == "0" else exact(invoice[name]) for name in PERCENT}
    prices = [typed_amount(line["unit_price_minor"], invoice["currency"]) for line in invoice[LINES]]
    lines = zip(invoice[LINES], prices, strict=True)
    typed = [[line["description"], exact(line["quantity"]), price] for line, price in lines]
    return values | {LINES: json.dumps(typed)}


def _rows_of(lines: str | None) -> list[list[str]]:
    try:
        found = json.loads(lines or "[]")
    except ValueError:
        return []
    whole = [row for row in found if isinstance(row, list) and len(row) == len(LINE)] if isinstance(found, list) else []
    return [[str(value) for value in row] for row in whole[:MOST_LINES]]
