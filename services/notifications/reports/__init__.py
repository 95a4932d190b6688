"""Reports as files: what one asks for, what services answer to it, and what is printed of that."""

from services.notifications.reports.asking import FORMATS, STATE_DAYS, Asked, read, resolved
from services.notifications.reports.printing import PDF_TYPE, Maker, headline, printed, sheet

__all__ = ["FORMATS", "PDF_TYPE", "STATE_DAYS", "Asked", "Maker", "headline", "printed", "read", "resolved", "sheet"]
