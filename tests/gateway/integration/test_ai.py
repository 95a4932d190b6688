"""Usage of AI and its budget over the API: exact dollars, for admins."""

from __future__ import annotations

from typing import Any

import pytest

from libs.common.problems import Conflict
from tests.gateway.conftest import problem
from tests.gateway.page_answers import ANSWERS

BUDGET = {"daily_micro_usd": 10_000_000, "user_daily_micro_usd": 2_500_000, "version": 3}


def test_usage_is_in_dollars(http: Any, bearer: Any, rpc: Any) -> None:
    rpc.answers["ai.usage"] = ANSWERS["ai.usage"]
    answer = http.get("/api/v1/ai/usage?days=30", headers=bearer("admin"))
    assert answer.status_code == 200 and rpc.last("ai.usage").arguments == {"days": 30}
    found = answer.json
    assert found["budget"] == {"daily": 10, "user_daily": 2, "version": 1, "spent": 0.00015, "currency": "USD"}
    assert found["by_user"][0]["cost"] == 0.012345 and found["days"][0]["cost_today"] == 0.00003
    assert b"micro" not in answer.data and b"0.012345" in answer.data
    problem(http.get("/api/v1/ai/usage?days=93", headers=bearer("admin")), 422, "days")


def test_the_budget_is_read_and_set(http: Any, bearer: Any, rpc: Any) -> None:
    rpc.answers["ai.get_budget"] = rpc.answers["ai.change_budget"] = BUDGET
    shown = {"daily": 10, "user_daily": 2.5, "version": 3, "currency": "USD"}
    assert http.get("/api/v1/ai/budget", headers=bearer("admin")).json == shown
    body = {"daily": 0.1, "version": 3}
    assert http.patch("/api/v1/ai/budget", json=body, headers=bearer("admin")).json == shown
    assert rpc.last("ai.change_budget").arguments == {"changes": {"daily_micro_usd": 100_000}, "version": 3}
    rpc.answers["ai.change_budget"] = Conflict("somebody changed the budget since you loaded it", current_version=4)
    problem(http.patch("/api/v1/ai/budget", json=body, headers=bearer("admin")), 409)


@pytest.mark.parametrize("amount", [-1, "5", True, 0.001, 100_001])
def test_what_is_no_budget_is_refused_here(http: Any, bearer: Any, rpc: Any, amount: Any) -> None:
    problem(http.patch("/api/v1/ai/budget", json={"daily": amount}, headers=bearer("admin")), 422, "daily")
    assert rpc.asked == []


@pytest.mark.parametrize("role", ["sales", "finance", "manager"])
def test_it_is_for_admins(http: Any, bearer: Any, rpc: Any, role: str) -> None:
    for path in ("usage", "budget"):
        problem(http.get(f"/api/v1/ai/{path}", headers=bearer(role)), 403)
    problem(http.patch("/api/v1/ai/budget", json={"daily": 1}, headers=bearer(role)), 403)
    assert rpc.asked == []
