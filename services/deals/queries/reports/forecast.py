"""The pipeline forecast: what is expected to close, by month and stage, as it stands and weighted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from libs.common.identity import Actor
from libs.common.problems import Invalid
from services.deals.domain import OPEN_STAGES, STAGES
from services.deals.queries.reports.cells import CLOSED, Cells, Key, Part, cells
from services.deals.queries.reports.durations import usual_days
from services.deals.queries.reports.spans import Moment, Span, asked_moment, asked_span, month_name
from services.deals.queries.reports.wanted import Wanted
from services.deals.queries.reports.worth import Amount, Worth, total, worth_of
from services.deals.queries.targets import attainment, targeted, targets_of

GROUPS = ("month", "stage")
Amounts = Mapping[Key, Amount]


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of the deals that were closed in a year and had been in a stage were won."""

    won: int = 0
    lost: int = 0

    @property
    def closed(self) -> int:
        return self.won + self.lost

    @property
    def share(self) -> float | None:
        return self.won / self.closed if self.closed else None

    def shown(self) -> dict[str, Any]:
        return {"win_rate": self.share, "closed": self.closed}


@dataclass(frozen=True, slots=True)
class _Asked:
    wanted: Wanted
    span: Span
    moment: Moment
    by: tuple[str, ...]


def forecast(
    session: Session,
    actor: Actor,
    now: datetime,
    from_day: Any,
    to_day: Any,
    group_by: Any = None,
    filters: Any = None,
    as_of: Any = None,
) -> dict[str, Any]:
    """Deals that close in a range: won and lost ones by the day they did, open ones by the day they are expected to.

    Weighted amounts are rounded in each cell of month, stage and currency and then only added. Deals without a day,
    without a value or without a rate are counted and listed beside it. win_rate: measured on what was closed in the
    year that ends with the report's day; model figures are there for the present alone. A target is held against the
    months that it is of, and against the deals of the one whose target it is: attained_minor and expected_minor.
    """
    asked = _Asked(Wanted.of(filters), asked_span(from_day, to_day), asked_moment("as_of", as_of, now), _by(group_by))
    worth = worth_of(session, asked.wanted, asked.moment)
    parts = {
        "asked": Part(asked.span, asked.wanted.stages),
        "undated": Part(undated=True, stages=asked.wanted.stages),
        "measured": Part(asked.moment.measured, CLOSED),
    }
    targets, owner_id = targets_of(session, actor, asked.wanted, asked.span), targeted(actor, asked.wanted)
    if targets and owner_id != asked.wanted.owner_id:
        parts["held"] = Part(asked.span, asked.wanted.stages, owner_id=owner_id)
    found = cells(session, actor, asked.wanted, asked.moment, parts)
    usual, rates = usual_days(session, asked.moment), win_rates(found["measured"])
    amounts = worth.amounts(found["asked"])
    held = worth.amounts(found["held"]) if "held" in found else amounts
    return {
        "from_day": asked.span.first,
        "to_day": asked.span.last,
        "as_of": asked.moment.day,
        "currency": worth.currency,
        "group_by": list(asked.by),
        **_figures(asked, worth, amounts, rates),
        **rates[""].shown(),
        "months": _months(asked, amounts, targets),
        "stages": _stages(worth, amounts, rates, usual),
        **_beside(worth, found["asked"], found["undated"]),
        **_reached(held, targets),
    }


def win_rates(measured: Cells) -> dict[str, Rate]:
    """For each open stage, of the closed deals that were ever in it; under won and lost nothing, under "" of all."""
    found = {}
    for stage in ("", *OPEN_STAGES):
        counted = {
            end: sum(getattr(each, stage or "deals") for key, each in measured.items() if key.stage == end)
            for end in CLOSED
        }
        found[stage] = Rate(counted["won"], counted["lost"])
    return found


def _by(group_by: Any) -> tuple[str, ...]:
    given = list(GROUPS) if group_by is None else group_by
    if not isinstance(given, list) or any(each not in GROUPS for each in given):
        raise Invalid("group_by is a list of month, stage or both", field="group_by")
    return tuple(each for each in GROUPS if each in given)


def _figures(asked: _Asked, worth: Worth, found: Amounts, rates: Mapping[str, Rate]) -> dict[str, Any]:
    """The rows, and the sums of them."""
    grouped: dict[tuple[date | None, str | None], Amount] = {key: Amount() for key in _always(asked)}
    for key, each in found.items():
        named = (key.month if "month" in asked.by else None, key.stage if "stage" in asked.by else None)
        amount = grouped.setdefault(named, Amount())
        amount += each
    rows = [_row(worth, month, stage, grouped[month, stage], rates) for month, stage in sorted(grouped, key=_order)]
    whole, opened = total(found.values()), total(_of(found, *OPEN_STAGES))
    return {
        "rows": rows,
        "total_count": whole.count,
        "total_value_minor": whole.value_minor,
        "total_weighted_minor": whole.weighted_minor,
        "open_minor": opened.value_minor,
        "open_weighted_minor": opened.weighted_minor,
        "won_minor": total(_of(found, "won")).value_minor,
        "lost_minor": total(_of(found, "lost")).value_minor,
    }


def _always(asked: _Asked) -> list[tuple[date | None, str | None]]:
    """The rows that are there even where no deal is: every month, with its open stages."""
    months: list[date | None] = list(asked.span.months()) if "month" in asked.by else [None]
    shown = [stage for stage in asked.wanted.shown_stages if stage in OPEN_STAGES]
    stages: list[str | None] = [*shown] if "stage" in asked.by else [None]
    return [(month, stage) for month in months for stage in stages]


def _order(named: tuple[date | None, str | None]) -> tuple[date, int]:
    month, stage = named
    return month or date.min, STAGES.index(stage) if stage else 0


def _row(
    worth: Worth, month: date | None, stage: str | None, amount: Amount, rates: Mapping[str, Rate]
) -> dict[str, Any]:
    likely = amount.expected_minor / amount.model_minor if amount.model_minor else None
    return {
        "month": month and month_name(month),
        "stage": stage,
        "count": amount.count,
        "valued": amount.valued,
        "value_minor": amount.value_minor,
        "weight": worth.weights[stage] if stage else None,
        "weighted_minor": amount.weighted_minor,
        **rates.get(stage or "", Rate()).shown(),
        "model_probability": likely,
        "modelled": amount.modelled,
        "model_minor": amount.model_minor,
    }


def _months(asked: _Asked, found: Amounts, targets: Mapping[date, int]) -> list[dict[str, Any]]:
    by_month: dict[date | None, dict[str, Amount]] = defaultdict(lambda: defaultdict(Amount))
    for key, each in found.items():
        for name in ("all", key.stage if key.stage in CLOSED else "open"):
            by_month[key.month][name] += each
    return [
        {
            "month": month_name(month),
            **by_month[month]["all"].money(),
            "won_minor": by_month[month]["won"].value_minor,
            "open_minor": by_month[month]["open"].value_minor,
            "target_minor": targets.get(month),
        }
        for month in asked.span.months()
    ]


def _stages(worth: Worth, found: Amounts, rates: Mapping[str, Rate], usual: Mapping[str, int]) -> list[dict[str, Any]]:
    return [
        {"stage": stage, **total(_of(found, stage)).money(), "weight": worth.weights[stage]}
        | rates.get(stage, Rate()).shown()
        | {"usual_days": usual.get(stage)}
        for stage in STAGES
    ]


def _beside(worth: Worth, found: Cells, undated: Cells) -> dict[str, Any]:
    """What the rows do not hold, or hold without a value."""
    without_rate = worth.unrated(found, undated)
    currencies = [key.currency for key in (*found, *undated)]
    return {
        "without_date": worth.added(undated).money(),
        "without_value": sum(each.deals - each.valued for each in found.values()),
        "without_rate": without_rate.listed(),
        "rates": worth.exchange.listed(currencies),
    }


def _reached(held: Amounts, targets: Mapping[date, int]) -> dict[str, Any]:
    """What was won of the targets, and is expected, in the months that have one. held: what counts towards them."""
    if not targets:
        return dict.fromkeys(("target_minor", "attained_minor", "attainment", "expected_minor"))
    target = sum(targets.values())
    won = total(each for key, each in held.items() if key.stage == "won" and key.month in targets).value_minor
    expected = total(each for key, each in held.items() if key.month in targets).weighted_minor
    return {
        "target_minor": target,
        "attained_minor": won,
        "attainment": attainment(won, target),
        "expected_minor": expected,
    }


def _of(found: Amounts, *stages: str) -> list[Amount]:
    return [each for key, each in found.items() if key.stage in stages]
