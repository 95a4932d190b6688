"""Who and what wins: win rate, sources, reps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from libs.reporting import word
from libs.reporting.shown import NOBODY
from services.notifications.charts.columns import Column, Columns, Part, columns_chart
from services.notifications.charts.look import Chart, Reader
from services.notifications.charts.marks import Room, Row, rows_chart
from services.notifications.charts.numbers import compact, count, exact, major, month, share
from services.notifications.charts.words import say

Answer = Mapping[str, Any]
# The longest lists would be no picture any more.
_ROWS = 12
_SAID = "{who} {value} (win rate {rate})"
_SAID_OF_TARGET = "{who} {value} (win rate {rate}, target {target})"
_SOME_MONTHS = "Targets are of some of these months: see the table."


def win_rate(answer: Answer, reader: Reader) -> Chart | None:
    """The share that was won of the deals that closed: over months as columns, else as rows."""
    rows, language = answer["rows"], reader.language
    if not any(each["won"] or each["lost"] for each in rows):
        return None
    label = _labels(answer["group_by"], reader)
    of_month = answer["group_by"] == "month"
    spec = _rates_by_month(rows, reader) if of_month else _rates(rows[:_ROWS], label, reader)
    said = ", ".join(f"{label(each['key'])} {share(each['win_rate'], reader)}" for each in rows)
    total = answer["total"]
    spoken = say(
        "Win rate over all {rate}, {won} won and {lost} lost: {said}.",
        language,
        rate=share(total["win_rate"], reader),
        won=count(total["won"], reader),
        lost=count(total["lost"], reader),
        said=said,
    )
    return Chart(spec, spoken)


def sources(answer: Answer, reader: Reader) -> Chart | None:
    """Won value of each source, with its win rate beside it."""
    rows = [each for each in answer["rows"] if each["created"] or each["won"] or each["lost"]][:_ROWS]
    return _won(rows, answer["currency"], _labels("source", reader), "source", reader)


def reps(answer: Answer, reader: Reader) -> Chart | None:
    """Won value of each person, with the target as a mark where all that was won counts towards it."""
    rows = [each for each in answer["rows"] if each["created"] or each["won"] or each.get("target_minor")][:_ROWS]
    return _won(rows, answer["currency"], _labels("owner", reader), "owner_id", reader)


def _won(rows: list[Answer], currency: str, label: Any, key: str, reader: Reader) -> Chart | None:
    language = reader.language
    if not rows:
        return None
    with_target = [each for each in rows if each.get("target_minor")]
    # A target of some of the months is no measure of what was won in all of them.
    whole = all(each["attained_minor"] == each["won_minor"] for each in with_target)
    if not whole:
        rows = [{**each, "target_minor": None} for each in rows]
    drawn = [
        Row(
            label(each[key]),
            major(each["won_minor"], currency),
            _of_target(each, currency, reader),
            share(each["win_rate"], reader),
            tick=major(each["target_minor"], currency) if each.get("target_minor") else None,
        )
        for each in rows
    ]
    targets = any(row.tick for row in drawn)
    said = ", ".join(
        say(
            _SAID_OF_TARGET if each.get("target_minor") else _SAID,
            language,
            who=label(each[key]),
            value=exact(each["won_minor"], currency, reader),
            rate=share(each["win_rate"], reader),
            target=exact(each.get("target_minor") or 0, currency, reader),
        )
        for each in rows
    )
    spec = rows_chart(
        drawn,
        Room(labels=150, figures=150 if targets else 84, notes=84, narrow=reader.narrow),
        heading=say("Win rate", language),
        foot=say("Mark: target.", language) if targets else "" if whole else say(_SOME_MONTHS, language),
    )
    return Chart(spec, say("Won value: {said}.", language, said=said))


def _of_target(row: Answer, currency: str, reader: Reader) -> str:
    value = compact(row["won_minor"], currency, reader)
    if not row.get("target_minor"):
        return value
    target = compact(row["target_minor"], currency, reader)
    return say("{value} of {target}", reader.language, value=value, target=target)


def _rates_by_month(rows: Any, reader: Reader) -> dict[str, Any]:
    columns = [
        Column(
            month(each["key"], reader),
            [Part("", 100 * (each["win_rate"] or 0.0))],
            f"{count(round(100 * each['win_rate']), reader)}" if each["win_rate"] is not None else "–",
        )
        for each in rows
    ]
    note = say("Percent of closed deals that were won", reader.language)
    return columns_chart(
        Columns(columns, label=lambda tick: f"{tick:g} %", highest=100.0, note=note, narrow=reader.narrow)
    )


def _rates(rows: Any, label: Any, reader: Reader) -> dict[str, Any]:
    drawn = [
        Row(
            label(each["key"]),
            100 * (each["win_rate"] or 0.0),
            share(each["win_rate"], reader),
            say("{won} of {all}", reader.language, won=each["won"], all=each["won"] + each["lost"]),
        )
        for each in rows
    ]
    return rows_chart(
        drawn, Room(labels=150, notes=96, narrow=reader.narrow), heading=say("Won of closed", reader.language)
    )


def _labels(group_by: str, reader: Reader) -> Any:
    """How the keys of a group are called."""
    if group_by == "month":
        return lambda key: month(key, reader)
    if group_by == "owner":
        return lambda key: say(NOBODY, reader.language) if key is None else reader.names.get(key, "?")
    return lambda key: say(word(key), reader.language)
