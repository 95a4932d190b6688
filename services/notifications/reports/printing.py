"""What is printed of a report: its answers as words, charts and tables, ready for the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from libs.reporting import TITLES, Column, Table, figures, shown, tables, word
from libs.reporting.sheets import CSV_TYPE, XLSX_TYPE, csv_text, xlsx
from libs.reporting.shown import day
from services.notifications import charts
from services.notifications.ports import Painter
from services.notifications.reports.asking import Asked

Answers = Mapping[str, Any]
PDF_TYPE = "application/pdf"
# Paper ends somewhere: the workbook and the CSV have every row.
_ROWS = 400
# So many charts stand beside each other where there are several.
_BESIDE = 2

# The pictures of a report and the answer each is drawn from, the first beside the figures.
_CHARTS: Mapping[str, Sequence[tuple[str, str, str]]] = {
    "pipeline-forecast": (
        ("forecast_by_month", "report", "Weighted value by month"),
        ("forecast_by_stage", "report", "Open deals by stage"),
        ("trend", "trend", "The pipeline over twelve months"),
        ("win_rate", "win_rate", "Win rate by month"),
    ),
    "forecast-bridge": (("bridge", "report", "What became of the open deals"),),
    "win-rate": (("win_rate", "report", "Win rate"),),
    "funnel": (("funnel", "report", "How far deals get"),),
    "velocity": (("velocity", "report", "Days in a stage"),),
    "trend": (("trend", "report", "The pipeline over time"),),
    "stagnation": (("stagnation", "report", "Where deals stand still"),),
    "sources": (("sources", "report", "Won value by source"),),
    "reps": (("reps", "report", "Won value by owner"),),
    "receivables": (("receivables", "report", "Owed by how long it has been due"),),
    "payment-time": (("payment_time", "report", "Days until payment"),),
}
# Read from the whole to its parts.
_ORDER = {"pipeline-forecast": ("months", "stages", "risks", "rows", "left_out")}
_SHORT = frozenset({"month", "stage", "date"})
_MISSING = {
    "risks": "The deals at risk could not be collected.",
    "win_rate": "The win rate could not be collected.",
    "trend": "The pipeline of the months before could not be collected.",
    "insight": "The insight could not be written: the AI service did not answer.",
}
_FILTERS = {
    "owner_id": "Owner",
    "source": "Source",
    "tag": "Tag",
    "currency": "Currency",
    "client_id": "Client",
    "segment_id": "Segment",
    "stage": "Stages",
    "group_by": "Grouped by",
    "idle_days": "Days without activity",
}


@dataclass(frozen=True, slots=True)
class Maker:
    """Who has it made, and when. names: people's names by id; client: the name of the one that is asked for."""

    name: str
    company: str
    day: date
    names: Mapping[str, str]
    client: str = ""


def printed(asked: Asked, answers: Answers, maker: Maker, painter: Painter) -> dict[str, Any]:
    """All that the pages of a report show.

    answers: ``report`` and, where the kind has them, ``risks, win_rate, trend, insight``; one that did not
    come is None, one that was not asked for is not there.
    """
    report = answers["report"]
    return {
        "title": TITLES[asked.kind],
        "range": _range(asked),
        "about": list(_about(asked, report, maker)),
        "company": maker.company,
        "made_by": maker.name,
        "made_on": maker.day,
        "figures": [
            {"label": each.label, "text": shown(each.kind, each.value, each.currency)}
            for each in figures(asked.kind, report)
        ],
        "insight": _insight(answers.get("insight")),
        "charts": list(_charts(asked.kind, answers, maker, painter)),
        "tables": [_table(each, maker.names) for each in _tables(asked.kind, answers)],
        "missing": [words for name, words in _MISSING.items() if name in answers and answers[name] is None],
    }


def headline(asked: Asked, answers: Answers, maker: Maker) -> dict[str, Any]:
    """What a mail says of a report: its title, range and figures, and the page that shows it."""
    found = figures(asked.kind, answers["report"])
    return {
        "title": TITLES[asked.kind],
        "range": _range(asked),
        "figures": [{"label": each.label, "text": shown(each.kind, each.value, each.currency)} for each in found],
        "about": [list(each) for each in _about(asked, answers["report"], maker)],
        "path": asked.path,
    }


def sheet(asked: Asked, answers: Answers, maker: Maker, ending: str) -> tuple[bytes, str]:
    """A report as a file of cells, and what kind of file that is."""
    made = tables(asked.kind, answers["report"])
    if ending == "csv":
        return csv_text(made[0]).encode(), CSV_TYPE
    created = datetime(maker.day.year, maker.day.month, maker.day.day)  # noqa: DTZ001  (a day has no time zone)
    return xlsx(made, TITLES[asked.kind], names=maker.names, created=created), XLSX_TYPE


def _range(asked: Asked) -> str:
    if asked.first is None:
        return day(asked.today)
    return f"{day(asked.first)} – {day(asked.last)}"


def _about(asked: Asked, report: Answers, maker: Maker) -> Iterator[tuple[str, str]]:
    """What was asked for, and by which state and in which currency it is answered."""
    if asked.kind == "pipeline-forecast":
        yield "As of", day(report["as_of"])
    if asked.kind == "forecast-bridge":
        yield "Between", f"{day(date.fromisoformat(report['start']))} – {day(date.fromisoformat(report['end']))}"
        yield "Measured by", "weighted value" if report["measure"] == "weighted" else "value"
    if report.get("currency"):
        yield "Amounts in", report["currency"]
    for name, label in _FILTERS.items():
        value = asked.filters.get(name, asked.more.get(name))
        if value is not None and not (name == "currency" and report.get("currency")):
            # What a segment is called, the answer knows: it may have been renamed since it was asked for.
            yield label, report["segment"]["name"] if name == "segment_id" else _filter(name, value, maker)


def _filter(name: str, value: Any, maker: Maker) -> str:
    if name == "owner_id":
        return shown("owner", None if value == "none" else value, names=maker.names)
    if name == "client_id":
        return maker.client or "One client"
    if name in ("stage", "group_by", "source"):
        return ", ".join(word(each) for each in (value if isinstance(value, list) else [value]))
    return str(value)


def _charts(kind: str, answers: Answers, maker: Maker, painter: Painter) -> Iterator[list[dict[str, Any]]]:
    """The pictures line by line: one has a line of its own, of several two stand beside each other."""
    asked = [(name, answers[source], title) for name, source, title in _CHARTS[kind] if answers.get(source)]
    reader = charts.Reader(names=maker.names, narrow=len(asked) > 1)
    drawn = [(title, chart) for name, answer, title in asked if (chart := charts.CHARTS[name](answer, reader))]
    pictures = [
        {"title": title, "svg": painter.svg(chart.spec, chart.alt).svg, "alt": chart.alt} for title, chart in drawn
    ]
    for at in range(0, len(pictures), _BESIDE):
        yield pictures[at : at + _BESIDE]


def _tables(kind: str, answers: Answers) -> list[Table]:
    made = tables(kind, answers["report"])
    risks = answers.get("risks")
    if risks and risks["items"]:
        made += tables("risks", risks)
    order = _ORDER.get(kind)
    return sorted(made, key=lambda table: order.index(table.name)) if order else made


def _table(table: Table, names: Mapping[str, str]) -> dict[str, Any]:
    table = table.filled()
    rows = list(table.rows)
    return {
        "name": table.name,
        "title": table.title,
        "columns": [{"label": each.label, "look": _look(each)} for each in table.columns],
        "rows": [_cells(table, row, names) for row in rows[:_ROWS]],
        "total": _cells(table, table.total, names, total=True) if table.total is not None and rows else None,
        "left": len(rows) - _ROWS if len(rows) > _ROWS else 0,
    }


def _look(column: Column) -> str:
    """How a column stands: numbers to the right, what is short in one line, what is long as it fits."""
    return "n" if column.is_numeric else "short" if column.kind in _SHORT else ""


def _cells(table: Table, row: Mapping[str, Any], names: Mapping[str, str], *, total: bool = False) -> list[str]:
    cells = []
    for at, column in enumerate(table.columns):
        if total and column.key not in row:
            cells.append("Total" if at == 0 else "")
        elif total and at == 0 and not column.is_numeric and column.kind != "word":
            cells.append("Total")
        else:
            cells.append(shown(column.kind, row.get(column.key), table.currency_of(row), names))
    return cells


def _insight(insight: Answers | None) -> dict[str, Any] | None:
    if not insight or not insight["sentences"]:
        return None
    by = "Written by Gemini from the figures of this report" if insight["provider"] == "gemini" else ""
    said = [{"text": each["text"], "risk": bool(each.get("risk"))} for each in insight["sentences"]]
    return {"sentences": said, "by": by or "Written by built-in rules from the figures of this report"}
