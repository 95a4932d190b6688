"""The two pictures of the morning mail: narrow, so that their words can be read on a phone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from libs.reporting import word
from services.notifications.charts.forecast import SHADES
from services.notifications.charts.look import Chart, Reader
from services.notifications.charts.marks import Room, Row, rows_chart
from services.notifications.charts.numbers import compact, count, deals, exact, major, short_day
from services.notifications.charts.words import say

Answer = Mapping[str, Any]
_WIDTH = 440


def summary_pipeline(answer: Answer, reader: Reader) -> Chart | None:
    """Open deals by stage: their value where all are in one currency, else their number."""
    stages = [each for each in answer["stages"] if each["stage"] in SHADES and each["stage"] != "won"]
    if not any(each["count"] for each in stages):
        return None
    currency = _currency([value for each in stages for value in each["values"]])
    rows = [_stage(each, currency, reader) for each in stages]
    said = ", ".join(f"{row.label} {_worth(each, reader)}" for row, each in zip(rows, stages, strict=True))
    spec = rows_chart(rows, Room(labels=108, figures=78, notes=66, whole=_WIDTH))
    return Chart(spec, say("Open deals by stage: {said}.", reader.language, said=said))


def summary_closing(answer: Answer, reader: Reader) -> Chart | None:
    """The deals that are to close within a week; amounts of two currencies are not drawn against each other."""
    items = answer["closing"]["items"]
    currency = _currency(items)
    if not items or currency is None:
        return None
    rows = [
        Row(
            each.get("company_name") or each["deal_name"],
            major(each["deal_value_minor"] or 0, currency),
            compact(each["deal_value_minor"], currency, reader) if each["deal_value_minor"] is not None else "–",
            short_day(each["expected_close_date"], reader),
            fill=SHADES[each["stage"]],
        )
        for each in items
    ]
    said = ", ".join(
        f"{row.label} {exact(each['deal_value_minor'] or 0, currency, reader)} ({row.note})"
        for row, each in zip(rows, items, strict=True)
    )
    spec = rows_chart(rows, Room(labels=164, figures=72, notes=52, whole=_WIDTH))
    return Chart(spec, say("Closing within a week: {said}.", reader.language, said=said))


def _stage(of_stage: Answer, currency: str | None, reader: Reader) -> Row:
    minor = sum(each["value_minor"] for each in of_stage["values"])
    label, number = say(word(of_stage["stage"]), reader.language), of_stage["count"]
    if currency is None:
        return Row(label, number, count(number, reader), fill=SHADES[of_stage["stage"]])
    figure = compact(minor, currency, reader)
    return Row(label, major(minor, currency), figure, deals(number, reader), fill=SHADES[of_stage["stage"]])


def _worth(of_stage: Answer, reader: Reader) -> str:
    values = [exact(each["value_minor"], each["currency"], reader) for each in of_stage["values"]]
    return ", ".join([deals(of_stage["count"], reader), *values])


def _currency(rows: Sequence[Answer]) -> str | None:
    """The one currency of all rows, None where there are several."""
    found = {each["currency"] for each in rows}
    return found.pop() if len(found) == 1 else None
