"""Ends of a year, a quarter or a month that name no day: "before the year is out", "by year's end"."""

from __future__ import annotations

import re
from datetime import date, timedelta

from services.ai.email_drafts.finding.times import Days, Readings

ENDS = re.compile(
    r"\b(?:before\s+(?:the|this)\s+(?P<one>year|quarter|month)\s+(?:is\s+(?:out|over|up|through)|ends|closes)"
    r"|(?:by|before|at|until)\s+(?:the\s+)?(?P<two>year|quarter|month)(?:['’]s)?[\s-]end"
    r"|(?:vor|bis|zum|ab)\s+(?P<three>Jahr|Quartal|Monat)e?s(?:ende|schluss)"
    r"|vor\s+Ablauf\s+des\s+(?P<four>Jahr|Quartal|Monat)e?s)\b",
    re.IGNORECASE,
)


def read_end(match: re.Match[str], today: date) -> Readings:
    """The last ten days or so of the one that is."""
    unit = next(said for said in match.groupdict().values() if said).casefold()
    month = 12 if unit in ("year", "jahr") else today.month
    if unit in ("quarter", "quartal"):
        month = (today.month + 2) // 3 * 3
    last = Days.month(today.year, month).last
    return ((Days(last - timedelta(days=10), last),),)
