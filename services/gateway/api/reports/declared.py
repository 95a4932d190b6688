"""The reports there are: which service is asked what, and what comes back. API and pages read this one table."""

from __future__ import annotations

from dataclasses import dataclass

from services.gateway.api import documents as d
from services.gateway.api.reports import answers as a
from services.gateway.api.reports import owed
from services.gateway.api.reports import parameters as p


@dataclass(frozen=True)
class Report:
    """path: its address under ``/reports``. kind: what ``libs.reporting`` calls it. asks: its parameters."""

    path: str
    kind: str
    service: str
    method: str
    asks: type[p.Parameters]
    answers: type[d.Document]
    about: str


REPORTS: dict[str, Report] = {
    report.path: report
    for report in (
        Report(
            "pipeline-forecast",
            "pipeline-forecast",
            "deals",
            "forecast",
            p.Forecast,
            a.ForecastAnswer,
            "What the deals of a range of days are worth, by month and stage, as they stand and weighted by stage.\n\n"
            "A closed deal counts in the month it closed, an open one in the month it is expected to. With `as_of`, as "
            "it was at the end of that day. Amounts of other currencies are converted at the rate of the report's day.",
        ),
        Report(
            "bridge",
            "forecast-bridge",
            "deals",
            "forecast_bridge",
            p.Bridge,
            a.BridgeAnswer,
            "What became of the open deals of a range between two days: came in, won, lost, slipped, revalued, …",
        ),
        Report(
            "win-rate",
            "win-rate",
            "deals",
            "win_rate",
            p.WinRate,
            a.WinRateAnswer,
            "How many of the deals that closed were won, by month, source, owner, or stage they were ever in.",
        ),
        Report(
            "funnel",
            "funnel",
            "deals",
            "funnel",
            p.RangeOfDeals,
            a.FunnelAnswer,
            "How far the deals got that were created in a range of days.",
        ),
        Report(
            "velocity",
            "velocity",
            "deals",
            "velocity",
            p.RangeOfDeals,
            a.VelocityAnswer,
            "How long deals stay in each stage, and how long they take to close.",
        ),
        Report(
            "trend",
            "trend",
            "deals",
            "trend",
            p.Trend,
            a.TrendAnswer,
            "The pipeline at the end of each of the last months, and what came and went in them.",
        ),
        Report(
            "stagnation",
            "stagnation",
            "deals",
            "stagnation",
            p.Stagnation,
            a.StagnationAnswer,
            "Open deals that stand still: without activity for `idle_days`, or longer in their stage than is usual.",
        ),
        Report(
            "sources",
            "sources",
            "deals",
            "sources",
            p.RangeOfDeals,
            a.SourcesAnswer,
            "What became of the deals of each source.",
        ),
        Report(
            "reps",
            "reps",
            "deals",
            "reps",
            p.RangeOfDeals,
            a.RepsAnswer,
            "What each person has open, won and lost, against their targets.",
        ),
        Report(
            "receivables",
            "receivables",
            "billing",
            "receivables",
            p.Receivables,
            owed.ReceivablesAnswer,
            "What clients owe, by how long it has been due; amounts of two currencies are never added.",
        ),
        Report(
            "payment-time",
            "payment-time",
            "billing",
            "payment_time",
            p.PaymentTime,
            owed.PaymentTimeAnswer,
            "How many days pass until an invoice is paid, by the month of payment and for the slowest clients.",
        ),
    )
}
