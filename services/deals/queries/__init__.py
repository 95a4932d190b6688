"""What deals answers: SQL to plain dicts, always as the actor."""

from services.deals.queries.board import board, totals
from services.deals.queries.deals import deal, history, list_deals
from services.deals.queries.finding import quick_find
from services.deals.queries.reports.forecast import forecast
from services.deals.queries.targets import list_targets
from services.deals.queries.visits import stage_visits
from services.deals.queries.weights import stage_weights

__all__ = [
    "board",
    "deal",
    "forecast",
    "history",
    "list_deals",
    "list_targets",
    "quick_find",
    "stage_visits",
    "stage_weights",
    "totals",
]
