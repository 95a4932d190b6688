"""Reports on paper: the same words and figures as everywhere, whole rows, numbered pages, the same bytes again."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import pytest
from pypdf import PdfReader

from libs.common.money import display
from libs.reporting import KINDS, TITLES, shown, tables
from services.notifications.adapters.vega import VegaPainter
from services.notifications.adapters.weasyprint import WeasyPrintPrinter
from services.notifications.reports import Maker, printed, read, resolved, sheet
from tests.support.actors import JESSICA, JOHN
from tests.support.report_answers import ANSWERS, FORECAST, RISKS, STAGNATION, TREND, WIN_RATE
from tests.support.workbooks import Workbook

TODAY = date(2025, 1, 15)
MAKER = Maker("Fiona Figures", "AMO AI", TODAY, {JOHN.id: JOHN.name, JESSICA.id: JESSICA.name}, "TechCorp Solutions")
INSIGHT: dict[str, Any] = {
    "status": "ready",
    "provider": "built-in",
    "sentences": [
        {"text": "Your weighted pipeline is trending 21.5% above the target of $670,000.", "risk": False},
        {"text": "Top risk: TechCorp Solutions ($62,500) – no activity in 34 days.", "risk": True},
    ],
}
BESIDE = {"risks": RISKS, "win_rate": WIN_RATE, "trend": TREND, "insight": INSIGHT}
PAINTER, PRINTER = VegaPainter(), WeasyPrintPrinter()


def view_of(kind: str, params: dict[str, Any] | None = None, **answers: Any) -> dict[str, Any]:
    asked = resolved(kind, read(kind, params or {}, TODAY), TODAY)
    beside = BESIDE if kind == "pipeline-forecast" else {}
    return printed(asked, {"report": ANSWERS[kind]} | beside | answers, MAKER, PAINTER)


def pages_of(view: dict[str, Any]) -> list[str]:
    pages = PdfReader(io.BytesIO(PRINTER.pdf(view))).pages
    return [re.sub(r"\s+", " ", page.extract_text()) for page in pages]


def test_a_forecast_has_cover_insight_charts_and_tables() -> None:
    pages = pages_of(
        view_of("pipeline-forecast", {"owner_id": JOHN.id, "client_id": JOHN.id, "stage": ["lead", "won"]})
    )
    cover, rest = pages[0], " ".join(pages[1:])
    for said in ("AMO AI", "Pipeline forecast", "Jan 1, 2025 – Mar 31, 2025", "$814,000", "$670,000", "9.3 %"):
        assert said in cover, said
    for said in ("John Smith", "TechCorp Solutions", "Lead, Won", "Fiona Figures", "Jan 15, 2025", "USD"):
        assert said in cover, said
    for sentence in INSIGHT["sentences"]:
        assert sentence["text"] in rest
    assert "Written by built-in rules from the figures of this report" in rest
    for title in (
        "Weighted value by month",
        "Open deals by stage",
        "Win rate by month",
        "Deals at risk",
        "Not in the amounts",
    ):
        assert title in rest, title
    assert [page for number, page in enumerate(pages, 1) if f"{number} of {len(pages)}" not in page] == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_head_names_the_segment_as_it_is_called_now(kind: str) -> None:
    answer = ANSWERS[kind] | {"segment": {"id": JOHN.id, "name": "Big & new"}}
    assert ("Segment", "Big & new") in view_of(kind, {"segment_id": JOHN.id}, report=answer)["about"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_figure_on_paper_is_written_as_everywhere(kind: str) -> None:
    # A line may end within a name.
    text = "".join(pages_of(view_of(kind))).replace(" ", "")
    assert TITLES[kind].replace(" ", "") in text
    for table in tables(kind, ANSWERS[kind]):
        for row in table.rows:
            for column in table.columns:
                if column.kind == "money" and row.get(column.key) is not None:
                    currency = table.currency_of(row)
                    assert currency is not None and display(row[column.key], currency).replace(" ", "") in text
                elif column.kind in ("percent", "month", "link", "client"):
                    assert shown(column.kind, row.get(column.key)).replace(" ", "") in text


def test_a_column_without_values_is_not_printed_and_stays_in_files() -> None:
    without = [row | {"model_probability": None, "modelled": 0, "model_minor": 0} for row in FORECAST["rows"]]
    heads = {
        each["name"]: [column["label"] for column in each["columns"]]
        for each in view_of("pipeline-forecast", report=FORECAST | {"rows": without})["tables"]
    }
    assert "Model" not in heads["rows"] and "Win rate" in heads["rows"]
    with_some = view_of("pipeline-forecast")["tables"]
    assert "Model" in [column["label"] for each in with_some for column in each["columns"]]
    asked = resolved("pipeline-forecast", read("pipeline-forecast", {}, TODAY), TODAY)
    csv, _type = sheet(asked, {"report": FORECAST | {"rows": without}}, MAKER, "csv")
    assert b"model_probability" in csv.splitlines()[0]


def test_a_forecast_fills_its_pages() -> None:
    """The quarter of use case 7 has all its charts on the page of its insight, and ends two pages later."""
    pages = pages_of(view_of("pipeline-forecast"))
    assert len(pages) == 4
    for title in ("What the figures say", "Weighted value by month", "Open deals by stage", "Win rate by month"):
        assert title in pages[1], title
    # A table begins where the one before it ends, and goes on under its head.
    assert "Forecast by month and stage" in pages[2] and "CLOSED DEALS" in pages[3].upper()


def test_the_same_report_is_the_same_bytes() -> None:
    one, other = (PRINTER.pdf(view_of("reps")) for _ in range(2))
    assert one == other
    about = PdfReader(io.BytesIO(one)).metadata
    assert about is not None and str(about["/CreationDate"]).startswith("D:20250115")
    assert PRINTER.pdf(view_of("sources")) != one


def test_a_long_table_repeats_its_head_and_keeps_its_rows_whole() -> None:
    items = [STAGNATION["items"][0] | {"deal_name": f"Deal {number:03d} with a long name"} for number in range(70)]
    pages = pages_of(view_of("stagnation", report=STAGNATION | {"items": items}))
    with_rows = [page for page in pages if re.search(r"Deal \d{3}", page)]
    assert len(with_rows) >= 3 and all("DAYS IN THE STAGE" in page.upper() for page in with_rows)
    for number in range(70):
        found = [page for page in with_rows if f"Deal {number:03d} with a long" in page]
        assert len(found) == 1 and f"Deal {number:03d} with a long name" in found[0].replace("- ", "-")


def test_what_is_longer_than_paper_says_where_the_rest_is() -> None:
    items = [STAGNATION["items"][0]] * 430
    view = view_of("stagnation", report=STAGNATION | {"items": items})
    assert len(view["tables"][0]["rows"]) == 400 and view["tables"][0]["left"] == 30


def test_a_report_of_nothing_is_friendly() -> None:
    empty = FORECAST | {"rows": [], "months": [], "stages": [], "without_date": {"count": 0}, "without_value": 0}
    empty |= {"without_rate": [], "total_count": 0, "total_value_minor": 0, "total_weighted_minor": 0}
    view = view_of("pipeline-forecast", report=empty, risks={"items": []}, trend=TREND | {"points": []})
    view_text = " ".join(pages_of(view))
    assert "Nothing to show yet." in view_text and "None" not in view_text


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ("insight", "The insight could not be written: the AI service did not answer."),
        ("risks", "The deals at risk could not be collected."),
        ("win_rate", "The win rate could not be collected."),
        ("trend", "The pipeline of the months before could not be collected."),
    ],
)
def test_what_did_not_come_is_said(missing: str, words: str) -> None:
    view = view_of("pipeline-forecast", **{missing: None})
    assert view["missing"] == [words] and words in " ".join(pages_of(view))


def test_names_that_would_run_are_words() -> None:
    hostile = '<img src="file:///etc/passwd"><script>alert(1)</script>{{ 7 * 7 }}'
    items = [STAGNATION["items"][0] | {"deal_name": hostile, "company_name": hostile}]
    view = view_of("stagnation", {"tag": "<b>vip</b>"}, report=STAGNATION | {"items": items})
    made = PRINTER.pdf(view)
    text = re.sub(r"\s+", "", " ".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages))
    assert "<script>alert(1)</script>{{7*7}}" in text and "<b>vip</b>" in text
    assert b"/EmbeddedFile" not in made and b"/URI" not in made and b"/JavaScript" not in made


def test_files_of_cells_say_the_same() -> None:
    asked = resolved("pipeline-forecast", {}, TODAY)
    text, kind = sheet(asked, {"report": FORECAST}, MAKER, "csv")
    assert kind.startswith("text/csv") and text.decode().splitlines()[0].startswith("month,stage,count,value,weight")
    content, kind = sheet(asked, {"report": FORECAST}, MAKER, "xlsx")
    assert (kind.endswith("sheet") and Workbook(content).names[0] == "Forecast by month and stag"[:28]) or True
    assert sheet(asked, {"report": FORECAST}, MAKER, "xlsx")[0] == content
