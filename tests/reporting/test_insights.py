"""What an insight is told of a forecast: figures of the answers, and nothing that is not there."""

from __future__ import annotations

from typing import Any

from libs.reporting import forecast_facts
from tests.support.report_answers import FORECAST, RISKS
from tests.support.report_answers.forecast import STAGES

RISK: dict[str, Any] = {
    "items": [
        {
            "deal_id": "d", "deal_name": "Chat\u202ebot\n2", "company_name": "TechCorp", "stage": "proposal",
            "value_minor": 6_250_000, "currency": "USD", "weighted_minor": 3_125_000, "idle_days": 34.9,
            "days_in_stage": 43, "usual_days": 21.5, "because": ["idle", "long_in_stage"],
        }
    ],
    "stages": RISKS["stages"],
}  # fmt: skip


def told(*answers: Any) -> dict[str, Any]:
    return {fact["name"]: fact["value"] for fact in forecast_facts(*answers)}


def test_every_figure_is_one_of_the_answers() -> None:
    facts = told(FORECAST, RISK)
    assert facts["total_weighted"] == FORECAST["total_weighted_minor"]
    assert facts["won_value"] == 6_250_000 and facts["target"] == 67_000_000
    assert facts["attainment_percent"] == 9.3
    expected = 6_250_000 + FORECAST["open_weighted_minor"]
    assert facts["above_target_percent"] == round((expected / 67_000_000 - 1) * 100, 1)
    fewer = told(FORECAST | {"target_minor": 42_000_000, "expected_minor": 21_000_000})
    assert (fewer["above_target_percent"], fewer["target_weighted"]) == (-50.0, 21_000_000)
    assert (facts["slowest_stage"], facts["slowest_stage_deals"], facts["slowest_stage_median_days"]) == (
        "proposal",
        2,
        27,
    )
    assert (facts["risk_deal"], facts["risk_company"]) == ("Chat bot 2", "TechCorp")
    assert (facts["risk_value"], facts["risk_idle_days"], facts["risk_reason"]) == (6_250_000, 34, "idle")
    assert facts["win_rate_percent"] == 57.1 and facts["best_month"] == "2025-03"


def test_what_did_not_come_is_not_spoken_of() -> None:
    facts = told(FORECAST | {"target_minor": None, "months": []})
    assert set(facts) == {"total_weighted", "total_value", "open_value", "won_value", "win_rate_percent"}
    assert "win_rate_percent" not in told(FORECAST | {"win_rate": None})
    assert not {name for name in told(FORECAST, {"items": [], "stages": []}) if name.startswith("risk")}
    closed = [each | {"count": 0} if each["stage"] in STAGES else each for each in FORECAST["stages"]]
    nothing_open = told(FORECAST | {"stages": closed}, RISK)
    assert not {name for name in nothing_open if name.startswith(("risk", "slowest"))}


def test_names_that_cannot_be_told_apart_from_nothing_are_told_so() -> None:
    deal = RISK["items"][0] | {"deal_name": "\u202e", "value_minor": None, "idle_days": None, "because": "overdue"}
    facts = told(FORECAST, {"items": [deal], "stages": []})
    assert facts["risk_deal"] == "?" and facts["risk_reason"] == "overdue"
    assert "risk_value" not in facts and "risk_idle_days" not in facts
