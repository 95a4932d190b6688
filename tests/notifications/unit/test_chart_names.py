"""Whatever a chart draws is named, and the names lie within the picture: on a page, on paper, and on a phone."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any

import altair as alt
import pytest

from libs.reporting import word
from services.notifications import charts
from services.notifications.adapters.vega import VegaPainter
from services.notifications.charts import CHARTS, Reader
from services.notifications.charts.forecast import SHADES
from services.notifications.charts.look import NARROW, STEPS, WIDTH
from services.notifications.charts.words import say
from services.notifications.ports import Picture
from tests.notifications.unit.test_charts import DATA, NAMES
from tests.support.report_answers import FORECAST

PAINTER = VegaPainter()
FROM_BELOW = tuple(SHADES)
# Pixels that a character of the smallest words takes at the least.
CHARACTER = 5.0


def forecast(months: int = 3, *, without: tuple[tuple[int, str], ...] = (), thin: tuple[str, ...] = ()) -> Any:
    """A forecast of so many months; without: the stages that a month has not; thin: those that hardly count."""
    known = [each["month"] for each in FORECAST["months"]]
    made, rows = [], []
    for at in range(months):
        month, like = f"{2025 + at // 12}-{at % 12 + 1:02d}", known[at % 3]
        of_month = [
            row | {"month": month, "weighted_minor": row["weighted_minor"] // (100 if row["stage"] in thin else 1)}
            for row in FORECAST["rows"]
            if row["month"] == like and (at, row["stage"]) not in without
        ]
        rows += of_month
        weighted = sum(row["weighted_minor"] for row in of_month)
        made.append(FORECAST["months"][at % 3] | {"month": month, "weighted_minor": weighted})
    return FORECAST | {"months": made, "rows": rows}


# As the last month has all stages, some, or few; as they have room in a column or none; as there are many columns.
FORECASTS = {
    "the quarter": forecast(),
    "one month": forecast(1),
    "four months": forecast(4),
    "a year": forecast(12),
    "three years": forecast(36),
    "little in the last month": forecast(without=((2, "lead"), (2, "qualified"), (2, "negotiation"))),
    "stages that are hardly seen": forecast(thin=("won", "negotiation", "qualified", "lead")),
    "one stage": forecast(without=tuple((at, each) for at in range(3) for each in FROM_BELOW if each != "proposal")),
}


def picture(name: str, data: Any, *, narrow: bool, language: str = "en") -> Picture:
    chart = charts.drawn(name, data, Reader(language, NAMES, narrow))
    return PAINTER.svg(chart.spec, chart.alt)


def placed(made: Picture) -> Iterator[tuple[ET.Element, float, float]]:
    """Every shape and word with where it stands in the picture."""

    def within(element: ET.Element, x: float, y: float) -> Iterator[tuple[ET.Element, float, float]]:
        found = re.match(r"translate\(([-\d.]+),([-\d.]+)\)", element.get("transform", ""))
        if found:
            x, y = x + float(found[1]), y + float(found[2])
        yield element, x, y
        for child in element:
            yield from within(child, x, y)

    return within(ET.fromstring(made.svg), 0.0, 0.0)


def said(made: Picture) -> list[tuple[str, float, float, str]]:
    """The words of a picture: what, where, and which end of it is there."""
    return [
        ("".join(each.itertext()), x, y, each.get("text-anchor", "start"))
        for each, x, y in placed(made)
        if each.tag.endswith("}text")
    ]


def signs(made: Picture) -> dict[str, tuple[float, str]]:
    """The names that have a sign before them: how high they stand, and the shade of the sign."""
    shapes = [(x, y, each.get("fill", "")) for each, x, y in placed(made) if each.tag.endswith("}path")]
    found = {}
    for text, x, y, anchor in said(made):
        for at_x, at_y, fill in shapes:
            if anchor == "start" and fill in STEPS and 8 < x - at_x < 18 and abs(at_y - y) < 6:
                found[text] = (y, fill)
    return found


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("case", FORECASTS)
def test_every_stage_of_a_forecast_is_named_with_its_shade_as_it_is_stacked(
    case: str, narrow: bool, language: str
) -> None:
    answer = FORECASTS[case]
    made = picture("forecast_by_month", answer, narrow=narrow, language=language)
    stages = [each for each in FROM_BELOW if any(row["stage"] == each for row in answer["rows"])]
    found = signs(made)
    names = {say(word(stage), language): SHADES[stage] for stage in stages}
    assert {name: fill for name, (_y, fill) in found.items()} == names
    # Whoever sees no shades reads them in the order in which they lie upon each other.
    assert sorted(found, key=lambda name: -found[name][0]) == list(names)
    assert say("Target", language) in [text for text, *_ in said(made)]


@pytest.mark.parametrize("case", FORECASTS)
def test_no_shade_is_drawn_that_has_no_name(case: str) -> None:
    for narrow in (False, True):
        made = picture("forecast_by_month", FORECASTS[case], narrow=narrow)
        drawn = {each.get("fill") for each, _x, _y in placed(made) if each.get("fill") in STEPS}
        assert drawn == {fill for _y, fill in signs(made).values()}


@pytest.mark.parametrize("case", FORECASTS)
def test_what_a_forecast_says_names_each_stage_with_its_sum(case: str) -> None:
    answer = FORECASTS[case]
    spoken = charts.drawn("forecast_by_month", answer, Reader()).alt
    for stage in FROM_BELOW:
        minor = sum(row["weighted_minor"] for row in answer["rows"] if row["stage"] == stage)
        assert (f"{word(stage)} {charts.numbers.exact(minor, 'USD', Reader())}" in spoken) == (minor > 0)


def test_a_target_of_months_before_the_last_is_named_too() -> None:
    answer = forecast()
    answer["months"][-1] = answer["months"][-1] | {"target_minor": None}
    for narrow in (False, True):
        assert "Target" in [text for text, *_ in said(picture("forecast_by_month", answer, narrow=narrow))]


def test_the_lines_of_a_trend_are_named_at_their_ends() -> None:
    for narrow in (False, True):
        made = picture("trend", DATA["trend"], narrow=narrow)
        assert {"Open value", "Weighted"} <= {text for text, *_ in said(made)}


@pytest.mark.parametrize("name", ["forecast_by_stage", "bridge", "velocity", "reps"])
def test_marks_that_mean_something_are_explained_below(name: str) -> None:
    for narrow in (False, True):
        words = " ".join(text for text, *_ in said(picture(name, DATA[name], narrow=narrow)))
        assert re.search(r"(Full|Bar): .*\. (Light|Hollow|Mark): .*\.|Mark: target\.", words), words


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("name", [*CHARTS, *FORECASTS])
def test_no_word_reaches_over_the_edge(name: str, narrow: bool, language: str) -> None:
    chart, data = (name, DATA[name]) if name in CHARTS else ("forecast_by_month", FORECASTS[name])
    made = picture(chart, data, narrow=narrow, language=language)
    if not name.startswith("summary_"):
        assert made.width == (NARROW if narrow else WIDTH)
    for text, x, y, anchor in said(made):
        length = CHARACTER * len(text)
        begins = x - length * {"start": 0, "middle": 0.5, "end": 1}[anchor]
        assert begins >= 0 and begins + length <= made.width and 0 < y < made.height, text


@pytest.mark.parametrize("name", CHARTS)
def test_a_narrow_chart_is_what_vega_lite_takes(name: str) -> None:
    alt.LayerChart.from_dict(charts.drawn(name, DATA[name], Reader(narrow=True)).spec, validate=True)
