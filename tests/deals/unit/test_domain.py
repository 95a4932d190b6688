"""A deal's way through the stages, what it is worth, and when it is paid: without I/O."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.clock import business_date
from libs.common.money import Money, MoneyError
from services.deals.domain import (
    OPEN_STAGES,
    STAGE_WEIGHTS,
    STAGES,
    Deal,
    DealError,
    InvoiceState,
    budget_midpoint,
    expected_close,
    fully_paid,
)

T0 = datetime(2025, 1, 6, 15, tzinfo=UTC)
# 22:30 on New Year's Eve in New York, and the new year in UTC.
T1 = datetime(2026, 1, 1, 3, 30, tzinfo=UTC)
TODAY = business_date(T1, "America/New_York")


def deal(stage: str = "lead", **changes: Any) -> Deal:
    values = {"id": "d", "deal_name": "x", "client_id": "c", "stage": stage, "source": "manual", "currency": "USD"}
    values |= {"created_on": T0.date()}
    return Deal(**(values | {"created_at": T0, "updated_at": T0, "stage_since": T0} | changes))


def at(stage: str) -> Deal:
    closed = {"actual_close_date": date(2025, 1, 1)} if stage in ("won", "lost") else {}
    return deal(stage, lost_reason="price" if stage == "lost" else None, **closed)


@pytest.mark.parametrize(("start", "end"), list(permutations(STAGES, 2)))
def test_any_stage_moves_to_any_other(start: str, end: str) -> None:
    one = at(start)
    move = one.move_to(end, T1, TODAY, "too expensive" if end == "lost" else None)
    assert move is not None and (move.previous, move.stage) == (start, end)
    assert move.reopens is (start in ("won", "lost"))
    assert one.is_open is (end in OPEN_STAGES)
    assert one.actual_close_date == (None if end in OPEN_STAGES else TODAY)
    assert one.lost_reason == ("too expensive" if end == "lost" else None)
    assert (one.version, one.updated_at, one.stage_since) == (2, T1, T1)


@pytest.mark.parametrize("stage", STAGES)
def test_a_move_to_where_it_is_does_nothing(stage: str) -> None:
    one = at(stage)
    assert one.move_to(stage, T1, TODAY, "another reason") is None
    assert (one.version, one.updated_at) == (1, T0) and one.lost_reason == at(stage).lost_reason


def test_closing_takes_the_business_day_not_the_day_in_utc() -> None:
    won = deal()
    won.move_to("won", T1, TODAY)
    assert won.actual_close_date == date(2025, 12, 31)


@pytest.mark.parametrize("reason", [None, ""])
def test_a_loss_needs_a_reason(reason: str | None) -> None:
    one = deal("won", actual_close_date=TODAY)
    with pytest.raises(DealError) as refused:
        one.move_to("lost", T1, TODAY, reason)
    assert refused.value.field == "lost_reason" and one.stage == "won" and one.version == 1


@pytest.mark.parametrize("stage", ["", "Won", "closed", "lead "])
def test_an_unknown_stage_is_refused(stage: str) -> None:
    with pytest.raises(DealError) as refused:
        deal().move_to(stage, T1, TODAY)
    assert refused.value.field == "stage"


def test_a_reason_is_only_kept_for_a_loss() -> None:
    one = deal()
    one.move_to("won", T1, TODAY, "no reason to have one")
    assert one.lost_reason is None


def test_weights_are_those_agreed() -> None:
    assert STAGE_WEIGHTS == {"lead": 10, "qualified": 25, "proposal": 50, "negotiation": 75, "won": 100, "lost": 0}


@pytest.mark.parametrize(
    ("low", "high", "currency", "middle"),
    [
        (5_000_000, 7_500_000, "USD", 6_250_000),
        (0, 0, "USD", 0),
        (100, 100, "USD", 100),
        (0, 1, "USD", 1),
        (1, 2, "USD", 2),
        (3, 4, "JPY", 4),
        (1_000_001, 1_000_002, "BHD", 1_000_002),
    ],
)
def test_a_brief_is_worth_the_middle_of_its_budget(low: int, high: int, currency: str, middle: int) -> None:
    assert budget_midpoint(Money(low, currency), Money(high, currency)) == Money(middle, currency)


def test_a_budget_upside_down_or_in_two_currencies_is_refused() -> None:
    with pytest.raises(DealError) as refused:
        budget_midpoint(Money(2, "USD"), Money(1, "USD"))
    assert refused.value.field == "budget.min"
    with pytest.raises(MoneyError):
        budget_midpoint(Money(1, "USD"), Money(2, "EUR"))


def test_a_brief_closes_when_its_timeline_ends() -> None:
    assert expected_close(date(2025, 1, 6), 8) == date(2025, 3, 3)
    assert expected_close(date(2024, 2, 26), 1) == date(2024, 3, 4)


@pytest.mark.parametrize(
    ("statuses", "paid"),
    [
        ((), False),
        (("draft",), False),
        (("void",), False),
        (("draft", "void"), False),
        (("paid",), True),
        (("paid", "draft", "void"), True),
        (("paid", "paid"), True),
        (("paid", "sent"), False),
        (("paid", "partially_paid"), False),
        (("sent",), False),
    ],
)
def test_when_a_deal_is_paid(statuses: tuple[str, ...], paid: bool) -> None:
    assert fully_paid([InvoiceState(status, 100) for status in statuses]) is paid


def test_the_tag_follows_the_payments() -> None:
    one = deal(tags=["vip"])
    assert one.mark_paid(True, T1) and one.tags == ["vip", "fully_paid"] and one.version == 2
    assert not one.mark_paid(True, T1) and one.version == 2
    assert one.mark_paid(False, T1) and one.tags == ["vip"] and one.version == 3
    assert not one.mark_paid(False, T1)


@given(st.permutations(["g1", "g2", "g3", "g4"]))
def test_the_newest_analysis_stays_in_whatever_order_they_come(order: list[str]) -> None:
    one = deal()
    for generation in order:
        one.learn(generation, int(generation[1]), {"of": generation})
    assert (one.ai_generation_id, one.ai_score, one.ai_insights) == ("g4", 4, {"of": "g4"})
    assert one.version == 1 and not one.learn("g4", 99, {})
