"""Every way in which Gemini fails, through its own library against the stand-in: what is stored is right, or by rule.

One worker's job runner on a real database; the clock of waits is held by the test.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from pybreaker import CircuitMemoryStorage
from sqlalchemy import text

from libs.common.clock import FixedClock, SystemClock
from libs.common.ids import new_id
from services.ai import wiring
from services.ai.adapters.gemini import GeminiProvider
from services.ai.asking import breaker
from services.ai.brief_analysis import rules
from services.ai.domain import OverBudget
from services.ai.ledger import DatabaseLedger
from services.ai.ports import Wish
from services.ai.settings import AiSettings
from services.ai.tasks import Tokens
from tests.ai.integration.test_analysis import desk_of, runner_of, submit, worker_of
from tests.ai.unit.test_gemini import ANSWER, CHAT, FACTOR, FACTORS, MODEL, running, sandbox
from tests.ai.unit.test_rules import TECHCORP
from tests.e2e.conftest import FULL
from tests.sandbox.conftest import GEMINI_KEY, Sandbox, eventually
from tests.support.delivering import told

__all__ = ["running", "sandbox"]

BY_RULE = rules.analyze(TECHCORP, "USD").score
NOON = datetime(2026, 3, 4, 17, tzinfo=UTC)


@dataclass
class Scene:
    """An ai service whose Gemini is the stand-in, and a clock that stands until it is moved."""

    runtime: Any
    clock: FixedClock
    sandbox: Sandbox
    work: Callable[[], bool]
    circuit: CircuitMemoryStorage

    def calls(self) -> int:
        return len(requests.get(f"{self.sandbox.gemini}/_sandbox/requests", timeout=5).json())

    def waiting(self) -> int:
        """Jobs that are not done."""
        statement = "SELECT count(*) FROM jobs WHERE finished_at IS NULL AND failed_at IS NULL"
        with self.runtime.database.read() as session:
            return int(session.execute(text(statement)).scalar_one())

    def wait(self, seconds: float) -> None:
        """Let time go by."""
        self.clock.at += timedelta(seconds=seconds)
        if self.circuit.opened_at is not None:
            self.circuit.opened_at -= timedelta(seconds=seconds)
        with self.runtime.database.engine.begin() as connection:
            connection.execute(text("UPDATE jobs SET due_at = due_at - make_interval(secs => :s)"), {"s": seconds})

    def settle(self) -> int:
        """Let time go by until every job is done: how many seconds that took."""
        for passed in range(0, 3600, 5):
            while self.work():
                pass
            if not self.waiting():
                return passed
            self.wait(5)
        raise AssertionError("it is never done")

    def generation(self) -> dict[str, Any]:
        with self.runtime.database.read() as session:
            return dict(session.execute(text("SELECT * FROM generations")).mappings().one())

    def books(self) -> list[dict[str, Any]]:
        statement = "SELECT * FROM provider_calls ORDER BY created_at, id"
        with self.runtime.database.read() as session:
            return [dict(row) for row in session.execute(text(statement)).mappings()]


@pytest.fixture
def scene(runtime_of: Any, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    requests.delete(f"{sandbox.gemini}/_sandbox/requests", timeout=5)
    clock = FixedClock(NOON)
    keyed = {"gemini_api_key": GEMINI_KEY, "gemini_base_url": sandbox.gemini, "gemini_model": MODEL}
    made = runtime_of("ai", AiSettings, clock=clock, **keyed)
    monkeypatch.setattr(wiring, "runtime", lambda: made)
    circuit = CircuitMemoryStorage("closed")
    provider = GeminiProvider(made.settings)
    desk = desk_of(made, provider, timeout=1.0, attempts=5, breaker=breaker(storage=circuit))
    yield Scene(made, clock, sandbox, worker_of(made, lambda: desk), circuit)


OUT_OF_RANGE = ANSWER | {"factors": FACTORS | {"time": FACTOR | {"points": 900}}}
OTHER_LEVEL = ANSWER | {"complexity": {"value": "score 100", "cites": CHAT}}
INVENTED = ANSWER | {"estimated_hours": {"value": 1, "cites": {"field": "design", "words": "it is done already"}}}


@pytest.mark.parametrize(
    ("scripts", "calls", "reason"),
    [
        ([{"kind": "quota", "retry_seconds": 53}] * 9, 5, "429"),
        ([{"kind": "quota_untold"}] * 9, 5, "429"),
        ([{"kind": "quota", "per": "day"}], 1, "quota for today"),
        ([{"kind": "unavailable"}] * 9, 5, "503"),
        ([{"kind": "safety"}], 1, "SAFETY"),
        ([{"kind": "safety_empty"}], 1, "SAFETY"),
        ([{"kind": "prompt_blocked"}], 1, "PROHIBITED_CONTENT"),
        ([{"kind": "max_tokens"}], 1, "MAX_TOKENS"),
        ([{"kind": "max_tokens_empty"}], 1, "MAX_TOKENS"),
        ([{"kind": "not_json"}], 1, "shape"),
        ([{"kind": "other_shape"}], 1, "shape"),
        ([{"kind": "empty_candidates"}], 1, "it sent none"),
        ([{"kind": "unknown_enum"}], 1, "finish reason"),
        ([{"json": OTHER_LEVEL}], 1, "shape"),
        ([{"json": OUT_OF_RANGE}], 1, "shape"),
        ([{"json": INVENTED}], 1, "cites words that the brief does not hold"),
        ([{"status": 403}], 1, "refused the request (403"),
        ([{"body": [], "status": 200}], 1, ""),
    ],
    ids=lambda value: value[0].get("kind") or str(next(iter(value[0]))) if isinstance(value, list) else None,
)
def test_no_wrong_score_is_stored_and_the_rules_say_why(
    scene: Scene, scripts: list[dict[str, Any]], calls: int, reason: str
) -> None:
    scene.sandbox.behave(scene.sandbox.gemini, answers=scripts)
    submit(scene.runtime)
    scene.settle()
    made = scene.generation()
    assert (made["status"], made["provider"], made["score"], made["attempts"]) == ("done", "built-in", BY_RULE, calls)
    assert reason in made["stands_in_because"] and GEMINI_KEY not in made["stands_in_because"]
    assert scene.calls() == calls == len(scene.books()) and all(call["problem"] for call in scene.books())
    (event,) = told(scene.runtime)
    assert event.data["ai_score"] == BY_RULE and event.data["ai_insights"]["provider"] == "built-in"


@pytest.mark.parametrize(
    ("scripts", "score", "thoughts"),
    [
        ([{"json": ANSWER}], 80, False),
        ([{"kind": "thought"}], None, True),
        ([{"kind": "unavailable"}, {"json": ANSWER}], 80, False),
    ],
    ids=["good", "thoughts", "after an outage"],
)
def test_a_good_answer_is_stored_with_what_it_took(
    scene: Scene, scripts: list[dict[str, Any]], score: int | None, thoughts: bool
) -> None:
    scene.sandbox.behave(scene.sandbox.gemini, answers=scripts)
    submit(scene.runtime)
    scene.settle()
    made = scene.generation()
    assert (made["provider"], made["model"], made["attempts"]) == ("gemini", MODEL, len(scripts))
    assert made["score"] == score or (score is None and 0 <= made["score"] <= 100)
    assert made["input_tokens"] and made["output_tokens"] and bool(made["thought_tokens"]) == thoughts
    assert made["cost_micro_usd"] == scene.books()[-1]["cost_micro_usd"] > 0 and made["milliseconds"] > 0
    assert told(scene.runtime)[0].data["ai_insights"]["attempts"] == len(scripts)


def test_a_time_out_is_tried_again(scene: Scene) -> None:
    scene.sandbox.behave(scene.sandbox.gemini, answers=[{"json": ANSWER, "delay_ms": 2000}, {"json": ANSWER}])
    submit(scene.runtime)
    scene.settle()
    first, second = scene.books()
    assert first["problem"] == "Gemini could not be reached (ReadTimeout)" and second["problem"] is None
    assert (scene.generation()["provider"], scene.generation()["attempts"]) == ("gemini", 2)


def test_53_seconds_are_53_seconds(scene: Scene) -> None:
    scene.sandbox.behave(scene.sandbox.gemini, answers=[{"kind": "quota", "retry_seconds": 53}, {"json": ANSWER}])
    submit(scene.runtime)
    assert scene.work() and scene.calls() == 1
    submit(scene.runtime, requested_by="user")
    scene.wait(52)
    scene.work()
    assert scene.calls() == 1, "neither it nor another is asked for"
    scene.settle()
    assert scene.calls() == 3


def test_a_day_without_quota_ends_at_its_midnight(scene: Scene) -> None:
    scene.sandbox.behave(scene.sandbox.gemini, answers=[{"kind": "quota", "per": "day"}])
    for _ in range(3):
        submit(scene.runtime)
        assert scene.work()
    assert scene.calls() == 1
    scene.wait(24 * 3600)
    submit(scene.runtime)
    assert scene.work() and scene.calls() == 2


def test_a_minute_without_network_loses_nothing(scene: Scene) -> None:
    """Everything that was asked for in that minute is there a little later, once, and by Gemini."""
    ordered = 4
    scene.sandbox.stop()
    try:
        for _ in range(ordered):
            submit(scene.runtime)
        for _ in range(12):
            while scene.work():
                pass
            scene.wait(5)
        assert told(scene.runtime) == [] and scene.waiting() == ordered
    finally:
        scene.sandbox.start()
    scene.settle()
    assert_each_arrived_once(scene, ordered)


@pytest.mark.skipif(not FULL, reason="a real minute, in the long form alone")
def test_a_real_minute_without_network_loses_nothing(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same by the machine's clock, with four threads at work."""
    monkeypatch.setattr(scene.runtime.database, "clock", SystemClock())
    desk = desk_of(scene.runtime, GeminiProvider(scene.runtime.settings), timeout=1.0, attempts=5)
    runner = runner_of(scene.runtime, lambda: desk)
    working = threading.Thread(target=runner.run)
    ordered = 40
    scene.sandbox.stop()
    try:
        working.start()
        for _ in range(ordered):
            submit(scene.runtime)
        threading.Event().wait(60)
        assert told(scene.runtime) == []
    finally:
        scene.sandbox.start()
    eventually(lambda: not scene.waiting(), "everything is done", 240)
    runner.stop()
    working.join()
    assert_each_arrived_once(scene, ordered)


def assert_each_arrived_once(scene: Scene, ordered: int) -> None:
    events = told(scene.runtime)
    assert len(events) == len({event.aggregate_id for event in events}) == ordered
    assert {event.data["ai_insights"]["provider"] for event in events} == {"gemini"}


def test_the_budget_holds_for_many_at_once(scene: Scene) -> None:
    """Eight workers reserve at once where there is room for five."""
    settings = scene.runtime.settings.model_copy(update={"ai_daily_budget": 5, "ai_user_daily_budget": 3})
    ledger = DatabaseLedger(scene.runtime.database, settings)
    made: list[str] = []
    together = threading.Barrier(8)

    def reserve(user_id: str | None) -> None:
        together.wait()
        try:
            made.append(ledger.reserve(Wish(new_id(), "email_draft", user_id, "gemini", MODEL, 1_000_000)).call_id)
        except OverBudget as over:
            made.append(str(over))

    def eight(user_id: str | None) -> list[str]:
        made.clear()
        threads = [threading.Thread(target=reserve, args=(user_id,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return list(made)

    person = new_id()
    first = eight(person)
    assert sum("this person's" in each for each in first) == 5, "three dollars of one person's"
    second = eight(None)
    assert sum("today's budget" in each for each in second) == 6, "and five of all together"
    # What is over counts with what it cost, no longer with the most that it could.
    for call in (each for each in first + second if "budget" not in each):
        ledger.settle(call, 10, Tokens(100, 100, 0), 200, None)
    assert len([each for each in eight(None) if "budget" not in each]) == 4
    scene.wait(24 * 3600)
    assert ledger.reserve(Wish(new_id(), "email_draft", person, "gemini", MODEL, 3_000_000)).attempt == 1
