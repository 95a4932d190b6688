"""Reports of a few deals, worked out by hand; and a morning's figures, each found again by its filters."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from libs.common.problems import Invalid
from tests.support.actors import ADMIN, JESSICA, JOHN

RANGE = {"from_day": "2025-01-01", "to_day": "2025-02-28"}


@pytest.fixture
def sold(deals: Any, new_deal: Any, clock: Any) -> None:
    """Four deals that begin on the 6th; days pass between their moves."""
    ways = {
        "won": [(4, "qualified"), (6, "negotiation"), (10, "won")],
        "lost": [(2, "proposal"), (8, "lost")],
        "straight": [(20, "won")],
        "open": [(30, "qualified")],
    }
    begun = clock.at
    made = {
        name: new_deal(deal_name=name, deal_value_minor=value, source=source)["id"]
        for name, value, source in (
            ("won", 1_000, "fair"),
            ("lost", 500, "fair"),
            ("straight", 300, "web"),
            ("open", 70, "web"),
        )
    }
    for day, name, stage in sorted((day, name, stage) for name, way in ways.items() for day, stage in way):
        clock.at = begun + timedelta(days=day)
        reason = "price" if stage == "lost" else None
        deals.as_(JOHN).move_stage(deal_id=made[name], stage=stage, lost_reason=reason)


def test_the_funnel(deals: Any, sold: None) -> None:
    answer = deals.as_(ADMIN).funnel(**RANGE)
    steps = {step["stage"]: (step["count"], step["value_minor"]) for step in answer["stages"]}
    assert steps == {
        "lead": (4, 1_870),
        "qualified": (4, 1_870),
        "proposal": (3, 1_800),
        "negotiation": (2, 1_300),
        "won": (2, 1_300),
    }
    assert [step["share"] for step in answer["stages"]] == [1, 1, 0.75, 0.5, 0.5]
    assert [step["step"] for step in answer["stages"]] == [None, 1, 0.75, pytest.approx(2 / 3), 1]
    assert (answer["created"], answer["lost"], answer["still_open"]) == (4, 1, 1)


def test_the_velocity(deals: Any, sold: None) -> None:
    answer = deals.as_(ADMIN).velocity(**RANGE)
    stages = {stage["stage"]: stage for stage in answer["stages"]}
    # lead: 4, 2, 20 and 30 days
    lead = stages["lead"]
    assert (lead["stays"], lead["mean_days"], lead["median_days"], lead["usual_days"]) == (4, 14, 12, 20)
    assert (stages["proposal"]["stays"], stages["proposal"]["mean_days"]) == (1, 6)
    assert (stages["negotiation"]["mean_days"], stages["qualified"]["mean_days"]) == (4, 2)
    assert answer["cycle"] == {"deals": 3, "mean_days": 12.667, "median_days": 10, "usual_days": 20}
    assert (answer["won_cycle"]["deals"], answer["won_cycle"]["median_days"]) == (2, 15)
    assert [(month["month"], month["deals"], month["median_days"]) for month in answer["months"]] == [
        ("2025-01", 3, 10),
        ("2025-02", 0, None),
    ]


def test_what_was_won(deals: Any, sold: None) -> None:
    def rate(by: str) -> dict[str, tuple[int, int, int]]:
        rows = deals.as_(ADMIN).win_rate(**RANGE, group_by=by)["rows"]
        return {row["key"]: (row["won"], row["lost"], row["won_minor"]) for row in rows}

    assert rate("month") == {"2025-01": (2, 1, 1_300), "2025-02": (0, 0, 0)}
    assert rate("source") == {"fair": (1, 1, 1_000), "web": (1, 0, 300)}
    assert rate("owner") == {JOHN.id: (2, 1, 1_300)}
    assert rate("stage") == {
        "lead": (2, 1, 1_300),
        "qualified": (1, 0, 1_000),
        "proposal": (0, 1, 0),
        "negotiation": (1, 0, 1_000),
    }
    total = deals.as_(ADMIN).win_rate(**RANGE, group_by="stage")["total"]
    assert (total["won"], total["lost"], total["lost_minor"]) == (2, 1, 500)
    assert total["win_rate"] == pytest.approx(2 / 3)
    assert deals.as_(JESSICA).win_rate(**RANGE)["total"]["win_rate"] is None
    with pytest.raises(Invalid) as refused:
        deals.as_(ADMIN).win_rate(**RANGE, group_by="week")
    assert refused.value.field == "group_by"


def test_sources(deals: Any, sold: None) -> None:
    answer = deals.as_(ADMIN).sources(**RANGE)
    fair, web = answer["rows"]
    assert (fair["source"], fair["created"], fair["open"], fair["win_rate"]) == ("fair", 2, 0, 0.5)
    assert (web["source"], web["open"], web["won_minor"], web["average_won_minor"]) == ("web", 1, 300, 300)
    assert (answer["total"]["created"], answer["total"]["average_won_minor"]) == (4, 650)


@pytest.mark.parametrize("months", [0, 61, "3", True])
def test_months_of_a_trend(deals: Any, months: Any) -> None:
    with pytest.raises(Invalid) as refused:
        deals.as_(ADMIN).trend(months=months)
    assert refused.value.field == "months"


def test_the_top_deals_are_the_heaviest_in_one_currency(deals: Any, new_deal: Any, hear: Any) -> None:
    hear("exchange_rate.set", currency="EUR", day="2025-01-01", rate="2", version=1)
    for name, stage, value, currency in (
        ("lead", "lead", 100_000, "USD"),
        ("late", "negotiation", 20_000, "USD"),
        ("euro", "negotiation", 9_000, "EUR"),
        ("small", "lead", 10, "USD"),
        ("none", "negotiation", None, "USD"),
        ("tiny", "lead", 1, "USD"),
    ):
        new_deal(deal_name=name, stage=stage, deal_value_minor=value, currency=currency)
    top = deals.as_(ADMIN).summary(today="2025-01-22")["top"]
    assert [each["deal_name"] for each in top] == ["late", "euro", "lead", "small", "tiny"]
    assert [each["deal_name"] for each in deals.as_(JOHN).summary(today="2025-01-22")["top"]][:2] == ["late", "euro"]
    assert deals.as_(JESSICA).summary(today="2025-01-22", filters={"owner_id": JESSICA.id})["top"] == []


@pytest.mark.parametrize("person", [ADMIN, JOHN, JESSICA], ids=lambda person: person.name)
@pytest.mark.parametrize("filters", [{}, {"owner_id": JOHN.id}, {"tag": "vip"}], ids=str)
def test_a_mornings_figures_are_the_totals_of_their_filters(
    deals: Any, stock: Any, new_deal: Any, clock: Any, person: Any, filters: dict[str, Any]
) -> None:
    clock.at += timedelta(days=16)
    for day in range(21, 31):
        new_deal(expected_close_date=f"2025-01-{day}", deal_value_minor=day, tags=["vip"])
    ask = deals.as_(person)
    answer = ask.summary(today="2025-01-22", filters=filters)
    figures = [answer[name] for name in ("open", "closing", "stagnant", "won")] + answer["stages"]
    for figure in figures:
        assert ask.totals(filters=figure["filters"]) == {name: figure[name] for name in ("count", "values")}
        assert ask.list_deals(filters=figure["filters"])["total"] == figure["count"]
        assert filters.items() <= figure["filters"].items()
    for name in ("closing", "stagnant"):
        listed = ask.list_deals(filters=answer[name]["filters"], sort="-deal_value", limit=5)["items"]
        assert [item["id"] for item in answer[name]["items"]] == [item["id"] for item in listed]
    if person is not JESSICA:
        assert answer["closing"]["count"] == 8  # the 22nd to the 29th
        assert answer["stagnant"]["count"] > 0 or (person is JOHN and "tag" in filters)
