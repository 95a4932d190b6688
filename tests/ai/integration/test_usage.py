"""What AI took, and what it may take."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from libs.common.clock import FixedClock
from libs.common.problems import Conflict, Forbidden, Invalid
from services.ai import wiring
from services.ai.domain import ProviderProblem
from services.ai.ledger import DatabaseLedger
from services.ai.ports import Pause
from services.ai.rpc import AiRpc
from services.ai.settings import AiSettings
from tests.ai.integration.test_analysis import Gemini, desk_of, submit, worker_of
from tests.support.actors import ADMIN, JOHN, system
from tests.support.calling import Caller

# Ten in the evening in New York, the next day already in Greenwich.
EVENING = datetime(2026, 3, 5, 3, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(EVENING)


@pytest.fixture
def runtime(runtime_of: Any, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> Any:
    made = runtime_of("ai", AiSettings, clock=clock, gemini_api_key="key")
    monkeypatch.setattr(wiring, "runtime", lambda: made)
    return made


@pytest.fixture
def ai(runtime: Any) -> Caller:
    return Caller(AiRpc, runtime)


def test_nothing_was_taken_yet(ai: Any) -> None:
    found = ai.as_(ADMIN).usage(days=7)
    assert [each["day"] for each in found["days"]] == [f"2026-0{day}" for day in ("2-26", "2-27", "2-28")] + [
        f"2026-03-0{day}" for day in (1, 2, 3, 4)
    ]
    assert found["today"] == "2026-03-04" and found["by_kind"] == found["failures"] == found["reasons"] == []
    assert found["budget"] == {
        "daily_micro_usd": 10_000_000,
        "user_daily_micro_usd": 2_000_000,
        "version": 0,
        "spent_micro_usd": 0,
    }


def test_what_was_taken_by_day_kind_person_and_provider(ai: Any, runtime: Any, clock: FixedClock) -> None:
    gemini = Gemini(problems=[ProviderProblem("Gemini gave no usable answer: finish reason SAFETY", tokens=(9, 1, 0))])
    work = worker_of(runtime, lambda: desk_of(runtime, gemini))
    clock.at -= timedelta(days=1)
    submit(runtime)
    work()
    clock.at += timedelta(days=1)
    submit(runtime)
    work()
    found = ai.as_(ADMIN).usage()
    kind, provider = found["by_kind"][0], {each["value"]: each for each in found["by_provider"]}
    assert (kind["value"], kind["generations"], kind["generations_today"], kind["stood_in"]) == (
        "brief_analysis", 2, 1, 1,
    )  # fmt: skip
    assert (kind["calls"], kind["problems"], kind["input_tokens"], kind["thought_tokens"]) == (2, 1, 109, 10)
    assert kind["cost_micro_usd"] == 180 + 6 and kind["cost_micro_usd_today"] == 180
    assert provider["gemini"]["generations"] == provider["built-in"]["generations"] == 1
    assert [each["generations"] for each in found["days"]][-2:] == [1, 1] and found["by_user"][0]["value"] is None
    assert found["budget"]["spent_micro_usd"] == 180
    assert found["failures"][0]["problem"] == found["reasons"][0]["reason"]
    assert "SAFETY" in found["failures"][0]["problem"]


def test_a_pause_is_shown_while_it_lasts(ai: Any, runtime: Any, clock: FixedClock) -> None:
    ledger = DatabaseLedger(runtime.database, runtime.settings)
    for minutes in (10, 5):
        ledger.pause("gemini", "gemini-2.5-flash", Pause(EVENING + timedelta(minutes=minutes), "429"))
    assert ai.as_(ADMIN).usage()["paused"] == {"until": "2026-03-05T03:10:00+00:00", "because": "429"}
    clock.at += timedelta(minutes=10)
    assert ai.as_(ADMIN).usage()["paused"] is None


def test_the_budget_is_set_by_admins(ai: Any, runtime: Any) -> None:
    changed = ai.as_(ADMIN).change_budget(changes={"daily_micro_usd": 0}, version=0)
    assert changed == {"daily_micro_usd": 0, "user_daily_micro_usd": 2_000_000, "version": 1}
    with pytest.raises(Conflict):
        ai.as_(ADMIN).change_budget(changes={"daily_micro_usd": 5}, version=0)
    submit(runtime)
    worker_of(runtime, lambda: desk_of(runtime, Gemini()))()
    (made,) = ai.as_(ADMIN).list_generations(filters={})["items"]
    assert (made["provider"], made["stands_in_because"]) == ("built-in", "today's budget for AI is used up")
    for person in (JOHN, system("gateway")):
        with pytest.raises(Forbidden):
            ai.as_(person).change_budget(changes={"daily_micro_usd": 1})
    with pytest.raises(Forbidden):
        ai.as_(JOHN).usage()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"daily_micro_usd": -1}, "daily_micro_usd"),
        ({"daily_micro_usd": 1.5}, "daily_micro_usd"),
        ({"user_daily_micro_usd": True}, "user_daily_micro_usd"),
        ({"user_daily_micro_usd": 10**12}, "user_daily_micro_usd"),
        ({"weekly": 1}, "weekly"),
    ],
)
def test_a_budget_is_an_amount(ai: Any, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        ai.as_(ADMIN).change_budget(changes=changes)
    assert refused.value.field == field


@pytest.mark.parametrize("days", [0, 93, True, "7"])
def test_usage_of_how_many_days(ai: Any, days: Any) -> None:
    with pytest.raises(Invalid):
        ai.as_(ADMIN).usage(days=days)
