"""How the pipeline moves: trend, funnel, velocity, stagnation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from libs.reporting import word
from services.notifications.charts.forecast import SHADES
from services.notifications.charts.lines import Line, Lines, lines_chart
from services.notifications.charts.look import ACCENT, STEPS, Chart, Reader
from services.notifications.charts.marks import Room, Row, rows_chart
from services.notifications.charts.numbers import axis_money, compact, count, days, deals, exact, major, month, share
from services.notifications.charts.words import say

Answer = Mapping[str, Any]


def trend(answer: Answer, reader: Reader) -> Chart | None:
    """Open value and what of it counts weighted, at the end of each month."""
    points, currency, language = answer["points"], answer["currency"], reader.language
    if not any(each["open_count"] or each["won"] or each["lost"] for each in points):
        return None
    last = points[-1]
    names = {"open_minor": say("Open value", language), "weighted_minor": say("Weighted", language)}
    lines = [
        Line(
            names[name],
            [major(each[name], currency) for each in points],
            compact(last[name], currency, reader),
            stroke=stroke,
            filled=name == "open_minor",
        )
        for name, stroke in (("open_minor", STEPS[2]), ("weighted_minor", ACCENT))
    ]
    drawn = Lines(
        [month(each["month"], reader) for each in points],
        lines,
        lambda tick: axis_money(tick, currency, reader),
        narrow=reader.narrow,
    )
    spoken = say(
        "Open pipeline from {first} to {last}: from {start} to {end}, weighted from {low} to {high}.",
        language,
        first=month(points[0]["month"], reader),
        last=month(last["month"], reader),
        start=exact(points[0]["open_minor"], currency, reader),
        end=exact(last["open_minor"], currency, reader),
        low=exact(points[0]["weighted_minor"], currency, reader),
        high=exact(last["weighted_minor"], currency, reader),
    )
    return Chart(lines_chart(drawn), spoken)


def funnel(answer: Answer, reader: Reader) -> Chart | None:
    """How many of the deals that were created got as far as each stage."""
    stages, language = answer["stages"], reader.language
    if not answer["created"]:
        return None
    rows = [
        Row(
            say(word(each["stage"]), language),
            each["count"],
            count(each["count"], reader),
            share(each["step"], reader) if each["step"] is not None else "",
            fill=SHADES[each["stage"]],
        )
        for each in stages
    ]
    spec = rows_chart(
        rows, Room(labels=116, notes=112, narrow=reader.narrow), heading=say("Of the stage before", language)
    )
    said = ", ".join(
        f"{say(word(each['stage']), language)} {count(each['count'], reader)} ({share(each['share'], reader)})"
        for each in stages
    )
    return Chart(spec, say("How far deals got: {said}.", language, said=said))


def velocity(answer: Answer, reader: Reader) -> Chart | None:
    """Median days in each stage, with what is usual there as a mark: three of four stays are shorter."""
    stages, language = answer["stages"], reader.language
    if not any(each["stays"] for each in stages):
        return None
    rows = [
        Row(
            say(word(each["stage"]), language),
            each["median_days"] or 0.0,
            _usual(each, reader),
            say("{n} stays", language, n=count(each["stays"], reader)),
            tick=each["usual_days"],
        )
        for each in stages
    ]
    foot = say("Bar: median. Mark: three of four stays are shorter.", language)
    said = "; ".join(
        say(
            "{stage}: median {median}, usual {usual}",
            language,
            stage=say(word(each["stage"]), language),
            median=days(each["median_days"], reader),
            usual=days(each["usual_days"], reader),
        )
        for each in stages
    )
    spec = rows_chart(rows, Room(labels=116, figures=150, notes=84, narrow=reader.narrow), foot=foot)
    return Chart(spec, say("Days in a stage: {said}.", language, said=said))


def stagnation(answer: Answer, reader: Reader) -> Chart | None:
    """How many deals stand still in each stage, and for how long by now."""
    stages, language = answer["stages"], reader.language
    if not any(each["count"] for each in stages):
        return None
    rows = [
        Row(
            say(word(each["stage"]), language),
            each["count"],
            deals(each["count"], reader),
            days(each["median_idle_days"], reader) if each["count"] else "",
        )
        for each in stages
    ]
    heading = say("Without activity (median)", language)
    said = ", ".join(f"{say(word(each['stage']), language)} {deals(each['count'], reader)}" for each in stages)
    spec = rows_chart(rows, Room(labels=116, notes=148, narrow=reader.narrow), heading=heading)
    return Chart(spec, say("Deals that stand still by stage: {said}.", language, said=said))


def _usual(of_stage: Answer, reader: Reader) -> str:
    median = days(of_stage["median_days"], reader)
    if of_stage["usual_days"] is None:
        return median
    usual = count(of_stage["usual_days"], reader)
    return say("{median}, usual {usual}", reader.language, median=median, usual=usual)
