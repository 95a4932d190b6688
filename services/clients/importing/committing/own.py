"""Values of the fields that the company made: whether they still fit, and what of them is news to a record."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from libs.common import custom_fields
from libs.common.problems import Invalid
from services.clients.importing.committing.batch import Batch


def fit(batch: Batch, entity: str) -> None:
    """Refuse the lines of which a value does not fit its field any more: fields are changed and archived meanwhile."""
    lines = [line for line in batch.lines if line.goes_on and getattr(line.reading, entity).get("custom")]
    if not lines:
        return
    known = custom_fields.held(batch.uow.session, entity)
    for line in lines:
        values = getattr(line.reading, entity)
        try:
            values["custom"] = custom_fields.read(known, values["custom"])
        except Invalid as error:
            line.refuse(f"{entity}.{error.field}", str(error))


def news(record: Any, values: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """What a row says otherwise than a record, of these fields. An empty cell says nothing, and so the company's own
    fields that no cell speaks of keep their values."""
    if values.get("custom"):
        values = values | {"custom": custom_fields.merged(record.custom, values["custom"])}
    return {
        name: values[name]
        for name in names
        if values.get(name) is not None and values[name] != getattr(record, name, None)
    }
