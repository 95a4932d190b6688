"""What every figure of a report is added up from: deals by month of closing, stage and currency.

Where somebody sees all deals, and filters by nothing or by one of owner, source and tag, cells come from the sums that
the database keeps; else from the deals themselves, or from their states as they were. All cells of a report come from
one statement, so they are of one moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, reduce
from operator import add
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
    literal_column,
    null,
    or_,
    select,
    true,
    union_all,
)
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

    stages: None for all. undated: those without a day alone. owner_id: those of one person, where the rest are not.
    """

    span: Span | None = None
    stages: tuple[str, ...] | None = None
    undated: bool = False
    owner_id: str | None = None


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

    def added(self, figures: Sequence[int]) -> Figures:
        """With others, in the order of the fields."""
        return Figures(*(getattr(self, name) + more for name, more in zip(_NAMES, figures, strict=True)))


_NAMES = tuple(Figures.__dataclass_fields__)
Cells = dict[Key, Figures]
_ZERO = literal_column("0", Integer)
# Parts by their bits, and which rows belong to each.
Parts = Mapping[int, Part]
Belongs = Mapping[int, ColumnElement[bool]]
# The first five columns of every statement here: the bits of the parts, and the key.
_KEYS: tuple[ColumnElement[Any], ...] = tuple(literal_column(str(n)) for n in range(1, 6))


def cells(
    session: Session, actor: Actor, wanted: Wanted, moment: Moment, parts: Mapping[str, Part], by: By = None
) -> dict[str, Cells]:
    """The cells of each part that was asked for; cells that hold no deal are not there."""
    bits = {1 << at: part for at, part in enumerate(parts.values())}
    # The sums of all deals do not say whose each is.
    slice_ = None if any(part.owner_id for part in parts.values()) else wanted.slice_for(actor, by)
    if slice_ is None:
        selects = [_one_by_one(actor, wanted, moment, bits, by)]
    else:
        selects = [*_summed(slice_, moment, bits), *_at_the_edges(slice_, moment, bits)]
    found: dict[str, Cells] = {name: {} for name in parts}
    for row in session.execute(selects[0] if len(selects) == 1 else union_all(*selects)):
        key, figures = Key(*row[1 : len(_KEYS)]), [int(each) for each in row[len(_KEYS) :]]
        for bit, name in zip(bits, parts, strict=True):
            if row.parts & bit:
                found[name][key] = found[name][key].added(figures) if key in found[name] else Figures(*figures)
    return {name: {key: each for key, each in kept.items() if each.deals} for name, kept in found.items()}


def _one_by_one(actor: Actor, wanted: Wanted, moment: Moment, parts: Parts, by: By) -> Select[Any]:
    """From deals or their states."""
    table = deals if moment.before is None else deal_states
    row, belongs = table.c, {}
    for bit, part in parts.items():
        belongs[bit] = _within(row.stage, part, row.closes_on, part.span)
        if part.owner_id is not None:
            belongs[bit] = and_(belongs[bit], row.owner_id == part.owner_id)
    return _counted(table, belongs, by).where(
        access.counted(actor, table), *wanted.of_table(table), *_valid(table, moment)
    )


def _summed(slice_: Slice, moment: Moment, parts: Parts) -> Iterable[Select[Any]]:
    """From the sums, as far as they tell: whole months, at the end of a month; and what changed since or until then."""
    whole = {bit: part.span.whole_months() if part.span else None for bit, part in parts.items()}
    told = {bit: part for bit, part in parts.items() if part.span is None or whole[bit] is not None}
    if not told:
        return
    for table in (pipeline_sums,) if moment.before else (pipeline_sums, pipeline_scores):
        belongs = {bit: _within(table.c.stage, part, table.c.month, whole[bit]) for bit, part in told.items()}
        yield _added(table, belongs, slice_, moment)
    if moment.before is not None:
        row, (_, sign, begin, end) = deal_states.c, nearest_month(moment.before)
        belongs = {bit: _within(row.stage, part, row.closes_on, whole[bit]) for bit, part in told.items()}
        for instant, direction in ((row.valid_from, sign), (row.valid_to, -sign)):
            changed = (instant >= begin, instant < end, *slice_.wanted.of_table(deal_states))
            yield _counted(deal_states, belongs, slice_.by, direction).where(*changed)


def _at_the_edges(slice_: Slice, moment: Moment, parts: Parts) -> Iterable[Select[Any]]:
    """From deals or their states: what closes on days of months that are not asked for as a whole."""
    table = deals if moment.before is None else deal_states
    row, belongs = table.c, {}
    for bit, part in parts.items():
        edges = part.span.edges() if part.span else []
        if edges:
            belongs[bit] = or_(*(_within(row.stage, part, row.closes_on, edge) for edge in edges))
    if belongs:
        yield _counted(table, belongs, slice_.by).where(*slice_.wanted.of_table(table), *_valid(table, moment))


def _added(table: Table, belongs: Belongs, slice_: Slice, moment: Moment) -> Select[Any]:
    """The rows of one table of sums, added up; a figure that it does not hold is nothing."""
    wide = [or_(*belongs.values()), *slice_.of_table(table)]
    if moment.before is not None:
        wide.append(table.c.changed < nearest_month(moment.before)[0])
    return select(_bits(belongs), *_added_columns(table, slice_.by)).where(*wide).group_by(*_KEYS)


# Columns are the same in every statement, and take longer to put together than a small statement to run.
@cache
def _added_columns(table: Table, by: By) -> list[ColumnElement[Any]]:
    figures = [(func.sum(table.c[name]) if name in table.c else _ZERO).label(name) for name in _NAMES]
    return [table.c.month, table.c.stage, table.c.currency, _group(table, by), *figures]


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


def _counted(table: Table, belongs: Belongs, by: By, sign: int = 1) -> Select[Any]:
    """Rows counted into the cells of the parts they belong to; taken away with sign -1."""
    return select(_bits(belongs), *_counted_columns(table, by, sign)).where(or_(*belongs.values())).group_by(*_KEYS)


@cache
def _counted_columns(table: Table, by: By, sign: int) -> list[ColumnElement[Any]]:
    row, of = table.c, literal_column(str(sign), Integer)
    value = row.deal_value_minor if table is deals else row.value_minor
    figures: dict[str, Any] = {"deals": func.count(), "valued": func.count(value), "value_minor": _sum(value)}
    for bit, stage in enumerate(OPEN_STAGES):
        ever = row.reached.op("&")(literal_column(str(1 << bit))) > _ZERO
        figures |= {stage: func.count().filter(ever), f"{stage}_minor": _sum(value, ever)}
    if table is deals:
        told, likely = row.model_probability.is_not(None), func.round(cast(value * row.model_probability, Numeric))
        modelled = {"modelled": func.count().filter(told), "model_minor": _sum(value, told)}
        figures |= modelled | {"expected_minor": _sum(likely, told)}
    shown = [(of * figures.get(name, _ZERO)).label(name) for name in _NAMES]
    return [month_column(row.closes_on), row.stage, row.currency, _group(table, by), *shown]


def _sum(value: ColumnElement[Any], only: ColumnElement[bool] | None = None) -> ColumnElement[Any]:
    return func.coalesce(func.sum(value) if only is None else func.sum(value).filter(only), _ZERO)


def _bits(belongs: Belongs) -> ColumnElement[Any]:
    """The parts that a row belongs to, as one number: a list of them for each of many rows would take its time."""
    bits = [case((condition, literal_column(str(bit), Integer)), else_=_ZERO) for bit, condition in belongs.items()]
    return reduce(add, bits).label("parts")


def _within(stage: ColumnElement[str], part: Part, day: ColumnElement[Any], span: Span | None) -> ColumnElement[bool]:
    """The rows of a part by their stage, and by their day or month where these are asked for."""
    conditions = [] if part.stages is None else [stage.in_(part.stages)]
    if part.undated:
        conditions.append(day.is_(None))
    elif span is not None:
        conditions.append(day.between(span.first, span.last))
    return and_(true(), *conditions)


def _valid(table: Table, moment: Moment) -> list[ColumnElement[bool]]:
    """The states that held at the end of a day."""
    if moment.before is None:
        return []
    ends = table.c.valid_to
    return [table.c.valid_from < moment.before, or_(ends.is_(None), ends >= moment.before)]


def month_column(day: ColumnElement[Any]) -> ColumnElement[Any]:
    """The first day of the month of a day, as ``month``."""
    return cast(func.date_trunc("month", cast(day, TIMESTAMP)), Date).label("month")


def _group(table: Table, by: By) -> ColumnElement[Any]:
    """What figures are told apart by beside their cell, as text."""
    return (cast(table.c[by], Text) if by else cast(null(), Text)).label("group")
