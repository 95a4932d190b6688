"""One line of the form: a condition as it is typed, or a part of a filter that the form cannot show."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from libs.common import conditions
from libs.common.problems import Invalid
from services.gateway.web import forms
from services.gateway.web.custom import CustomField
from services.gateway.web.filtering.fields import DAYS, LISTS, WITHOUT_VALUE, Field, Fields

_AMOUNT = CustomField(name="", label="", kind="money", key="").reader
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass
class Row:
    """values: what is typed, or each that is ticked. kept: JSON of what the form cannot show; no field says it then."""

    field: str = "industry"
    op: str = ""
    values: tuple[str, ...] = ()
    other: str = ""
    kept: str = ""

    @property
    def value(self) -> str:
        """What stands in an input for one value."""
        return self.values[0] if self.values else ""

    @property
    def lacks_value(self) -> bool:
        """Whether a value that its operator needs is not there yet."""
        if self.kept or self.op in WITHOUT_VALUE:
            return False
        typed = [*self.values, self.other] if self.op == "between" else self.values
        says = all if self.op == "between" else any
        return not says(each.strip(" ,") for each in typed)


def row_of(node: Any, known: Fields) -> Row:
    """The row for a part of a filter; where it would not say the very same, that part is kept as it is."""
    row = _shown(node, known)
    return row if row and _says(row, node, known) else Row(kept=conditions.as_json(node))


def node_of(row: Row, known: Fields, at: str) -> Any:
    """What a row says; Invalid names it as ``at``."""
    if row.kept:
        return conditions.parsed(row.kept)
    node = {"field": row.field, "op": row.op}
    if row.op in WITHOUT_VALUE:
        return node
    if row.lacks_value:
        raise Invalid(_("Type a value, or remove this condition."), field=at)
    return node | {"value": _value(row, known.named(row.field), at)}


def _shown(node: Any, known: Fields) -> Row | None:
    if not isinstance(node, dict) or not isinstance(node.get("field"), str) or node["field"] not in known:
        return None
    of, op, value = known[node["field"]], node.get("op"), node.get("value")
    if op not in [name for name, _words in of.operators]:
        return None
    if op in WITHOUT_VALUE:
        return Row(of.name, op)
    typed = tuple(of.typed(each) for each in (value if isinstance(value, list) else [value]))
    if not all(_stays(each, op, of) for each in typed):
        return None
    if op == "between":
        return Row(of.name, op, typed[:1], "".join(typed[1:2]))
    return Row(of.name, op, (", ".join(typed),) if op in LISTS and not of.options else typed)


def _stays(typed: str, op: str, of: Field) -> bool:
    """Whether an input holds this text as it is: a browser leaves out what its kind of input does not take."""
    if op in DAYS:
        return True
    if of.options:
        return typed in dict(of.options)
    return not re.search(r"[\r\n]", typed) and (of.kind not in ("time", "date") or bool(_DAY.fullmatch(typed)))


def _says(row: Row, node: Mapping[str, Any], known: Fields) -> bool:
    try:
        made = node_of(row, known, "")
    except Invalid:
        return False
    # Beside an operator that takes no value, a value means nothing.
    rest = {name: value for name, value in node.items() if name != "value"}
    meant = known[row.field].meant
    return {**made, "value": None} == {**rest, "value": None} and (
        row.op in WITHOUT_VALUE or bool(meant(made["value"]) == meant(node.get("value")))
    )


def _value(row: Row, of: Field, at: str) -> Any:
    if row.op in DAYS:
        return _whole(row.value, at)
    if row.op == "between":
        return [_one(of, each, at) for each in (row.value, row.other)]
    if row.op in LISTS:
        typed = row.values if of.options else row.value.split(",")
        return [_one(of, each, at) for each in typed if each.strip()]
    return _one(of, row.value, at)


def _one(of: Field, typed: str, at: str) -> Any:
    if of.kind == "yes_no":
        return typed == "true"
    try:
        if of.kind == "money":
            return _amount(of, typed.strip(), at)
        return forms.amount(at, typed.strip()) if of.kind == "number" else typed.strip()
    except Invalid as problem:
        problem.field = at
        raise


def _amount(of: Field, typed: str, at: str) -> Any:
    """Of an own field an amount with its currency, else a number of the base currency."""
    read = {"currency": of.currency} | _AMOUNT(at, typed)
    if of.own:
        return read
    if read["currency"] != of.currency:
        raise Invalid(_("Amounts here are in %(currency)s.", currency=of.currency), field=at)
    return read["amount"]


def _whole(typed: str, at: str) -> int:
    if not re.fullmatch(r"\s*\d{1,6}\s*", typed):
        raise Invalid("a whole number is needed", field=at)
    return int(typed)
