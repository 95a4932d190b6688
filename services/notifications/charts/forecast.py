"""The forecast: what is expected by month, what stands in each stage, and the bridge between two days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from libs.reporting import word
from services.notifications.charts.columns import Column, Columns, Part, columns_chart
from services.notifications.charts.look import ACCENT, INK, SOFT, STEPS, SURFACE, Chart, Reader
from services.notifications.charts.marks import Room, Row, rows_chart
from services.notifications.charts.numbers import axis_money, brief, compact, deals, exact, major, month
from services.notifications.charts.words import say

Answer = Mapping[str, Any]
# From below: what is sure first, then what is nearest to it.
_FROM_BELOW = ("won", "negotiation", "proposal", "qualified", "lead")
SHADES = dict(zip(_FROM_BELOW, reversed(STEPS), strict=True))
OPEN = ("lead", "qualified", "proposal", "negotiation")


def forecast_by_month(answer: Answer, reader: Reader) -> Chart | None:
    """Weighted value by month, stacked by stage, with the target as a mark across each column."""
    months, currency = answer["months"], answer["currency"]
    if not any(each["weighted_minor"] or each.get("target_minor") for each in months):
        return None
    columns = [_column(answer, each, reader) for each in months]
    drawn = Columns(
        columns,
        stack=[say(word(stage), reader.language) for stage in _FROM_BELOW],
        labels=124,
        mark=say("Target", reader.language),
        label=lambda tick: axis_money(tick, currency, reader),
        narrow=reader.narrow,
    )
    return Chart(columns_chart(drawn), _by_month_alt(answer, reader))


def forecast_by_stage(answer: Answer, reader: Reader) -> Chart | None:
    """The open stages: the value of their deals, and the part of it that their weights let count."""
    stages = [each for each in answer["stages"] if each["stage"] in OPEN]
    if not any(each["count"] for each in stages):
        return None
    currency = answer["currency"]
    rows = [
        Row(
            label=say(word(each["stage"]), reader.language),
            value=major(each["value_minor"], currency),
            inner=major(each["weighted_minor"], currency),
            fill=STEPS[0],
            figure=compact(each["value_minor"], currency, reader),
            note=deals(each["count"], reader),
        )
        for each in stages
    ]
    foot = say("Full: weighted. Light: all of the value.", reader.language)
    spec = rows_chart(rows, Room(labels=116, notes=84, narrow=reader.narrow), foot=foot)
    said = "; ".join(
        say("{stage} {value}, weighted {weighted}, {deals}", reader.language).format(
            stage=say(word(each["stage"]), reader.language),
            value=exact(each["value_minor"], currency, reader),
            weighted=exact(each["weighted_minor"], currency, reader),
            deals=deals(each["count"], reader),
        )
        for each in stages
    )
    return Chart(spec, say("Open deals by stage: {said}.", reader.language, said=said))


def bridge(answer: Answer, reader: Reader) -> Chart | None:
    """A waterfall from what was open at the start to what is open at the end, a row for each way it changed."""
    currency = answer["currency"]
    parts = [each for each in answer["parts"] if each["count"] or each["value_minor"]]
    if not parts and not answer["start_minor"] and not answer["end_minor"]:
        return None
    start, end, language = answer["start_minor"], answer["end_minor"], reader.language
    rows = [_end(say("At the start", language), start, answer["start_count"], currency, reader)]
    reached = start
    said: list[str] = []
    for each in parts:
        label, change = say(word(each["kind"]), language), each["value_minor"]
        rows.append(
            Row(
                label=label,
                start=major(reached, currency),
                value=major(reached + change, currency),
                figure=("+" if change > 0 else "") + compact(change, currency, reader).replace("-", "−"),
                note=deals(each["count"], reader),
                fill=ACCENT if change >= 0 else SURFACE,
            )
        )
        reached += change
        said.append(f"{label} {exact(change, currency, reader)}")
    rows.append(_end(say("At the end", language), end, answer["end_count"], currency, reader))
    foot = say("Full: more. Hollow: less.", language)
    spoken = say(
        "From {start} at the start to {end} at the end: {said}.",
        language,
        start=exact(start, currency, reader),
        end=exact(end, currency, reader),
        said=", ".join(said) or say("nothing changed", language),
    )
    return Chart(rows_chart(rows, Room(labels=196, notes=84, narrow=reader.narrow), foot=foot), spoken)


def _column(answer: Answer, of_month: Answer, reader: Reader) -> Column:
    currency = answer["currency"]
    target = of_month.get("target_minor")
    rows = {row["stage"]: row["weighted_minor"] for row in answer["rows"] if row["month"] == of_month["month"]}
    if not set(rows) & set(_FROM_BELOW):
        parts = [Part("", major(of_month["weighted_minor"], currency))]
    else:
        parts = [
            Part(say(word(stage), reader.language), major(rows[stage], currency), SHADES[stage])
            for stage in _FROM_BELOW
            if rows.get(stage)
        ]
    return Column(
        month(of_month["month"], reader),
        parts,
        compact(of_month["weighted_minor"], currency, reader),
        brief(of_month["weighted_minor"], currency, reader),
        major(target, currency) if target is not None else None,
    )


def _by_month_alt(answer: Answer, reader: Reader) -> str:
    currency, language = answer["currency"], reader.language
    months = []
    for each in answer["months"]:
        said = f"{month(each['month'], reader)} {exact(each['weighted_minor'], currency, reader)}"
        if each.get("target_minor") is not None:
            said += " " + say("(target {target})", language, target=exact(each["target_minor"], currency, reader))
        months.append(said)
    total = exact(answer["total_weighted_minor"], currency, reader)
    said = say("Weighted value by month: {months}. Together {total}.", language, months=", ".join(months), total=total)
    stages = _by_stage(answer)
    if not stages:
        return said
    parts = [f"{say(word(stage), language)} {exact(minor, currency, reader)}" for stage, minor in stages.items()]
    return f"{said} {say('By stage: {stages}.', language, stages=', '.join(parts))}"


def _by_stage(answer: Answer) -> dict[str, int]:
    """What each stage that is drawn comes to over all months, weighted, from below."""
    months = {each["month"] for each in answer["months"]}
    sums = {
        stage: sum(row["weighted_minor"] for row in answer["rows"] if row["stage"] == stage and row["month"] in months)
        for stage in _FROM_BELOW
    }
    return {stage: minor for stage, minor in sums.items() if minor}


def _end(label: str, minor: int, number: int, currency: str, reader: Reader) -> Row:
    figure, note = compact(minor, currency, reader), deals(number, reader)
    return Row(label, major(minor, currency), figure, note, fill=SOFT, stroke=INK)
