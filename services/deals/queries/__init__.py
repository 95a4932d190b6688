"""What deals answers: SQL to plain dicts, always as the actor."""

from services.deals.queries.board import board, totals
from services.deals.queries.deals import deal, history, list_deals
from services.deals.queries.exporting import export_deals
from services.deals.queries.finding import quick_find
from services.deals.queries.own_values import own_values
from services.deals.queries.reports.bridge import forecast_bridge
from services.deals.queries.reports.forecast import forecast
from services.deals.queries.reports.funnel import funnel
from services.deals.queries.reports.performance import reps, sources
from services.deals.queries.reports.risks import risks
from services.deals.queries.reports.stagnation import stagnation
from services.deals.queries.reports.summary import summary
from services.deals.queries.reports.trend import trend
from services.deals.queries.reports.velocity import velocity
from services.deals.queries.reports.winning import win_rate
from services.deals.queries.targets import list_targets
from services.deals.queries.visits import stage_visits
from services.deals.queries.weights import stage_weights

__all__ = [
    "board",
    "deal",
    "export_deals",
    "forecast",
    "forecast_bridge",
    "funnel",
    "history",
    "list_deals",
    "list_targets",
    "own_values",
    "quick_find",
    "reps",
    "risks",
    "sources",
    "stage_visits",
    "stage_weights",
    "stagnation",
    "summary",
    "totals",
    "trend",
    "velocity",
    "win_rate",
]
