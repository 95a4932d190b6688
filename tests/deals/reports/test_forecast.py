"""The forecast: use case 7's table to the cent, and what stands beside it."""

from __future__ import annotations

from typing import Any

from tests.support.actors import FINANCE

JANUARY = {"lead": 120_000, "qualified": 85_000, "proposal": 180_000, "negotiation": 95_000}


def test_january_of_the_use_case(deals: Any, new_deal: Any) -> None:
    for stage, thousand in JANUARY.items():
        new_deal(stage=stage, deal_value_minor=thousand * 100, expected_close_date="2025-01-20")
    answer = deals.as_(FINANCE).forecast(from_day="2025-01-01", to_day="2025-03-31")
    rows = {(row["month"], row["stage"]): row for row in answer["rows"]}
    weighted = {stage: rows["2025-01", stage]["weighted_minor"] for stage in JANUARY}
    assert weighted == {"lead": 1_200_000, "qualified": 2_125_000, "proposal": 9_000_000, "negotiation": 7_125_000}
    assert answer["total_weighted_minor"] == 19_450_000
    assert len(rows) == 12
