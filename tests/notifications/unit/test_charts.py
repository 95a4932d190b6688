"""Every chart: drawn from what reports answer, in a few known colours, its figures in words; nothing in it runs."""

from __future__ import annotations

import copy
import io
import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from typing import Any

import altair as alt
import pytest
from PIL import Image

from libs.brand import tokens
from services.notifications import charts
from services.notifications.adapters.vega import VegaPainter
from services.notifications.charts import CHARTS, Chart, Reader
from services.notifications.charts.numbers import brief, compact, exact, spread, ticks
from services.notifications.ports import Picture
from tests.support.actors import JESSICA, JOHN
from tests.support.report_answers import (
    BRIDGE,
    FORECAST,
    FUNNEL,
    PAYMENT_TIME,
    RECEIVABLES,
    REPS,
    SOURCES,
    STAGNATION,
    TREND,
    VELOCITY,
    WIN_RATE,
    WIN_RATE_BY_OWNER,
)
from tests.support.summary_answers import DEALS

DATA: dict[str, dict[str, Any]] = {
    "forecast_by_month": FORECAST,
    "forecast_by_stage": FORECAST,
    "bridge": BRIDGE,
    "trend": TREND,
    "win_rate": WIN_RATE,
    "funnel": FUNNEL,
    "velocity": VELOCITY,
    "sources": SOURCES,
    "reps": REPS,
    "receivables": RECEIVABLES,
    "payment_time": PAYMENT_TIME,
    "stagnation": STAGNATION,
    "summary_pipeline": DEALS,
    "summary_closing": DEALS,
}
NAMES = {JOHN.id: "John <script>alert(1)</script>", JESSICA.id: "Jessica Lee"}
ELEMENTS = {"svg", "g", "path", "line", "rect", "text", "tspan"}
PAINTER = VegaPainter()


def drawn(name: str, data: dict[str, Any] | None = None, language: str = "en") -> Chart:
    return charts.drawn(name, data or DATA[name], Reader(language, NAMES))


def picture(chart: Chart) -> Picture:
    return PAINTER.svg(chart.spec, chart.alt)


def texts(made: Picture) -> list[str]:
    return ["".join(each.itertext()) for each in ET.fromstring(made.svg).iter() if each.tag.endswith("}text")]


def emptied(value: Any) -> Any:
    """The same answer with nothing in it."""
    if isinstance(value, dict):
        return {name: emptied(each) for name, each in value.items()}
    if isinstance(value, list):
        return [emptied(each) for each in value if isinstance(each, dict) and set(each) >= {"stage", "count"}]
    return 0 if isinstance(value, int) and not isinstance(value, bool) else value


def test_there_is_a_case_for_every_chart() -> None:
    assert set(DATA) == set(CHARTS)


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", DATA)
def test_a_chart_is_made_of_shapes_and_words_in_known_colours(name: str, language: str) -> None:
    made = picture(drawn(name, language=language))
    root = ET.fromstring(made.svg)
    colours = {*tokens.CHART.values(), "none"}
    for each in root.iter():
        assert each.tag.rpartition("}")[2] in ELEMENTS
        assert not [key for key in each.attrib if key in ("style", "class", "href") or key.startswith("on")]
        for key in ("fill", "stroke"):
            assert each.get(key, "none") in colours, each.attrib
    assert "<style" not in made.svg and "url(" not in made.svg and "href" not in made.svg
    assert (root.get("width"), root.get("height")) == (str(made.width), str(made.height))
    # Those of the morning mail are as wide as a phone.
    assert made.width == (440 if name.startswith("summary_") else 640) and 80 < made.height < 640


@pytest.mark.parametrize("name", DATA)
def test_a_chart_is_what_vega_lite_takes(name: str) -> None:
    alt.LayerChart.from_dict(drawn(name).spec, validate=True)


@pytest.mark.parametrize("name", DATA)
def test_the_same_chart_is_the_same_bytes(name: str) -> None:
    one, other = picture(drawn(name)), picture(drawn(name, copy.deepcopy(DATA[name])))
    assert one == other and PAINTER.png(one) == PAINTER.png(other)


@pytest.mark.parametrize("name", DATA)
def test_a_chart_of_nothing_says_so(name: str) -> None:
    chart = drawn(name, emptied(DATA[name]))
    assert (chart.alt, texts(picture(chart))) == ("Nothing to show yet.", ["Nothing to show yet"])
    assert drawn(name, emptied(DATA[name]), "de").alt == "Noch nichts zu zeigen."


def test_words_that_would_run_are_words() -> None:
    made = picture(drawn("reps"))
    assert "<script" not in made.svg and "John &lt;script&gt;alert(1)&lt;/script&gt;" in made.svg
    hostile = copy.deepcopy(DEALS)
    names = ['"><img src=x onerror=1>', "a\x00\u202eb\n]]>", "'; drop"]
    for each, name in zip(hostile["closing"]["items"], names, strict=True):
        each["company_name"] = name
    made = picture(drawn("summary_closing", hostile))
    assert '"><img' not in made.svg and "<img" not in made.svg
    root = ET.fromstring(made.svg)
    # Whole where it is said, and as far as it fits where it is drawn.
    assert names[0] in (root.get("aria-label") or "") and '>"&gt;&lt;img src=x onerr…</text>' in made.svg
    assert {each.tag.rpartition("}")[2] for each in root.iter()} <= ELEMENTS


@pytest.mark.parametrize(
    ("name", "figures"),
    [
        (
            "forecast_by_month",
            ["$257,000", "target $200,000", "$814,000", "Jan 2025", "Won $62,500", "Lead $47,000", "Qualified $98,250"],
        ),
        ("forecast_by_stage", ["$388,333.33", "weighted $291,250", "7 deals"]),
        ("bridge", ["$1,500,000", "$1,604,900.25", "Exchange rates -$2,100.25"]),
        ("trend", ["$1,880,000", "$762,000", "Mar 2025"]),
        ("win_rate", ["57.1 %", "72 won", "54 lost"]),
        ("funnel", ["Lead 420 (100 %)", "Won 72 (17.1 %)"]),
        ("velocity", ["median 19.5 days", "usual 31 days"]),
        ("sources", ["Website $816,000", "No source $0"]),
        ("reps", ["Jessica Lee $658,000", "Nobody yet $70,500"]),
        ("receivables", ["€25,500.50", "Over 90 days $12,100.99"]),
        ("payment_time", ["Jan 2025 20"]),
        ("stagnation", ["Proposal 2 deals"]),
        ("summary_pipeline", ["Open deals by stage", "$"]),
        ("summary_closing", ["Closing within a week", "$62,500"]),
    ],
)
def test_what_a_chart_shows_is_said_with_its_figures(name: str, figures: list[str]) -> None:
    alt = drawn(name).alt
    assert not [each for each in figures if each not in alt], alt
    assert ET.fromstring(picture(drawn(name)).svg).get("aria-label") == alt


def test_a_forecast_has_its_figures_and_months_as_words() -> None:
    said = texts(picture(drawn("forecast_by_month")))
    assert {"$257K", "$245K", "$312K"} <= set(said)
    assert '"Jan 2025"' in str(drawn("forecast_by_month").spec).replace("'", '"')


def test_a_forecast_by_month_alone_and_a_long_one_are_drawn() -> None:
    plain = texts(picture(drawn("forecast_by_month", FORECAST | {"rows": [], "group_by": ["month"]})))
    assert "Lead" not in plain and "Target" in plain
    months = [FORECAST["months"][0] | {"month": f"{2016 + at // 12}-{at % 12 + 1:02d}"} for at in range(120)]
    rows = [row | {"month": month["month"]} for month in months for row in FORECAST["rows"][:6]]
    made = picture(drawn("forecast_by_month", FORECAST | {"months": months, "rows": rows}))
    assert len(made.svg) < 150_000 and "2016" in texts(made)[0] + texts(made)[1] + "".join(texts(made))


@pytest.mark.parametrize("group_by", ["owner", "source", "stage"])
def test_a_win_rate_by_something_else_has_a_row_each(group_by: str) -> None:
    keys: dict[str, list[Any]] = {
        "owner": [JOHN.id, JESSICA.id, None],
        "source": ["website", "trade_fair", None],
        "stage": ["lead", "proposal", "negotiation"],
    }
    words = {
        "owner": {"Jessica Lee", "Nobody yet"},
        "source": {"Website", "Trade fair", "No source"},
        "stage": {"Lead", "Proposal", "Negotiation"},
    }
    rows = [row | {"key": key} for row, key in zip(WIN_RATE_BY_OWNER["rows"], keys[group_by], strict=True)]
    assert words[group_by] <= set(texts(picture(drawn("win_rate", WIN_RATE | {"group_by": group_by, "rows": rows}))))


def test_amounts_of_two_currencies_are_not_drawn_against_each_other() -> None:
    mixed = copy.deepcopy(DEALS)
    mixed["closing"]["items"][0]["currency"] = "EUR"
    assert drawn("summary_closing", mixed).alt == "Nothing to show yet."
    mixed["stages"][0]["values"].append({"currency": "EUR", "value_minor": 100})
    said = texts(picture(drawn("summary_pipeline", mixed)))
    assert not [each for each in said if "$" in each or "€" in each]
    assert "€1" in drawn("summary_pipeline", mixed).alt


def test_the_steps_are_told_apart_without_colour() -> None:
    steps = [tokens.CHART[f"step-{number}"] for number in range(1, 6)]
    assert all(tokens.contrast(one, other) > 1.3 for one, other in pairwise(steps))
    dark = [tokens.CHART_DARK[f"step-{number}"] for number in range(1, 6)]
    assert all(tokens.contrast(one, other) > 1.3 for one, other in pairwise(dark))
    assert set(tokens.CHART) == set(tokens.CHART_DARK) and len(set(tokens.CHART.values())) == len(tokens.CHART)


def test_words_can_be_read_on_the_page_and_on_what_they_stand_on() -> None:
    for colours in (tokens.CHART, tokens.CHART_DARK):
        for word in ("ink", "soft"):
            assert tokens.contrast(colours[word], colours["surface"]) >= 4.5
        assert tokens.contrast(colours["surface"], colours["step-5"]) >= 4.5


def test_a_png_is_white_and_twice_as_large() -> None:
    made = picture(drawn("funnel"))
    image = Image.open(io.BytesIO(PAINTER.png(made))).convert("RGB")
    assert image.size == (made.width * 2, made.height * 2) and image.getpixel((1, 1)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("minor", "currency", "english", "german"),
    [
        (19_450_000, "USD", "$194.5K", "194,5\u00a0Tsd.\u00a0$"),
        (0, "USD", "$0", "0\u00a0$"),
        (99_995_000, "USD", "$1M", "1\u00a0Mio.\u00a0$"),
        (99_900_000, "USD", "$999K", "999\u00a0Tsd.\u00a0$"),
        (-210_025, "EUR", "-€2.1K", "-2,1\u00a0Tsd.\u00a0€"),
        (123_456_789_012, "CHF", "CHF 1.23B", "1,23\u00a0Mrd.\u00a0CHF"),
        (850, "JPY", "¥850", "850\u00a0¥"),
    ],
)
def test_compact_amounts(minor: int, currency: str, english: str, german: str) -> None:
    assert compact(minor, currency, Reader("en")) == english
    assert compact(minor, currency, Reader("de")) == german


def test_exact_and_brief_amounts() -> None:
    assert exact(160_490_025, "USD", Reader("en")) == "$1,604,900.25"
    assert exact(160_490_025, "USD", Reader("de")) == "1.604.900,25\u00a0$"
    assert brief(19_450_000, "USD", Reader("en")) == "195K" and brief(120_000_000, "USD", Reader("en")) == "1.2M"


@pytest.mark.parametrize(("highest", "marks"), [(312_000, 4), (0, 1), (1, 3), (7.5, 4), (0.02, 5), (10**9, 3)])
def test_a_few_round_numbers_stand_at_the_side(highest: float, marks: int) -> None:
    found = ticks(highest)
    assert found[0] == 0 and found[-1] <= highest and len(found) == marks


def test_labels_keep_their_distance_and_their_order() -> None:
    placed = spread([10, 12, 13, 200], 17, 4, 240)
    assert placed == [10, 27, 44, 200]
    crowded = spread([230, 235, 238], 17, 4, 240)
    assert crowded == [206, 223, 240]


def test_no_text_of_a_chart_is_left_untranslated() -> None:
    """Whatever is said in German has no English sentence in it."""
    for name in DATA:
        english, german = drawn(name).alt, drawn(name, language="de").alt
        assert english != german
        assert not re.search(r"\b(by|the|and|with|of)\b", german), german
