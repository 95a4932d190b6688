"""The daily summary: what was collected, as figures for an insight and as what a mail and a page show."""

from services.notifications.summary.figures import insight_figures, own_first
from services.notifications.summary.view import Reading, view

__all__ = ["Reading", "insight_figures", "own_first", "view"]
