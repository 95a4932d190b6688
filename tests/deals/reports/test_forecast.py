"""The forecast: use case 7's table to the cent, and what stands beside it."""

from __future__ import annotations

from typing import Any

import pytest

from libs.common.problems import Invalid
from libs.reporting import tables
from services.deals.domain import OPEN_STAGES
from tests.support.actors import ADMIN, FINANCE, JESSICA, JOHN, MANAGER, system

QUARTER = {"from_day": "2025-01-01", "to_day": "2025-03-31"}
JANUARY = {"lead": 120_000, "qualified": 85_000, "proposal": 180_000, "negotiation": 95_000}
# Three deals each, which weigh 245,000 and 312,000.
LATER = {
    "2025-02-28": {"lead": 250_000, "qualified": 120_000, "proposal": 380_000},
    "2025-03-01": {"qualified": 200_000, "proposal": 74_000, "negotiation": 300_000},
}


@pytest.fixture
def pipeline(new_deal: Any) -> None:
    """The first quarter of the use case; some deals are worth several times a part of their sum."""
    for stage, thousands in JANUARY.items():
        for part in (thousands // 5, thousands - thousands // 5):
            new_deal(stage=stage, deal_value_minor=part * 100, expected_close_date="2025-01-31")
    for day, stages in LATER.items():
        for stage, amount in stages.items():
            new_deal(stage=stage, deal_value_minor=amount * 100, expected_close_date=day)


def rows(answer: dict[str, Any]) -> dict[tuple[str | None, str | None], dict[str, Any]]:
    return {(row["month"], row["stage"]): row for row in answer["rows"]}


def test_january_of_the_use_case(deals: Any, pipeline: None) -> None:
    january = rows(deals.as_(FINANCE).forecast(**QUARTER))
    weighted = {stage: january["2025-01", stage]["weighted_minor"] for stage in JANUARY}
    assert weighted == {"lead": 1_200_000, "qualified": 2_125_000, "proposal": 9_000_000, "negotiation": 7_125_000}
    assert sum(weighted.values()) == 19_450_000
    for stage, thousands in JANUARY.items():
        row = january["2025-01", stage]
        assert (row["count"], row["valued"], row["value_minor"]) == (2, 2, thousands * 100)


def test_the_quarter_of_the_use_case(deals: Any, pipeline: None) -> None:
    answer = deals.as_(FINANCE).forecast(**QUARTER)
    months = {month["month"]: month["weighted_minor"] for month in answer["months"]}
    assert months == {"2025-01": 19_450_000, "2025-02": 24_500_000, "2025-03": 31_200_000}
    assert answer["total_weighted_minor"] == answer["open_weighted_minor"] == 75_150_000
    assert (
        answer["total_value_minor"] == answer["open_minor"] == sum(month["value_minor"] for month in answer["months"])
    )
    assert (answer["total_count"], answer["currency"], answer["as_of"]) == (14, "USD", "2025-01-06")


@pytest.mark.parametrize("by", [["month", "stage"], ["month"], ["stage"], [], None], ids=str)
def test_however_grouped_the_rows_are_the_total(deals: Any, pipeline: None, by: list[str] | None) -> None:
    answer = deals.as_(ADMIN).forecast(**QUARTER, group_by=by)
    asked = ["month", "stage"] if by is None else by
    months = ["2025-01", "2025-02", "2025-03"] if "month" in asked else [None]
    stages = list(OPEN_STAGES) if "stage" in asked else [None]
    assert answer["group_by"] == asked
    assert list(rows(answer)) == [(month, stage) for month in months for stage in stages]
    for name in ("count", "value_minor", "weighted_minor"):
        assert sum(row[name] for row in answer["rows"]) == answer[f"total_{name}"]
        assert sum(month[name] for month in answer["months"]) == answer[f"total_{name}"]
        assert sum(stage[name] for stage in answer["stages"]) == answer[f"total_{name}"]
    assert all((row["weight"] is None) == (row["stage"] is None) for row in answer["rows"])


def test_months_without_deals_are_there_with_zeros(deals: Any, new_deal: Any) -> None:
    new_deal(stage="proposal", deal_value_minor=100, expected_close_date="2025-02-15")
    answer = deals.as_(ADMIN).forecast(from_day="2024-12-15", to_day="2025-04-02")
    assert [month["month"] for month in answer["months"]] == ["2024-12", "2025-01", "2025-02", "2025-03", "2025-04"]
    assert [month["count"] for month in answer["months"]] == [0, 0, 1, 0, 0]
    assert len(answer["rows"]) == 5 * 4 and sum(row["count"] for row in answer["rows"]) == 1
    empty = rows(answer)["2025-03", "lead"]
    assert (empty["count"], empty["value_minor"], empty["weighted_minor"], empty["weight"]) == (0, 0, 0, 10)


def test_won_and_lost_count_on_the_day_they_were_closed(deals: Any, new_deal: Any) -> None:
    new_deal(stage="won", deal_value_minor=5_000, expected_close_date="2025-03-15")
    new_deal(stage="lost", lost_reason="price", deal_value_minor=700, expected_close_date="2025-03-15")
    answer = deals.as_(ADMIN).forecast(**QUARTER)
    found = rows(answer)
    assert (found["2025-01", "won"]["weighted_minor"], found["2025-01", "won"]["weight"]) == (5_000, 100)
    assert (found["2025-01", "lost"]["value_minor"], found["2025-01", "lost"]["weighted_minor"]) == (700, 0)
    assert {stage for month, stage in found if month == "2025-03"} == set(OPEN_STAGES)
    assert (answer["won_minor"], answer["lost_minor"], answer["open_minor"]) == (5_000, 700, 0)
    assert (answer["total_value_minor"], answer["total_weighted_minor"]) == (5_700, 5_000)
    january = answer["months"][0]
    assert (january["won_minor"], january["open_minor"], january["count"]) == (5_000, 0, 2)


def test_deals_without_a_day_stand_beside_it(deals: Any, new_deal: Any) -> None:
    new_deal(stage="proposal", deal_value_minor=1_001)
    new_deal(stage="won", deal_value_minor=9)
    answer = deals.as_(ADMIN).forecast(**QUARTER)
    assert answer["without_date"] == {"count": 1, "value_minor": 1_001, "weighted_minor": 501}
    assert (answer["total_count"], answer["total_value_minor"]) == (1, 9)


def test_deals_without_a_value_count_and_add_nothing(deals: Any, new_deal: Any) -> None:
    new_deal(deal_value_minor=None, expected_close_date="2025-02-01")
    new_deal(deal_value_minor=50, expected_close_date="2025-02-01")
    answer = deals.as_(ADMIN).forecast(**QUARTER)
    row = rows(answer)["2025-02", "lead"]
    assert (row["count"], row["valued"], row["value_minor"], answer["without_value"]) == (2, 1, 50, 1)


def test_the_days_at_the_edges_are_in_it(deals: Any, new_deal: Any) -> None:
    for day in ("2025-01-09", "2025-01-10", "2025-02-15", "2025-03-20", "2025-03-21"):
        new_deal(expected_close_date=day, deal_value_minor=1)
    for first, last, count in (("10", "20", 3), ("09", "21", 5), ("11", "19", 1)):
        answer = deals.as_(ADMIN).forecast(from_day=f"2025-01-{first}", to_day=f"2025-03-{last}")
        assert answer["total_count"] == count
    one = deals.as_(ADMIN).forecast(from_day="2025-02-15", to_day="2025-02-15")
    assert (one["total_count"], len(one["months"])) == (1, 1)


def test_weights_are_those_in_force_then(deals: Any, new_deal: Any, clock: Any) -> None:
    new_deal(deal_value_minor=1_000, expected_close_date="2025-02-01")
    clock.at = clock.at.replace(day=9)
    deals.as_(ADMIN).set_stage_weights(weights={"lead": 30})
    now, then = (deals.as_(ADMIN).forecast(**QUARTER, **more) for more in ({}, {"as_of": "2025-01-07"}))
    assert (now["total_weighted_minor"], then["total_weighted_minor"]) == (300, 100)
    assert [answer["stages"][0]["weight"] for answer in (now, then)] == [30, 10]


def test_amounts_in_other_currencies_are_converted_and_those_without_a_rate_listed(
    deals: Any, new_deal: Any, hear: Any
) -> None:
    for day, rate in (("2024-06-01", "2"), ("2025-01-01", "1.5"), ("2025-01-07", "9")):
        hear("exchange_rate.set", currency="EUR", day=day, rate=rate, version=1)
    hear("exchange_rate.set", currency="JPY", day="2025-01-02", rate="0.0071", version=1)
    for currency, value in (("EUR", 101), ("EUR", 100), ("JPY", 1_000), ("GBP", 77), ("USD", 5)):
        new_deal(currency=currency, deal_value_minor=value, stage="proposal", expected_close_date="2025-02-01")
    answer = deals.as_(ADMIN).forecast(**QUARTER)
    row = rows(answer)["2025-02", "proposal"]
    # 201 cents of a euro are 301.5, so 302; 1000 yen are 7.10 dollars
    assert (row["count"], row["value_minor"]) == (5, 302 + 710 + 5)
    assert row["weighted_minor"] == 151 + 355 + 3
    assert answer["without_rate"] == [{"currency": "GBP", "count": 1, "value_minor": 77}]
    assert answer["rates"] == [
        {"currency": "EUR", "day": "2025-01-01", "rate": "1.5"},
        {"currency": "JPY", "day": "2025-01-02", "rate": "0.0071"},
    ]
    euros = deals.as_(ADMIN).forecast(**QUARTER, filters={"currency": "EUR"})
    assert (euros["currency"], euros["total_count"], euros["total_value_minor"]) == ("EUR", 2, 201)
    assert euros["rates"] == euros["without_rate"] == []


def test_every_report_in_one_currency_names_what_it_leaves_out(deals: Any, new_deal: Any) -> None:
    """Of deals without a rate none is in an amount, and none is missing from what is said of it."""
    for stage in ("proposal", "won", "lost"):
        more = {"expected_close_date": "2025-02-01"} if stage == "proposal" else {}
        more |= {"lost_reason": "price"} if stage == "lost" else {}
        new_deal(currency="GBP", deal_value_minor=77, stage=stage, **more)
    ask, pounds = deals.as_(ADMIN), {"currency": "GBP", "value_minor": 3 * 77, "count": 3}
    for report in ("reps", "sources", "funnel"):
        assert getattr(ask, report)(**QUARTER)["without_rate"] == [pounds], report
    assert ask.trend(months=2)["without_rate"] == [pounds]
    assert ask.win_rate(**QUARTER)["without_rate"] == [pounds | {"count": 2, "value_minor": 2 * 77}]
    bridge = ask.forecast_bridge(**QUARTER, start="2024-12-31", end=ask.forecast(**QUARTER)["as_of"])
    assert bridge["without_rate"] == [pounds | {"count": 1, "value_minor": 77}]
    came = next(part for part in bridge["parts"] if part["kind"] == "came_in")
    assert (came["count"], came["value_minor"], came["deals"]) == (1, 0, [])
    for kind, report in (("forecast-bridge", bridge), ("reps", ask.reps(**QUARTER)), ("trend", ask.trend(months=2))):
        assert tables(kind, report)[-1].name == "left_out"


def test_a_rate_told_late_does_not_undo_its_correction(deals: Any, new_deal: Any, hear: Any) -> None:
    new_deal(currency="EUR", deal_value_minor=100, expected_close_date="2025-02-01")
    for version, rate in ((2, "3"), (1, "7"), (2, "5")):
        hear("exchange_rate.set", currency="EUR", day="2025-01-01", rate=rate, version=version)
    assert deals.as_(ADMIN).forecast(**QUARTER)["total_value_minor"] == 300


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({"owner_id": JESSICA.id}, 1),
        ({"owner_id": "none"}, 0),
        ({"source": "fair"}, 2),
        ({"tag": "VIP"}, 2),
        ({"tag": "vip", "source": "fair"}, 1),
        ({"stage": ["proposal", "won"]}, 2),
        ({"stage": "open"}, 3),
        ({"stage": ["lost"]}, 0),
        ({"owner_id": JESSICA.id, "source": "fair"}, 0),
    ],
    ids=str,
)
def test_filters(deals: Any, new_deal: Any, filters: dict[str, Any], count: int) -> None:
    more = {"expected_close_date": "2025-02-01"}
    new_deal(**more, source="fair", tags=["vip"], stage="proposal")
    new_deal(**more, source="fair")
    new_deal(**more, owner_id=JESSICA.id, tags=["vip", "big"])
    new_deal(**more, stage="won")
    answer = deals.as_(ADMIN).forecast(**QUARTER, filters=filters)
    assert answer["total_count"] == count == deals.as_(ADMIN).totals(filters=filters)["count"]
    if isinstance(filters.get("stage"), list):
        assert {row["stage"] for row in answer["rows"]} <= set(filters["stage"])


def test_of_one_client(deals: Any, new_deal: Any, directory: Any) -> None:
    client_id = directory.add(JOHN.id)
    new_deal(client_id, expected_close_date="2025-02-01")
    new_deal(expected_close_date="2025-02-01")
    assert deals.as_(ADMIN).forecast(**QUARTER, filters={"client_id": client_id})["total_count"] == 1


def test_everybody_sees_the_own_deals(deals: Any, new_deal: Any, directory: Any) -> None:
    new_deal(directory.add(JOHN.id), expected_close_date="2025-02-01", deal_value_minor=1)
    new_deal(directory.add(JESSICA.id), expected_close_date="2025-02-01", deal_value_minor=20)
    new_deal(directory.add(JESSICA.id), stage="won", deal_value_minor=300)
    seen = {person.name: deals.as_(person).forecast(**QUARTER)["total_value_minor"] for person in (JOHN, JESSICA)}
    assert seen == {"John Smith": 1, "Jessica Lee": 320}
    assert deals.as_(MANAGER).forecast(**QUARTER)["total_value_minor"] == 300
    assert deals.as_(FINANCE).forecast(**QUARTER)["total_value_minor"] == 321
    for role, person, worth in (("sales", JOHN, 1), ("manager", MANAGER, 300), ("finance", FINANCE, 321)):
        eyes = {"id": person.id, "role": role}
        assert deals.as_(system("notifications")).forecast(**QUARTER, person=eyes)["total_value_minor"] == worth


def test_the_win_rate_of_a_stage_is_of_deals_that_were_in_it(deals: Any, new_deal: Any, clock: Any) -> None:
    for way in (["proposal", "won"], ["proposal", "lost"], ["proposal", "negotiation", "won"], ["lost"]):
        deal_id = new_deal()["id"]
        for stage in way:
            reason = "price" if stage == "lost" else None
            deals.as_(JOHN).move_stage(deal_id=deal_id, stage=stage, lost_reason=reason)
    answer = deals.as_(ADMIN).forecast(**QUARTER)
    rates = {stage["stage"]: (stage["win_rate"], stage["closed"]) for stage in answer["stages"]}
    assert rates["lead"] == (0.5, 4) == (answer["win_rate"], answer["closed"]) and rates["qualified"] == (None, 0)
    assert rates["proposal"] == (pytest.approx(2 / 3), 3) and rates["negotiation"] == (1.0, 1)
    assert {(row["win_rate"], row["closed"]) for row in answer["rows"] if row["stage"] == "lead"} == {(0.5, 4)}
    assert deals.as_(ADMIN).forecast(**QUARTER, group_by=["month"])["rows"][0]["closed"] == 4
    clock.at = clock.at.replace(year=2026)  # the 6th: a year less a day ago
    assert deals.as_(ADMIN).forecast(**QUARTER)["stages"][0]["closed"] == 0
    assert deals.as_(ADMIN).forecast(**QUARTER, as_of="2026-01-05")["stages"][0]["closed"] == 4
    assert deals.as_(ADMIN).forecast(**QUARTER, as_of="2025-01-05")["stages"][0]["closed"] == 0


def test_the_model_stands_beside_the_weights(deals: Any, new_deal: Any, hear: Any) -> None:
    made = [new_deal(stage="proposal", deal_value_minor=v, expected_close_date="2025-02-01") for v in (100, 300, 50)]
    for deal, likely in zip(made[:2], (0.2, 0.6), strict=True):
        hear("deal.scored", deal_id=deal["id"], stage="proposal", probability=likely, version=1)
    hear("deal.scored", deal_id=made[2]["id"], stage="lead", probability=0.9, version=1)
    row = rows(deals.as_(ADMIN).forecast(**QUARTER))["2025-02", "proposal"]
    assert (row["modelled"], row["model_minor"], row["model_probability"]) == (2, 400, 0.5)
    assert row["weighted_minor"] == 225
    assert rows(deals.as_(JOHN).forecast(**QUARTER))["2025-02", "proposal"] == row
    hear("deal.scored", deal_id=made[0]["id"], stage="proposal", probability=0.6, version=2)
    deals.as_(ADMIN).update_deal(deal_id=made[1]["id"], changes={"deal_value_minor": 100})
    row = rows(deals.as_(ADMIN).forecast(**QUARTER))["2025-02", "proposal"]
    assert (row["modelled"], row["model_minor"], row["model_probability"]) == (2, 200, 0.6)
    deals.as_(JOHN).move_stage(deal_id=made[0]["id"], stage="negotiation")
    assert rows(deals.as_(ADMIN).forecast(**QUARTER))["2025-02", "proposal"]["modelled"] == 1
    then = rows(deals.as_(ADMIN).forecast(**QUARTER, as_of="2025-01-05"))["2025-02", "proposal"]
    assert (then["modelled"], then["model_probability"]) == (0, None)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"from_day": "soon"}, "from_day"),
        ({"from_day": None}, "from_day"),
        ({"to_day": "2024-12-31"}, "to_day"),
        ({"to_day": "2035-01-31"}, "to_day"),
        ({"from_day": "0001-01-01"}, "from_day"),
        ({"group_by": ["week"]}, "group_by"),
        ({"group_by": "month"}, "group_by"),
        ({"as_of": "2025-01-07"}, "as_of"),
        ({"as_of": "then"}, "as_of"),
        ({"filters": []}, "filters"),
        ({"filters": {"q": "x"}}, "q"),
        ({"filters": {"owner_id": "me"}}, "owner_id"),
        ({"filters": {"currency": "euro"}}, "currency"),
        ({"filters": {"stage": ["closed"]}}, "stage"),
        ({"filters": {"tag": 5}}, "tag"),
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_named(deals: Any, more: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        deals.as_(ADMIN).forecast(**QUARTER | more)
    assert refused.value.field == field
