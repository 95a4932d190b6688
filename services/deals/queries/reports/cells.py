"""What every figure of a report is added up from: deals by month of closing, stage and currency.

Where somebody sees all deals, and filters by nothing or by one of owner, source and tag, cells come from the sums that
the database keeps; else from the deals themselves, or from their states as they were. All cells of a report come from
one statement, so they are of one moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    TIMESTAMP,
    ColumnElement,
    Date,
    Integer,
    Numeric,
    Select,
    Table,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.orm import Session

from libs.common.identity import Actor
from services.deals import access
from services.deals.domain import OPEN_STAGES
from services.deals.models import deal_states, deals, pipeline_scores, pipeline_sums
from services.deals.queries.reports.spans import Moment, Span, next_month
from services.deals.queries.reports.wanted import By, Slice, Wanted

CLOSED = ("won", "lost")


@dataclass(frozen=True, slots=True)
class Part:
    """Deals that a report counts together. span: those that close in these days, None for all, dated or not.

    stages: None for all. undated: those without a day alone.
    """

    span: Span | None = None
    stages: tuple[str, ...] | None = None
    undated: bool = False


class Key(NamedTuple):
    """What names a cell; month is None for deals without a day, group the owner's id or the source where asked for."""

    month: date | None
    stage: str
    currency: str
    group: str | None


@dataclass(slots=True)
class Figures:
    """What a cell holds: deals, those with a value, and its sum; how many of them were ever in each open stage, and the
    value of those; of how many a model says how likely they are, their value, and that times the probability."""

    deals: int = 0
    valued: int = 0
    value_minor: int = 0
    lead: int = 0
    qualified: int = 0
    proposal: int = 0
    negotiation: int = 0
    lead_minor: int = 0
    qualified_minor: int = 0
    proposal_minor: int = 0
    negotiation_minor: int = 0
    modelled: int = 0
    model_minor: int = 0
    expected_minor: int = 0

    def add(self, row: Any) -> None:
        for name in _NAMES:
            setattr(self, name, getattr(self, name) + int(getattr(row, name)))


_NAMES = tuple(Figures.__dataclass_fields__)
Cells = dict[Key, Figures]
# The first five columns of every statement here: the parts and the key.
_KEYS: tuple[ColumnElement[Any], ...] = tuple(literal_column(str(n)) for n in range(1, 6))


def cells(
    session: Session, actor: Actor, wanted: Wanted, moment: Moment, parts: Mapping[str, Part], by: By = None
) -> dict[str, Cells]:
    """The cells of each part that was asked for; cells that hold no deal are not there."""
    slice_ = wanted.slice_for(actor, by)
    if slice_ is None:
        selects = [_one_by_one(actor, wanted, moment, parts, by)]
    else:
        selects = [each for name, part in parts.items() for each in _summed(slice_, moment, name, part)]
    found: dict[str, Cells] = {name: {} for name in parts}
    for row in session.execute(selects[0] if len(selects) == 1 else union_all(*selects)):
        for name in row.parts:
            key = Key(row.month, row.stage, row.currency, row.group)
            found[name].setdefault(key, Figures()).add(row)
    return {name: {key: each for key, each in kept.items() if each.deals} for name, kept in found.items()}


def _one_by_one(actor: Actor, wanted: Wanted, moment: Moment, parts: Mapping[str, Part], by: By) -> Select[Any]:
    """From deals or their states: each row once, with the names of the parts that it belongs to."""
    table = deals if moment.before is None else deal_states
    belongs = {name: _within(table, part) for name, part in parts.items()}
    names = func.array_remove(array([case((each, name), else_="") for name, each in belongs.items()]), "")
    wide = [access.counted(actor, table), *wanted.of_table(table), *_valid(table, moment), or_(*belongs.values())]
    return _counted(table, names, by).where(*wide)


def _summed(slice_: Slice, moment: Moment, name: str, part: Part) -> Iterable[Select[Any]]:
    """From the sums, and what these do not tell from the rows themselves: days at the edges, hours since a month's
    end."""
    names = _named(name)
    whole = part.span.whole_months() if part.span else None
    if part.undated or part.span is None or whole is not None:
        yield from _of_months(slice_, moment, names, part, whole)
    table = deals if moment.before is None else deal_states
    for edge in part.span.edges() if part.span else []:
        conditions = [*slice_.wanted.of_table(table), *_valid(table, moment), *_within_stages(table, part)]
        yield _counted(table, names, slice_.by).where(*conditions, _between(table.c.closes_on, edge))


def _of_months(
    slice_: Slice, moment: Moment, names: ColumnElement[Any], part: Part, whole: Span | None
) -> Iterable[Select[Any]]:
    yield _added(pipeline_sums, names, slice_, part, whole, moment)
    if moment.before is None:
        yield _added(pipeline_scores, names, slice_, part, whole, moment)
        return
    row, (_, sign, begin, end) = deal_states.c, nearest_month(moment.before)
    for instant, direction in ((row.valid_from, sign), (row.valid_to, -sign)):
        changed = [instant >= begin, instant < end, *slice_.wanted.of_table(deal_states)]
        yield _counted(deal_states, names, slice_.by, direction).where(*changed, _within(deal_states, part, whole))


def _added(
    table: Table, names: ColumnElement[Any], slice_: Slice, part: Part, whole: Span | None, moment: Moment
) -> Select[Any]:
    """The rows of one table of sums, added up; a figure that it does not hold is nothing."""
    wide = [*slice_.of_table(table), *_within_stages(table, part)]
    if part.undated:
        wide.append(table.c.month.is_(None))
    elif whole is not None:
        wide.append(_between(table.c.month, whole))
    if moment.before is not None:
        wide.append(table.c.changed < nearest_month(moment.before)[0])
    keys = [table.c.month, table.c.stage, table.c.currency, _group(table, slice_.by)]
    figures = [(func.sum(table.c[name]) if name in table.c else literal_column("0")).label(name) for name in _NAMES]
    return select(names.label("parts"), *keys, *figures).where(*wide).group_by(*_KEYS)


def nearest_month(before: datetime) -> tuple[date, int, datetime, datetime]:
    """From which month's beginning (in UTC, as sums are kept) an instant is reached soonest: that month, whether
    changes are added (1) or taken back (-1), and between which instants."""
    this = before.date().replace(day=1)
    begin, end = _utc(this), _utc(next_month(this))
    if before - begin <= end - before:
        return this, 1, begin, before
    return next_month(this), -1, before, end


def _utc(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _counted(table: Table, names: ColumnElement[Any], by: By, sign: int = 1) -> Select[Any]:
    """Rows counted into cells; taken away with sign -1."""
    row, of = table.c, literal_column(str(sign), Integer)
    value = row.deal_value_minor if table is deals else row.value_minor
    figures: dict[str, Any] = {
        "deals": func.count(),
        "valued": func.count(value),
        "value_minor": func.coalesce(func.sum(value), 0),
    }
    for bit, stage in enumerate(OPEN_STAGES):
        ever = row.reached.op("&")(literal_column(str(1 << bit))) > 0
        figures[stage] = func.count().filter(ever)
        figures[f"{stage}_minor"] = func.coalesce(func.sum(value).filter(ever), 0)
    if table is deals:
        told, likely = row.model_probability.is_not(None), func.round(cast(value * row.model_probability, Numeric))
        figures["modelled"] = func.count().filter(told)
        figures["model_minor"] = func.coalesce(func.sum(value).filter(told), 0)
        figures["expected_minor"] = func.coalesce(func.sum(likely).filter(told), 0)
    month = month_column(row.closes_on)
    shown = [(of * figures.get(name, literal_column("0"))).label(name) for name in _NAMES]
    return select(names.label("parts"), month, row.stage, row.currency, _group(table, by), *shown).group_by(*_KEYS)


def month_column(day: ColumnElement[Any]) -> ColumnElement[Any]:
    """The first day of the month of a day, as ``month``."""
    return cast(func.date_trunc("month", cast(day, TIMESTAMP)), Date).label("month")


def _group(table: Table, by: By) -> ColumnElement[Any]:
    """What figures are told apart by beside their cell, as text."""
    return (cast(table.c[by], Text) if by else cast(null(), Text)).label("group")


def _within(table: Table, part: Part, span: Span | None = None) -> ColumnElement[bool]:
    """The rows of a part; span: instead of the part's own days."""
    days = span or part.span
    conditions = _within_stages(table, part)
    if part.undated:
        conditions.append(table.c.closes_on.is_(None))
    elif days is not None:
        conditions.append(_between(table.c.closes_on, days))
    return and_(true(), *conditions)


def _within_stages(table: Table, part: Part) -> list[ColumnElement[bool]]:
    return [] if part.stages is None else [table.c.stage.in_(part.stages)]


def _between(column: ColumnElement[Any], span: Span) -> ColumnElement[bool]:
    return column.between(span.first, span.last)


def _valid(table: Table, moment: Moment) -> list[ColumnElement[bool]]:
    """The states that held at the end of a day."""
    if moment.before is None:
        return []
    ends = table.c.valid_to
    return [table.c.valid_from < moment.before, or_(ends.is_(None), ends >= moment.before)]


def _named(name: str) -> ColumnElement[Any]:
    return cast(literal([name], ARRAY(Text)), ARRAY(Text))
