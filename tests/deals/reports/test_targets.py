"""Targets by month, of people and of the company, and what of them is reached."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from libs.common.problems import Forbidden, Invalid
from tests.support.actors import ADMIN, FINANCE, JESSICA, JOHN, MANAGER, system

QUARTER = {"from_day": "2025-01-01", "to_day": "2025-03-31"}
MONTHS = {"from_month": "2025-01", "to_month": "2025-03"}


@pytest.fixture
def targets(deals: Any) -> list[dict[str, Any]]:
    given = [
        ("2025-01", None, 1_000),
        ("2025-02", None, 3_000),
        ("2025-01", JOHN.id, 400),
        ("2025-01", JESSICA.id, 500),
    ]
    rows = [{"month": month, "owner_id": owner, "amount_minor": amount} for month, owner, amount in given]
    items: list[dict[str, Any]] = deals.as_(ADMIN).set_targets(targets=rows)["items"]
    return items


def owners(deals: Any, person: Any) -> list[tuple[str, str | None, int]]:
    items = deals.as_(person).list_targets(**MONTHS)["items"]
    return [(item["month"], item["owner_id"], item["amount_minor"]) for item in items]


def test_they_are_kept_by_month_and_owner(deals: Any, targets: Any) -> None:
    assert targets == deals.as_(FINANCE).list_targets(**MONTHS)["items"]
    assert owners(deals, ADMIN) == [
        ("2025-01", None, 1_000),
        ("2025-01", JOHN.id, 400),
        ("2025-01", JESSICA.id, 500),
        ("2025-02", None, 3_000),
    ]
    assert {item["currency"] for item in targets} == {"USD"}


def test_set_again_they_are_others_and_without_an_amount_gone(deals: Any, targets: Any) -> None:
    again = [
        {"month": "2025-01", "owner_id": None, "amount_minor": 7},
        {"month": "2025-01", "owner_id": JOHN.id, "amount_minor": None},
        {"month": "2025-03", "owner_id": None, "amount_minor": None},
    ]
    deals.as_(ADMIN).set_targets(targets=again)
    assert owners(deals, ADMIN) == [("2025-01", None, 7), ("2025-01", JESSICA.id, 500), ("2025-02", None, 3_000)]


def test_a_rep_sees_the_own_and_the_companys(deals: Any, targets: Any) -> None:
    assert [owner for _month, owner, _amount in owners(deals, JOHN)] == [None, JOHN.id, None]
    assert owners(deals, MANAGER) == []
    eyes = {"id": JOHN.id, "role": "sales"}
    mine = deals.as_(system("notifications")).list_targets(**MONTHS, person=eyes)
    assert mine == deals.as_(JOHN).list_targets(**MONTHS)


@pytest.mark.parametrize("person", [JOHN, FINANCE, MANAGER, system("gateway")], ids=lambda person: person.role)
def test_only_an_admin_sets_them(deals: Any, person: Any) -> None:
    with pytest.raises(Forbidden):
        deals.as_(person).set_targets(targets=[{"month": "2025-01", "owner_id": None, "amount_minor": 1}])


def test_what_is_reached_of_them(deals: Any, targets: Any, new_deal: Any) -> None:
    new_deal(stage="won", deal_value_minor=300)
    new_deal(stage="won", deal_value_minor=500, owner_id=JESSICA.id)
    answer = deals.as_(ADMIN).forecast(**QUARTER)
    assert [month["target_minor"] for month in answer["months"]] == [1_000, 3_000, None]
    assert (answer["target_minor"], answer["attainment"]) == (4_000, 0.2)
    johns = deals.as_(ADMIN).forecast(**QUARTER, filters={"owner_id": JOHN.id})
    assert (johns["target_minor"], johns["attainment"]) == (400, 0.75)
    reps = deals.as_(ADMIN).reps(**QUARTER)
    assert [(row["owner_id"], row["won_minor"], row["target_minor"], row["attainment"]) for row in reps["rows"]] == [
        (JESSICA.id, 500, 500, 1.0),
        (JOHN.id, 300, 400, 0.75),
    ]
    assert (reps["total"]["target_minor"], reps["total"]["attainment"]) == (4_000, 0.2)


def test_what_is_won_in_a_month_without_a_target_is_held_against_none(
    deals: Any, targets: Any, new_deal: Any, clock: Any
) -> None:
    new_deal(stage="won", deal_value_minor=300)
    clock.at = clock.at.replace(month=3)
    new_deal(stage="won", deal_value_minor=9_000)
    answer, reps = deals.as_(ADMIN).forecast(**QUARTER), deals.as_(ADMIN).reps(**QUARTER)
    assert (answer["won_minor"], answer["target_minor"], answer["attained_minor"]) == (9_300, 4_000, 300)
    assert (answer["attainment"], answer["expected_minor"]) == (0.075, 300)
    told = [(row["won_minor"], row["attained_minor"], row["attainment"]) for row in [reps["total"], *reps["rows"]][:2]]
    assert told == [(9_300, 300, 0.075), (9_300, 300, 0.75)]


def test_a_part_of_a_month_is_held_against_no_target(deals: Any, targets: Any, new_deal: Any) -> None:
    new_deal(stage="won", deal_value_minor=300)
    part = {"from_day": "2025-01-10", "to_day": "2025-02-28"}
    answer, reps = deals.as_(ADMIN).forecast(**part), deals.as_(ADMIN).reps(**part)
    assert [month["target_minor"] for month in answer["months"]] == [None, 3_000]
    assert (answer["target_minor"], answer["attained_minor"]) == (3_000, 0)
    assert (reps["total"]["target_minor"], reps["total"]["attained_minor"]) == (3_000, 0)
    today = answer["as_of"]
    until_now = deals.as_(ADMIN).reps(from_day="2025-01-01", to_day=today)["total"]
    assert (until_now["target_minor"], until_now["attained_minor"]) == (1_000, 300)
    days = deals.as_(ADMIN).forecast(from_day="2025-01-10", to_day="2025-01-20")
    assert (days["target_minor"], days["attained_minor"], days["expected_minor"]) == (None, None, None)


def test_what_others_win_at_a_reps_clients_is_not_the_reps(deals: Any, targets: Any, new_deal: Any) -> None:
    """A rep sees deals of own clients that others own; the own target is reached by the own ones, whoever looks."""
    new_deal(stage="won", deal_value_minor=100)
    new_deal(stage="won", deal_value_minor=9_000, owner_id=JESSICA.id)
    new_deal(stage="proposal", deal_value_minor=2_000, expected_close_date="2025-02-20", owner_id=JESSICA.id)
    mine = deals.as_(JOHN).forecast(**QUARTER)
    named = deals.as_(ADMIN).forecast(**QUARTER, filters={"owner_id": JOHN.id})
    assert mine["won_minor"] == 9_100 and named["won_minor"] == 100
    held = [(each["target_minor"], each["attained_minor"], each["expected_minor"]) for each in (mine, named)]
    assert held[0] == held[1] == (400, 100, 100)
    row = next(each for each in deals.as_(JOHN).reps(**QUARTER)["rows"] if each["owner_id"] == JOHN.id)
    assert (row["attained_minor"], row["attainment"]) == (100, mine["attainment"])


def test_a_rep_is_held_against_the_own_target(deals: Any, targets: Any, new_deal: Any) -> None:
    new_deal(stage="won", deal_value_minor=300)
    assert deals.as_(JOHN).forecast(**QUARTER)["attainment"] == 0.75
    reps = deals.as_(JOHN).reps(**QUARTER)
    assert [row["target_minor"] for row in reps["rows"]] == [400] and reps["total"]["target_minor"] is None
    other = deals.as_(JOHN).forecast(**QUARTER, filters={"owner_id": JESSICA.id})
    assert other["target_minor"] is None


@pytest.mark.parametrize("filters", [{"source": "x"}, {"tag": "x"}, {"currency": "USD"}, {"owner_id": "none"}], ids=str)
def test_there_is_none_for_a_part_of_the_deals(deals: Any, targets: Any, filters: dict[str, Any]) -> None:
    answer = deals.as_(ADMIN).forecast(**QUARTER, filters=filters)
    assert (answer["target_minor"], answer["attainment"]) == (None, None)
    assert all(month["target_minor"] is None for month in answer["months"])


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ([], "targets"),
        ("2025-01", "targets"),
        ([5], None),
        ([{"month": "2025-13", "owner_id": None, "amount_minor": 1}], "month"),
        ([{"month": "2025-01-01", "owner_id": None, "amount_minor": 1}], "month"),
        ([{"owner_id": None, "amount_minor": 1}], "month"),
        ([{"month": "2025-01", "owner_id": None}], "amount_minor"),
        ([{"month": "2025-01", "owner_id": None, "amount_minor": -1}], "amount_minor"),
        ([{"month": "2025-01", "owner_id": None, "amount_minor": True}], "amount_minor"),
        ([{"month": "2025-01", "owner_id": "john", "amount_minor": 1}], "owner_id"),
        ([{"month": "2025-01", "owner_id": None, "amount_minor": 1, "currency": "EUR"}], "currency"),
        ([{"month": "2025-01", "owner_id": JOHN.id, "amount_minor": each} for each in (1, 2)], "targets.1.month"),
        (
            [{"month": "2025-01", "owner_id": who, "amount_minor": 1} for who in (JOHN.id, JOHN.id.upper())],
            "targets.1.month",
        ),
    ],
    ids=str,
)
def test_what_is_no_target_is_named_and_sets_nothing(deals: Any, given: Any, field: str | None) -> None:
    with pytest.raises(Invalid) as refused:
        deals.as_(ADMIN).set_targets(targets=given)
    assert refused.value.field == field and owners(deals, ADMIN) == []


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [("2025", "2025-01", "from_month"), ("2025-02", "2025-01", "to_month"), ("2000-01", "2025-01", "to_month")],
)
def test_months_that_are_none(deals: Any, first: str, last: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        deals.as_(ADMIN).list_targets(from_month=first, to_month=last)
    assert refused.value.field == field


def test_many_at_once_leave_one_of_each(deals: Any) -> None:
    def set_(amount: int) -> None:
        rows = [{"month": f"2025-0{n}", "owner_id": None, "amount_minor": amount} for n in (3, 1, 2)]
        deals.as_(ADMIN).set_targets(targets=rows)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(set_, range(12)))
    assert [month for month, _owner, _amount in owners(deals, ADMIN)] == ["2025-01", "2025-02", "2025-03"]
