"""The pages of reports: each says what it answers, what it is asked with, and which chart shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from libs.common.problems import NotFound
from services.gateway.api.reports.declared import REPORTS, Report
from services.gateway.web.reporting.periods import AHEAD, BACK

OF_DEALS = ("owner_id", "segment_id", "source", "tag", "currency")
OF_INVOICES = ("segment_id", "currency")


@dataclass(frozen=True)
class ReportPage:
    """name: its address under ``/reports``. question: what it answers, for people. chart: the one that shows it.

    periods: the spans offered, none where it is of no span. groups: by what its rows may be grouped. also: another
    report that its page shows below. shape: how high its chart is; ``rows`` where that is a matter of how many.
    """

    name: str
    report: Report
    title: Any
    question: Any
    icon: str
    chart: str
    periods: tuple[str, ...] = BACK
    filters: tuple[str, ...] = OF_DEALS
    groups: tuple[tuple[str, Any], ...] = ()
    also: str | None = None
    shape: str = "whole"


PAGES: dict[str, ReportPage] = {
    page.name: page
    for page in (
        ReportPage(
            "forecast",
            REPORTS["pipeline-forecast"],
            _l("Pipeline forecast"),
            _l("What will come in, month by month, and how sure is it?"),
            "chart-bar",
            "forecast_by_month",
            periods=AHEAD,
            groups=(("month", _l("Month")), ("stage", _l("Stage"))),
        ),
        ReportPage(
            "bridge",
            REPORTS["bridge"],
            _l("Bridge"),
            _l("What became of the open deals between two days?"),
            "arrows-exchange",
            "bridge",
            periods=AHEAD,
            shape="rows",
        ),
        ReportPage(
            "win-rate",
            REPORTS["win-rate"],
            _l("Win rate"),
            _l("How many of the deals that close do we win?"),
            "trophy",
            "win_rate",
            groups=(
                ("month", _l("Month")),
                ("source", _l("Source")),
                ("owner", _l("Owner")),
                ("stage", _l("Stage")),
            ),
        ),
        ReportPage(
            "velocity",
            REPORTS["velocity"],
            _l("Velocity"),
            _l("How long do deals take, and where do they wait?"),
            "gauge",
            "velocity",
            also="funnel",
            shape="short",
        ),
        ReportPage(
            "funnel",
            REPORTS["funnel"],
            _l("Funnel"),
            _l("How far do the deals get that we begin?"),
            "filter",
            "funnel",
            shape="short",
        ),
        ReportPage(
            "trend",
            REPORTS["trend"],
            _l("Trend"),
            _l("Is the pipeline growing?"),
            "trending-up",
            "trend",
            periods=(),
        ),
        ReportPage(
            "stagnation",
            REPORTS["stagnation"],
            _l("Stagnation"),
            _l("Which open deals stand still?"),
            "hourglass",
            "stagnation",
            periods=(),
            shape="short",
        ),
        ReportPage(
            "sources",
            REPORTS["sources"],
            _l("Sources"),
            _l("Where do the deals come from that we win?"),
            "route",
            "sources",
            filters=("owner_id", "segment_id", "tag", "currency"),
            shape="rows",
        ),
        ReportPage(
            "reps",
            REPORTS["reps"],
            _l("Reps"),
            _l("Who has what open, and who wins?"),
            "users",
            "reps",
            filters=("segment_id", "source", "tag", "currency"),
            shape="rows",
        ),
        ReportPage(
            "receivables",
            REPORTS["receivables"],
            _l("Receivables"),
            _l("Who owes us what, and since when?"),
            "clock-dollar",
            "receivables",
            periods=(),
            filters=OF_INVOICES,
            shape="tall",
        ),
        ReportPage(
            "payment-time",
            REPORTS["payment-time"],
            _l("Payment time"),
            _l("How soon are we paid?"),
            "calendar-dollar",
            "payment_time",
            filters=OF_INVOICES,
        ),
    )
}
# What each chart is drawn from.
CHARTS: dict[str, Report] = {page.chart: page.report for page in PAGES.values()} | {
    "forecast_by_stage": REPORTS["pipeline-forecast"]
}


def one(name: str) -> ReportPage:
    """The page of this name; NotFound for any other."""
    if name not in PAGES:
        raise NotFound("there is no such page")
    return PAGES[name]


def titles() -> dict[str, Any]:
    """What each kind of report is called."""
    return {page.report.kind: page.title for page in PAGES.values()}
