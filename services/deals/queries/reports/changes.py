"""The states of deals at two moments side by side, as one statement: so both ends and all parts are of one snapshot."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Numeric,
    Select,
    Text,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.types import Date, Uuid

from libs.common.identity import Actor
from libs.common.money import exponent
from services.deals import access
from services.deals.domain import OPEN_STAGES
from services.deals.models import deal_states
from services.deals.queries.reports.cells import month_column
from services.deals.queries.reports.spans import Moment, Span
from services.deals.queries.reports.wanted import Wanted
from services.deals.queries.reports.worth import Worth

CAME = ("came_in", "reopened", "pulled_in", "joined")
WENT = ("won", "lost", "slipped", "left")
STAYED = ("revalued", "exchange", "moved", "reweighted")
KINDS = ("came_in", "reopened", "pulled_in", "won", "lost", "slipped", "left", "joined", *STAYED)
TOP = 5


def changes(
    actor: Actor,
    wanted: Wanted,
    span: Span,
    moments: tuple[Moment, Moment],
    worths: tuple[Worth, Worth],
    measure: str,
) -> Any:
    """Rows of ``what``: start and end are cells of the pipeline then, part is what a kind of change adds up to, top
    are the deals that matter most in it."""
    both = _side_by_side(actor, wanted, span, moments).cte("both_ends")
    each = _parts(both, worths, measure == "weighted").cte("each")
    summed = select(*_row("part", each.c.kind), func.count().label("count"), func.sum(each.c.amount).label("amount"))
    return union_all(
        _cells("start", both, "s", WENT),
        _cells("end", both, "e", CAME),
        summed.group_by(each.c.kind),
        _tops(each),
    )


def _side_by_side(actor: Actor, wanted: Wanted, span: Span, moments: tuple[Moment, Moment]) -> Select[Any]:
    """Every deal that was in the open pipeline at either moment: how it changed, and both its states."""
    mine = access.counted(actor, deal_states)
    inside = and_(
        _open(deal_states), deal_states.c.closes_on.between(span.first, span.last), _fits(deal_states, wanted)
    )
    in_either = [select(deal_states.c.deal_id).where(_holds(deal_states, each), inside, mine) for each in moments]
    touched = in_either[0].union(in_either[1]).subquery("touched")
    s, e = deal_states.alias("s"), deal_states.alias("e")
    joined: FromClause = touched
    for state, moment in ((s, moments[0]), (e, moments[1])):
        joined = joined.outerjoin(state, and_(state.c.deal_id == touched.c.deal_id, _holds(state, moment)))
    columns = [
        column.label(f"{side}_{column.name}")
        for side, state in (("s", s), ("e", e))
        for column in (state.c.stage, state.c.currency, state.c.value_minor, month_column(state.c.closes_on))
    ]
    return select(touched.c.deal_id, _kind(s, e, wanted, span).label("kind"), *columns).select_from(joined)


def _holds(state: FromClause, moment: Moment) -> ColumnElement[bool]:
    ends = state.c.valid_to
    if moment.before is None:
        return ends.is_(None)
    return and_(state.c.valid_from < moment.before, or_(ends.is_(None), ends >= moment.before))


def _inside(state: FromClause, wanted: Wanted, span: Span) -> ColumnElement[bool]:
    """In the open pipeline that is asked about; never null."""
    return func.coalesce(and_(_open(state), _dated(state, span), _fits(state, wanted)), false())


def _open(state: FromClause) -> ColumnElement[bool]:
    return state.c.stage.in_(OPEN_STAGES)


def _dated(state: FromClause, span: Span) -> ColumnElement[bool]:
    return func.coalesce(state.c.closes_on.between(span.first, span.last), false())


def _fits(state: FromClause, wanted: Wanted) -> ColumnElement[bool]:
    return and_(state.c.stage.in_(wanted.shown_stages), *wanted.of_table(state))


def _kind(s: FromClause, e: FromClause, wanted: Wanted, span: Span) -> ColumnElement[str]:
    """Why a deal came or went, ``stayed`` where it did neither."""
    inside = [_inside(state, wanted, span) for state in (s, e)]
    return case(
        (and_(*inside), "stayed"),
        (and_(inside[1], s.c.id.is_(None)), "came_in"),
        (and_(inside[1], ~_open(s)), "reopened"),
        (and_(inside[1], ~_dated(s, span)), "pulled_in"),
        (inside[1], "joined"),
        (e.c.stage == "won", "won"),
        (e.c.stage == "lost", "lost"),
        (and_(e.c.id.is_not(None), ~_dated(e, span)), "slipped"),
        else_="left",
    )


def _parts(both: FromClause, worths: tuple[Worth, Worth], weighing: bool) -> Select[Any]:
    """What each deal adds to each kind of change; of those that stayed, only what is something."""
    row = both.c
    value = {side: func.coalesce(row[f"{side}_value_minor"], 0) for side in ("s", "e")}
    rate = {
        (side, of): _rate(worth, row[f"{of}_currency"]) for side, worth in zip("se", worths, strict=True) for of in "se"
    }
    weight = {
        (side, of): _weight(worth, row[f"{of}_stage"], weighing)
        for side, worth in zip("se", worths, strict=True)
        for of in "se"
    }
    was = value["s"] * rate["s", "s"] * weight["s", "s"]
    is_ = value["e"] * rate["e", "e"] * weight["e", "e"]
    stayed = {
        "revalued": (value["e"] * rate["s", "e"] - value["s"] * rate["s", "s"]) * weight["s", "s"],
        "exchange": value["e"] * (rate["e", "e"] - rate["s", "e"]) * weight["s", "s"],
        "moved": value["e"] * rate["e", "e"] * (weight["s", "e"] - weight["s", "s"]),
        "reweighted": value["e"] * rate["e", "e"] * (weight["e", "e"] - weight["s", "e"]),
    }
    found = [
        _each(both, row.kind, is_).where(row.kind.in_(CAME)),
        _each(both, row.kind, -was).where(row.kind.in_(WENT)),
    ]
    found += [
        _each(both, literal_column(f"'{kind}'", Text), amount).where(row.kind == "stayed", amount != 0)
        for kind, amount in stayed.items()
    ]
    return select(union_all(*found).subquery("parts"))


def _each(both: FromClause, kind: ColumnElement[Any], amount: ColumnElement[Any]) -> Select[Any]:
    return select(both.c.deal_id, cast(kind, Text).label("kind"), amount.label("amount"))


def _rate(worth: Worth, currency: ColumnElement[str]) -> ColumnElement[Any]:
    """What a minor unit is worth in those of the report; nothing where there is no rate."""
    into = exponent(worth.currency)
    rates = ((each, rate.scaleb(into - exponent(each))) for each, (_day, rate) in worth.exchange.rates.items())
    return _choice(currency, [(worth.currency, Decimal(1)), *rates])


def _weight(worth: Worth, stage: ColumnElement[str], weighing: bool) -> ColumnElement[Any]:
    shares = [(each, Decimal(weight).scaleb(-2)) for each, weight in worth.weights.items()]
    return _choice(stage, shares) if weighing else literal(Decimal(1), Numeric)


def _choice(column: ColumnElement[str], values: Iterable[tuple[str, Decimal]]) -> ColumnElement[Any]:
    first = dict(reversed(list(values)))
    return case(*((column == name, literal(each, Numeric)) for name, each in first.items()), else_=literal(0, Numeric))


def _cells(what: str, both: FromClause, side: str, kinds: tuple[str, ...]) -> Select[Any]:
    month, stage, currency = (both.c[f"{side}_{name}"] for name in ("month", "stage", "currency"))
    value = cast(func.coalesce(func.sum(both.c[f"{side}_value_minor"]), 0), Numeric)
    chosen = select(*_row(what, null(), month, stage, currency), func.count().label("count"), value.label("amount"))
    return chosen.where(both.c.kind.in_((*kinds, "stayed"))).group_by(month, stage, currency)


def _tops(each: FromClause) -> Select[Any]:
    rank = func.row_number().over(partition_by=each.c.kind, order_by=[func.abs(each.c.amount).desc(), each.c.deal_id])
    ranked = select(each, rank.label("rank")).subquery("ranked").c
    row = _row("top", ranked.kind, deal_id=ranked.deal_id)
    return select(*row, ranked.rank.label("count"), ranked.amount).where(ranked.rank <= TOP)


def _row(
    what: str, kind: Any, month: Any = None, stage: Any = None, currency: Any = None, deal_id: Any = None
) -> list[ColumnElement[Any]]:
    shown: list[tuple[str, Any, Callable[[], Any]]] = [
        ("what", literal_column(f"'{what}'"), Text),
        ("kind", kind, Text),
        ("month", month, Date),
        ("stage", stage, Text),
        ("currency", currency, Text),
        ("deal_id", deal_id, lambda: Uuid(as_uuid=False)),
    ]
    return [cast(null() if value is None else value, type_()).label(name) for name, value, type_ in shown]
