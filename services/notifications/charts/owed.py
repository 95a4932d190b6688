"""What clients owe, and how soon they pay."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from libs.reporting.owed import BUCKETS
from services.notifications.charts.columns import Column, Columns, Part, columns_chart
from services.notifications.charts.look import STEPS, Chart, Reader
from services.notifications.charts.marks import Room, Row, rows_chart
from services.notifications.charts.numbers import compact, count, exact, month
from services.notifications.charts.words import say

Answer = Mapping[str, Any]
_LABELS = {each.key: each.label for each in BUCKETS}
# The longer it is due, the darker.
_SHADES = dict(zip(_LABELS, STEPS, strict=True))
_CURRENCIES = 3


def receivables(answer: Answer, reader: Reader) -> Chart | None:
    """What is owed by how long it has been due, each currency by itself: amounts of two are not compared."""
    owed = [each for each in answer["currencies"] if each["total_minor"]]
    owed.sort(key=lambda each: -sum(bucket["count"] for bucket in each["buckets"]))
    owed = owed[:_CURRENCIES]
    if not owed:
        return None
    rows = [row for each in owed for row in _rows(each, many=len(owed) > 1, reader=reader)]
    said = "; ".join(_said(each, reader) for each in owed)
    return Chart(
        rows_chart(rows, Room(labels=188, notes=96, narrow=reader.narrow)),
        say("What is owed: {said}.", reader.language, said=said),
    )


def payment_time(answer: Answer, reader: Reader) -> Chart | None:
    """Median days from issue to payment, by the month of payment."""
    months, language = answer["months"], reader.language
    if not any(each["invoices"] for each in months):
        return None
    columns = [
        Column(
            month(each["month"], reader),
            [Part("", each["median_days"] or 0.0)],
            count(each["median_days"], reader) if each["median_days"] is not None else "–",
        )
        for each in months
    ]
    note = say("Median days from issue to payment", language)
    spec = columns_chart(Columns(columns, label=lambda tick: count(tick, reader), note=note, narrow=reader.narrow))
    said = ", ".join(
        f"{month(each['month'], reader)} {count(each['median_days'], reader)}"
        for each in months
        if each["median_days"] is not None
    )
    return Chart(spec, say("Median days until payment by month: {said}.", language, said=said))


def _rows(of_currency: Answer, *, many: bool, reader: Reader) -> list[Row]:
    currency = of_currency["currency"]
    longest = max(1, *(bucket["amount_minor"] for bucket in of_currency["buckets"]))
    prefix = f"{currency} · " if many else ""
    return [
        Row(
            prefix + say(_LABELS[each["bucket"]], reader.language),
            # Each currency has a scale of its own: its largest bar is as long as that of any other.
            each["amount_minor"] / longest,
            compact(each["amount_minor"], currency, reader),
            say("{n} invoice" if each["count"] == 1 else "{n} invoices", reader.language, n=each["count"]),
            fill=_SHADES[each["bucket"]],
        )
        for each in of_currency["buckets"]
    ]


def _said(of_currency: Answer, reader: Reader) -> str:
    currency = of_currency["currency"]
    buckets = ", ".join(
        f"{say(_LABELS[each['bucket']], reader.language)} {exact(each['amount_minor'], currency, reader)}"
        for each in of_currency["buckets"]
    )
    return f"{exact(of_currency['total_minor'], currency, reader)}: {buckets}"
