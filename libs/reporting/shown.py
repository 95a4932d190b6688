"""Values in words for people, in English, as PDFs and mails print them; the pages have their own language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from libs.common.money import display
from libs.reporting.table import N_, Kind

MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()

# Words of ours that stand in answers.
WORDS: Mapping[str, str] = {
    "lead": N_("Lead"),
    "qualified": N_("Qualified"),
    "proposal": N_("Proposal"),
    "negotiation": N_("Negotiation"),
    "won": N_("Won"),
    "lost": N_("Lost"),
    "open": N_("Open"),
    "idle": N_("no activity"),
    "long_in_stage": N_("long in its stage"),
    "overdue": N_("past its closing date"),
    "came_in": N_("Came in"),
    "reopened": N_("Reopened"),
    "pulled_in": N_("Moved into the period"),
    "slipped": N_("Moved out of the period"),
    "left": N_("Left the selection"),
    "joined": N_("Joined the selection"),
    "revalued": N_("Value changed"),
    "exchange": N_("Exchange rates"),
    "moved": N_("Stage changed"),
    "reweighted": N_("Weights changed"),
    "start": N_("At the start"),
    "end": N_("At the end"),
    "without_date": N_("Without a closing date"),
    "without_value": N_("Without a value"),
    "without_rate": N_("Without an exchange rate"),
    "all_closed": N_("All closed deals"),
    "won_closed": N_("Won deals"),
    "not_due": N_("Not due yet"),
    "over_90": N_("Over 90 days"),
}
NOBODY, NO_MONTH, NO_SOURCE = N_("Nobody yet"), N_("No date"), N_("No source")


def word(name: str | None) -> str:
    """The English words for a name that stands in answers; of one we do not know, the name itself, readable."""
    if name is None:
        return NO_SOURCE
    return WORDS.get(name) or name.replace("_", " ").strip().capitalize()


def month(value: str | None) -> str:
    """``Jan 2025`` for ``2025-01``."""
    return f"{MONTHS[int(value[5:7]) - 1]} {value[:4]}" if value else NO_MONTH


def day(value: str | date | None) -> str:
    """``Feb 10, 2025``; nothing for None."""
    if value is None:
        return ""
    found = value if isinstance(value, date) else date.fromisoformat(value[:10])
    return f"{MONTHS[found.month - 1]} {found.day}, {found.year}"


def percent(share: float | None) -> str:
    """``42 %`` or ``42.5 %`` for a share of 1, half of the last digit up; nothing for None."""
    if share is None:
        return ""
    tenths = (Decimal(str(share)) * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{tenths:f}".removesuffix(".0") + " %"


def number(value: float | int | None) -> str:
    """``1,234`` or ``12.5``; nothing for None."""
    if value is None:
        return ""
    tenths = Decimal(str(value)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{tenths:,f}".removesuffix(".0")


def shown(kind: Kind, value: Any, currency: str | None = None, names: Mapping[str, str] | None = None) -> str:
    """A value of a column in words. ``names``: people's names by their ids."""
    if kind == "money":
        return "" if value is None else display(value, currency or "USD")
    if kind == "owner":
        return NOBODY if value is None else (names or {}).get(value, "?")
    plain = _PLAIN.get(kind)
    if plain is not None:
        return plain(value)
    return "" if value is None else str(value)


_PLAIN: Mapping[str, Callable[[Any], str]] = {
    "word": word,
    "words": lambda value: ", ".join(word(each) for each in value or ()),
    "month": month,
    "stage": lambda value: "" if value is None else word(value),
    "source": word,
    "count": number,
    "days": number,
    "percent": percent,
    "weight": lambda value: "" if value is None else f"{value} %",
    "date": day,
}
