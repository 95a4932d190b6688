"""The bridge on random histories: its parts are the difference, and each is what a second memory says it is."""

from __future__ import annotations

import os
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from libs.common.problems import Forbidden, Invalid
from services.deals.domain import OPEN_STAGES, STAGES
from tests.deals.reports.playing import BEGINNING, CURRENCIES, OWNERS, SOURCES, Asked, State, World, rounded
from tests.support.actors import ADMIN, JOHN, system

EXAMPLES = 2000 if os.environ.get("CRM_FULL") else 200

KINDS = "came_in reopened pulled_in won lost slipped left joined revalued exchange moved reweighted".split()
values = st.one_of(st.none(), st.integers(0, 100_000))
days = st.one_of(st.none(), st.dates(date(2025, 1, 1), date(2025, 5, 31)))
fields = {
    "deal_value_minor": values,
    "currency": st.sampled_from(CURRENCIES),
    "expected_close_date": days,
    "owner_id": st.sampled_from(OWNERS),
    "source": st.sampled_from(SOURCES),
    "tags": st.lists(st.sampled_from(["vip", "big"]), max_size=2, unique=True),
}
which = st.integers(0, 9)
weight = st.integers(0, 100)
step = st.one_of(
    st.tuples(
        st.just("create"),
        st.fixed_dictionaries({**fields, "stage": st.sampled_from(STAGES), "client": st.integers(0, 1)}),
    ),
    st.tuples(
        st.just("create"),
        st.fixed_dictionaries(
            {**fields, "stage": st.sampled_from(STAGES), "began": st.integers(1, 60), "closed": st.integers(0, 60)}
        ),
    ),
    st.tuples(st.just("move"), st.fixed_dictionaries({"which": which, "stage": st.sampled_from(STAGES)})),
    st.tuples(st.just("change"), st.fixed_dictionaries({"which": which}, optional=fields)),
    st.tuples(st.just("weigh"), st.fixed_dictionaries({"stage": st.sampled_from(OPEN_STAGES), "weight": weight})),
    st.tuples(
        st.just("rate"),
        st.fixed_dictionaries(
            {
                "currency": st.sampled_from(CURRENCIES[1:]),
                "ago": st.integers(0, 40),
                "rate": st.decimals(Decimal("0.0001"), 3, places=4),
            }
        ),
    ),
    st.tuples(st.just("wait"), st.fixed_dictionaries({"hours": st.sampled_from([1, 5, 24, 24 * 9, 24 * 31])})),
    st.tuples(st.just("to_midnight"), st.fixed_dictionaries({"seconds": st.sampled_from([-1, 0, 1])})),
)
filters = st.sampled_from(
    [
        {},
        {},
        {"owner_id": JOHN.id},
        {"source": "referral"},
        {"tag": "vip"},
        {"currency": "EUR"},
        {"owner_id": JOHN.id, "tag": "vip"},
        {"source": "website", "currency": "JPY"},
    ]
)
spans = st.tuples(st.dates(date(2025, 1, 1), date(2025, 4, 30)), st.integers(0, 90))
looks = st.tuples(st.integers(0, 70), st.integers(0, 70))


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(
    steps=st.lists(step, min_size=1, max_size=14),
    span=spans,
    look=looks,
    filters=filters,
    weighing=st.booleans(),
    eyes=st.sampled_from([ADMIN, ADMIN, JOHN]),
)
def test_its_parts_are_the_difference(
    world: World, steps: Any, span: Any, look: Any, filters: Any, weighing: bool, eyes: Any
) -> None:
    world.begin()
    for name, arguments in [("create", {"stage": "lead", "expected_close_date": date(2025, 2, 14)}), *steps]:
        getattr(world, name)(**arguments)
    asked = Asked(span[0], span[0] + timedelta(days=span[1]), filters)
    lived = (world.today - BEGINNING.date()).days + 2
    start, end = sorted(world.today - timedelta(days=ago % (lived + 1)) for ago in look)
    measure = "weighted" if weighing else "value"

    bridge = world.deals.as_(eyes).forecast_bridge(**asked.arguments, start=str(start), end=str(end), measure=measure)

    amounts = {part["kind"]: part["value_minor"] for part in bridge["parts"]}
    assert list(amounts) == [each for each in KINDS if weighing or each not in ("moved", "reweighted")] + ["rounding"]
    assert sum(amounts.values()) == bridge["end_minor"] - bridge["start_minor"]
    cells = bridge["start_count"] + bridge["end_count"]
    assert abs(amounts["rounding"]) <= cells + len(amounts) / 2
    seen = {deal_id for deal_id, name in world.company.items() if eyes is ADMIN or name == "TechCorp"}
    if not weighing and all(state.currency == "USD" for states in world.states.values() for state in states):
        assert amounts["rounding"] == 0
    assert bridge["parts"][:-1] == expected(world, asked, start, end, weighing, seen)
    for side, day in (("start", start), ("end", end)):
        answer = world.deals.as_(eyes).forecast(**asked.arguments, as_of=str(day))
        inside = [state for deal_id, state in world.at(day).items() if deal_id in seen and asked.holds(state)]
        into = filters.get("currency", "USD")
        assert answer["open_minor"] == world.worth(day, inside, False, into)
        assert answer["open_weighted_minor"] == world.worth(day, inside, True, into)
        assert bridge[f"{side}_minor"] == answer["open_weighted_minor" if weighing else "open_minor"]
        assert bridge[f"{side}_count"] == len(inside)
    live, today = (
        world.deals.as_(eyes).forecast(**asked.arguments, **more) for more in ({}, {"as_of": str(world.today)})
    )
    assert live == today


def expected(
    world: World, asked: Asked, start: date, end: date, weighing: bool, seen: set[str]
) -> list[dict[str, Any]]:
    """The parts as one would work them out by hand, a deal at a time."""
    found: dict[str, list[tuple[str, Fraction]]] = {
        kind: [] for kind in KINDS if weighing or kind not in ("moved", "reweighted")
    }
    before, after = world.at(start), world.at(end)
    for deal_id in sorted(seen):
        was, is_ = before.get(deal_id), after.get(deal_id)
        for kind, amount in of_deal(world, asked, was, is_, (start, end), weighing):
            found[kind].append((deal_id, amount))
    return [
        {
            "kind": kind,
            "count": len(each),
            "value_minor": rounded(sum((amount for _id, amount in each), Fraction(0))),
            "deals": [
                {"id": deal_id, "deal_name": "A deal", "company_name": world.company[deal_id]}
                | {"value_minor": rounded(amount)}
                for deal_id, amount in sorted(each, key=lambda one: (-abs(one[1]), one[0]))[:5]
            ],
        }
        for kind, each in found.items()
    ]


def of_deal(
    world: World, asked: Asked, was: State | None, is_: State | None, days: tuple[date, date], weighing: bool
) -> list[tuple[str, Fraction]]:
    def rate(side: int, state: State) -> Fraction:
        return world.rate_at(state.currency, days[side], asked.filters.get("currency", "USD"))

    def weight(side: int, state: State) -> Fraction:
        return Fraction(world.weights_at(days[side])[state.stage], 100) if weighing else Fraction(1)

    def value(state: State) -> int:
        return state.deal_value_minor or 0

    if asked.holds(was) and asked.holds(is_):
        assert was and is_
        first, value_then = weight(0, was), value(is_) * rate(1, is_)
        stayed = {
            "revalued": (value(is_) * rate(0, is_) - value(was) * rate(0, was)) * first,
            "exchange": value(is_) * (rate(1, is_) - rate(0, is_)) * first,
            "moved": value_then * (weight(0, is_) - first),
            "reweighted": value_then * (weight(1, is_) - weight(0, is_)),
        }
        return [(kind, amount) for kind, amount in stayed.items() if amount]
    if asked.holds(is_):
        assert is_
        kind = "came_in" if was is None else "reopened" if was.stage in ("won", "lost") else "joined"
        if kind == "joined" and was and not asked.dated(was):
            kind = "pulled_in"
        return [(kind, value(is_) * rate(1, is_) * weight(1, is_))]
    if asked.holds(was):
        assert was and is_
        kind = is_.stage if is_.stage in ("won", "lost") else "left" if asked.dated(is_) else "slipped"
        return [(kind, -value(was) * rate(0, was) * weight(0, was))]
    return []


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"start": "2025-01-08"}, "start"),
        ({"end": "2025-01-08"}, "end"),
        ({"start": "2025-01-05", "end": "2025-01-04"}, "end"),
        ({"start": None}, "start"),
        ({"end": "soon"}, "end"),
        ({"measure": "count"}, "measure"),
        ({"filters": {"q": "x"}}, "q"),
        ({"from_day": "2025-04-01"}, "to_day"),
        ({"person": {"id": JOHN.id, "role": "boss"}}, "person"),
    ],
)
def test_what_cannot_be_bridged_is_named(deals: Any, more: dict[str, Any], field: str) -> None:
    asked = {"from_day": "2025-01-01", "to_day": "2025-03-31", "start": "2025-01-02", "end": "2025-01-06"}
    caller = deals.as_(system("notifications") if "person" in more else ADMIN)
    with pytest.raises(Invalid) as refused:
        caller.forecast_bridge(**asked | more)
    assert refused.value.field == field


def test_only_a_service_asks_with_a_persons_eyes(deals: Any, new_deal: Any) -> None:
    new_deal(expected_close_date="2025-01-20")
    asked = {"from_day": "2025-01-01", "to_day": "2025-03-31", "start": "2025-01-02", "end": "2025-01-06"}
    person = {"id": JOHN.id, "role": "sales"}
    with pytest.raises(Forbidden):
        deals.as_(ADMIN).forecast_bridge(**asked, person=person)
    mine = deals.as_(system("notifications")).forecast_bridge(**asked, person=person)
    assert mine["end_count"] == 1 and mine == deals.as_(JOHN).forecast_bridge(**asked)
