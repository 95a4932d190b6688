"""The bridge on random histories: its parts are the difference, and each is what a second memory says it is."""

from __future__ import annotations

import os
from collections import Counter
from datetime import date
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from libs.common.identity import Actor
from libs.common.problems import Forbidden, Invalid
from tests.deals.reports.playing import Asked, State, World, rounded
from tests.support.actors import ADMIN, JOHN, system

FULL = bool(os.environ.get("CRM_FULL"))
EXAMPLES = 2000 if FULL else 200
STEPS = 10

KINDS = "came_in reopened pulled_in won lost slipped left joined revalued exchange moved reweighted".split()
FILTERS: list[dict[str, Any]] = [
    {},
    {},
    {},
    {"owner_id": JOHN.id},
    {"source": "referral"},
    {"tag": "vip"},
    {"currency": "USD"},
    {"owner_id": JOHN.id, "tag": "vip"},
]
SPANS = [
    *[(date(2025, 2, 1), date(2025, 3, 31))] * 3,
    (date(2025, 1, 1), date(2025, 5, 31)),
    (date(2025, 2, 5), date(2025, 3, 14)),
    (date(2025, 1, 20), date(2025, 2, 14)),
]
EYES = [ADMIN, ADMIN, ADMIN, JOHN]


@pytest.mark.timeout(1500)  # two hundred histories, on a machine that may be slow
def test_its_parts_are_the_difference(world: World) -> None:
    """200 histories, two bridges in each."""
    seen: Counter[str] = Counter()

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=not FULL)
    @given(seed=st.binary(min_size=8, max_size=8))
    def check(seed: bytes) -> None:
        chance = Random(seed)
        asked = [(Asked(*chance.choice(SPANS), chance.choice(FILTERS)), chance.choice(EYES)) for _ in range(2)]
        shares = [(chance.random() / 2, 0.3 + chance.random() * 0.7) for _ in range(2)]
        world.begin()
        for _ in range(5):
            world.create_one(chance)
        days = [world.today]
        for _ in range(STEPS):
            world.step(chance)
            days.append(world.today)
        for weighing, (which, eyes), look in zip((False, True), asked, shares, strict=True):
            start, end = sorted(days[round(share * STEPS)] for share in look)
            seen.update(bridged(world, which, (start, end), weighing, eyes))

    check()
    # Histories in which nothing happens would prove nothing.
    assert all(seen[kind] >= EXAMPLES // 40 for kind in KINDS), seen


def bridged(world: World, asked: Asked, days: tuple[date, date], weighing: bool, eyes: Actor) -> set[str]:
    """Hold one bridge against the second memory; the kinds of change that were in it."""
    measure, into = "weighted" if weighing else "value", asked.filters.get("currency", "USD")
    start, end = (str(day) for day in days)
    mine = {deal_id for deal_id, company in world.company.items() if eyes is ADMIN or company == "TechCorp"}
    ask = world.deals.as_(eyes)
    bridge = ask.forecast_bridge(**asked.arguments, start=start, end=end, measure=measure)

    parts = {part["kind"]: part for part in bridge["parts"]}
    rounding = parts.pop("rounding")["value_minor"]
    assert list(parts) == [each for each in KINDS if weighing or each not in ("moved", "reweighted")]
    total = sum(part["value_minor"] for part in parts.values())
    assert total + rounding == bridge["end_minor"] - bridge["start_minor"]
    assert abs(rounding) <= bridge["start_count"] + bridge["end_count"] + len(parts) / 2
    if not weighing and {state.currency for states in world.states.values() for state in states} <= {into}:
        assert rounding == 0
    assert list(parts.values()) == expected(world, asked, days, weighing, mine)
    for side, day in zip(("start", "end"), days, strict=True):
        inside = [state for deal_id, state in world.at(day).items() if deal_id in mine and asked.holds(state)]
        assert bridge[f"{side}_minor"] == world.worth(day, inside, weighing, into)
        assert bridge[f"{side}_count"] == len(inside)
        if weighing:
            answer = ask.forecast(**asked.arguments, as_of=str(day))
            assert answer["open_minor"] == world.worth(day, inside, False, into)
            assert answer["open_weighted_minor"] == bridge[f"{side}_minor"]
    if weighing:
        assert ask.forecast(**asked.arguments) == ask.forecast(**asked.arguments, as_of=str(world.today))
    return {kind for kind, part in parts.items() if part["count"]}


def expected(
    world: World, asked: Asked, days: tuple[date, date], weighing: bool, seen: set[str]
) -> list[dict[str, Any]]:
    """The parts as one would work them out by hand, a deal at a time."""
    found: dict[str, list[tuple[str, Fraction]]] = {
        kind: [] for kind in KINDS if weighing or kind not in ("moved", "reweighted")
    }
    before, after = world.at(days[0]), world.at(days[1])
    for deal_id in sorted(seen):
        was, is_ = before.get(deal_id), after.get(deal_id)
        for kind, amount in of_deal(world, asked, was, is_, days, weighing):
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
                if rounded(amount)  # what is nothing is not named
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
