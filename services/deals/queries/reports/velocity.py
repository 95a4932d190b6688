"""How fast deals move."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from libs.common.identity import Actor
from services.deals.domain import OPEN_STAGES
from services.deals.queries.reports.cells import CLOSED
from services.deals.queries.reports.durations import Days, durations, mean, median, percentile
from services.deals.queries.reports.spans import Span, asked_span, month_name
from services.deals.queries.reports.wanted import Wanted


def velocity(
    session: Session, actor: Actor, now: datetime, from_day: Any, to_day: Any, filters: Any = None
) -> dict[str, Any]:
    """Days that deals stayed in each open stage, of stays that ended in a range; and days from creation to close, of
    deals closed in it. usual_days: three of four took no longer."""
    wanted, span = Wanted.of(filters), asked_span(from_day, to_day)
    found = durations(session, actor, wanted, span)
    stages = {stage: _together(found, (stage,)) for stage in OPEN_STAGES}
    return {
        "from_day": span.first,
        "to_day": span.last,
        "stages": [{"stage": stage, "stays": days.total(), **_measured(days)} for stage, days in stages.items()],
        "cycle": _cycle(_together(found, CLOSED)),
        "won_cycle": _cycle(_together(found, ("won",))),
        "months": _months(span, found),
    }


def _together(found: Mapping[tuple[date, str], Days], stages: tuple[str, ...]) -> Days:
    together: Days = Counter()
    for (_month, stage), days in found.items():
        if stage in stages:
            together.update(days)
    return together


def _cycle(days: Days) -> dict[str, Any]:
    return {"deals": days.total(), **_measured(days)}


def _measured(days: Days) -> dict[str, Any]:
    if not days:
        return {"mean_days": None, "median_days": None, "usual_days": None}
    return {"mean_days": mean(days), "median_days": median(days), "usual_days": percentile(days)}


def _months(span: Span, found: Mapping[tuple[date, str], Days]) -> list[dict[str, Any]]:
    closed: dict[date, Days] = defaultdict(Counter)
    for (month, stage), days in found.items():
        if stage in CLOSED:
            closed[month].update(days)
    rows = []
    for month in span.months():
        measured = _cycle(closed[month])
        rows.append({"month": month_name(month)} | {name: measured[name] for name in ("deals", *_SHOWN)})
    return rows


_SHOWN = ("mean_days", "median_days")
