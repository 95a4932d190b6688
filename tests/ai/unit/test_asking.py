"""The one road to a provider: when it is asked, when it is not, and what stands in its place."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import BaseModel

from libs.common.clock import FixedClock
from libs.common.jobs import RetryLater
from services.ai.adapters.built_in import BuiltInProvider
from services.ai.asking import Desk, Patience, ask, breaker, quota_day_ends
from services.ai.domain import OverBudget, ProviderProblem
from services.ai.ports import Pause, Reserved, Wish
from services.ai.prices import DEAREST, Price, most, price_of, read_prices
from services.ai.tasks import Answered, Task, Tokens

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


class Shape(BaseModel):
    word: str


TASK: Task[str, str] = Task(
    kind="brief_analysis",
    prompt_version="p-1",
    system="Answer.",
    prompt=lambda asked: asked,
    schema=Shape,
    accept=lambda parsed, asked: parsed.word,
    rules=lambda asked: f"by rule: {asked}",
    rules_version="r-1",
)


@dataclass
class Books:
    """The ledger in memory."""

    clock: FixedClock
    room: int = 10**12
    calls: list[dict[str, Any]] = field(default_factory=list)
    pauses: dict[tuple[str, str], Pause] = field(default_factory=dict)

    def reserve(self, wish: Wish) -> Reserved:
        if wish.most > self.room:
            raise OverBudget("today's budget for AI is used up")
        self.calls.append({"wish": wish, "problem": None})
        return Reserved(str(len(self.calls) - 1), self.attempts(wish.generation_id))

    def settle(self, call_id: str, milliseconds: int, tokens: Tokens, cost: int | None, problem: str | None) -> None:
        self.calls[int(call_id)] |= {"tokens": tokens, "cost": cost, "problem": problem}

    def attempts(self, generation_id: str) -> int:
        return sum(call["wish"].generation_id == generation_id for call in self.calls)

    def paused(self, provider: str, model: str) -> Pause | None:
        found = self.pauses.get((provider, model))
        return found if found and found.until > self.clock.now() else None

    def pause(self, provider: str, model: str, pause: Pause) -> None:
        self.pauses[provider, model] = pause


@dataclass
class Gemini:
    """Fails with what it was given, one after the other, then answers."""

    problems: list[Exception] = field(default_factory=list)
    asked: list[float | None] = field(default_factory=list)
    model: str = "gemini-2.5-flash"
    name: str = "gemini"

    def answer(self, task: Task[Any, Any], asked: Any, *, seconds: float | None = None) -> Answered[Any]:
        self.asked.append(seconds)
        if self.problems:
            raise self.problems.pop(0)
        return Answered("by model", "gemini", self.model, task.prompt_version, 1000, 200, 300)

    def check(self) -> str:
        return "yes"


@dataclass
class Scene:
    clock: FixedClock
    books: Books
    gemini: Gemini
    desk: Desk

    def put(self, generation: str = "g1", background: float = 900, waits: float | None = None) -> Answered[str]:
        """Ask for a generation ordered at noon."""
        patience = Patience.somebody_waits(NOON, waits) if waits else Patience.in_the_background(NOON, background)
        return ask(TASK, "why", generation_id=generation, user_id=None, desk=self.desk, patience=patience)

    def later(self, generation: str = "g1", **how: float) -> float:
        """The same where it is to come back: after how many seconds, which pass."""
        with pytest.raises(RetryLater) as raised:
            self.put(generation, **how)
        self.clock.at += timedelta(seconds=raised.value.seconds)
        return raised.value.seconds


@pytest.fixture
def scene() -> Scene:
    clock = FixedClock(NOON)
    books, gemini = Books(clock), Gemini()
    return Scene(clock, books, gemini, Desk(gemini, BuiltInProvider(), books, breaker(), clock))


def busy(seconds: float | None = None) -> ProviderProblem:
    return ProviderProblem("Gemini has too much to do (429)", again=True, retry_after=seconds)


def outage() -> ProviderProblem:
    return ProviderProblem("Gemini is in trouble (503)", again=True, outage=True)


def test_an_answer_with_what_it_took(scene: Scene) -> None:
    made = scene.put()
    assert (made.result, made.attempts, made.stands_in_because) == ("by model", 1, None)
    # 1,000 tokens in at 30 cents a million; 200 out and 300 of thought at 2.50 dollars
    assert made.cost_estimate == scene.books.calls[0]["cost"] == 300 + 1250
    assert scene.books.calls[0]["wish"].most >= 8192 * 25 // 10


def test_nobody_asks_before_the_time_that_was_told(scene: Scene) -> None:
    scene.gemini.problems = [busy(53)]
    with pytest.raises(RetryLater) as raised:
        scene.put()
    assert raised.value.seconds >= 53
    scene.clock.at += timedelta(seconds=52)
    assert 1 <= scene.later("another") < 2, "another generation waits as well, for what is left"
    assert len(scene.gemini.asked) == 1
    made = scene.put()
    assert (made.result, made.attempts) == ("by model", 2)


def test_who_is_waited_for_gets_the_built_in_answer_at_once(scene: Scene) -> None:
    scene.gemini.problems = [busy(53)]
    made = scene.put(waits=20)
    assert (made.provider, made.result, made.attempts) == ("built-in", "by rule: why", 1)
    assert made.stands_in_because == "Gemini has too much to do (429)"
    assert scene.put("another", waits=20).attempts == 0, "and it is not asked for the next one either"


def test_who_is_waited_for_is_tried_again_where_that_fits(scene: Scene) -> None:
    scene.gemini.problems = [busy(), busy(2)]
    assert 1 <= scene.later(waits=20) < 1.2 and 2 <= scene.later(waits=20) < 2.3
    assert scene.put(waits=20).attempts == 3
    assert all(seconds and seconds <= 20 for seconds in scene.gemini.asked), "no call outlasts the patience"


def test_without_a_word_the_waits_double(scene: Scene) -> None:
    scene.gemini.problems = [busy() for _ in range(9)]
    for seconds in (15, 30, 60, 120):
        assert seconds <= scene.later() <= seconds * 1.1
    made = scene.put()
    assert (made.provider, made.attempts, len(scene.gemini.asked)) == ("built-in", 5, 5)
    assert scene.put().attempts == 5 and len(scene.gemini.asked) == 5, "asked once more, it is not called again"


def test_patience_ends(scene: Scene) -> None:
    scene.gemini.problems = [busy() for _ in range(9)]
    assert scene.later(background=60) + scene.later(background=60) < 60
    assert scene.put(background=60).provider == "built-in" and len(scene.gemini.asked) == 3


def test_what_comes_late_is_asked_for_once_where_nobody_waits(scene: Scene) -> None:
    scene.clock.at += timedelta(hours=1)
    late = scene.put("of an hour ago", waits=20)
    assert "no time left" in str(late.stands_in_because) and scene.gemini.asked == []
    assert scene.put("of an hour ago, too").provider == "gemini"
    scene.gemini.problems = [busy(), busy()]
    assert scene.put("and this").provider == "built-in" and len(scene.gemini.asked) == 2


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        (NOON, datetime(2026, 3, 5, 8, tzinfo=UTC)),
        (datetime(2026, 3, 5, 7, 59, tzinfo=UTC), datetime(2026, 3, 5, 8, tzinfo=UTC)),
        (datetime(2026, 3, 5, 8, tzinfo=UTC), datetime(2026, 3, 6, 8, tzinfo=UTC)),
        # the day on which the clocks go forward there has 23 hours
        (datetime(2026, 3, 8, 12, tzinfo=UTC), datetime(2026, 3, 9, 7, tzinfo=UTC)),
    ],
)
def test_a_quota_of_a_day_ends_at_midnight_in_california(now: datetime, ends: datetime) -> None:
    assert quota_day_ends(now) == ends


def test_a_day_without_quota_is_not_asked_in(scene: Scene) -> None:
    scene.gemini.problems = [ProviderProblem("Gemini's quota for today is used up", day_is_over=True)]
    for generation in ("g1", "g2", "g3"):
        made = scene.put(generation)
        assert (made.provider, made.stands_in_because) == ("built-in", "Gemini's quota for today is used up")
    assert len(scene.gemini.asked) == 1
    scene.clock.at = datetime(2026, 3, 5, 8, tzinfo=UTC)
    assert scene.put("g4", background=10**6).provider == "gemini"


def test_outages_in_a_row_open_the_circuit(scene: Scene) -> None:
    scene.gemini.problems = [outage() for _ in range(5)]
    for number in range(5):
        scene.later(f"g{number}")
    assert scene.later("g6") >= 30 and len(scene.gemini.asked) == 5
    scene.clock.at = NOON
    made = scene.put("g7", waits=20)
    assert made.attempts == 0 and "several times in a row" in str(made.stands_in_because)


def test_what_is_no_outage_leaves_the_circuit_closed(scene: Scene) -> None:
    scene.gemini.problems = [ProviderProblem("Gemini gave no usable answer") for _ in range(6)]
    for number in range(6):
        assert scene.put(f"g{number}").provider == "built-in"
    assert scene.put("g7").provider == "gemini"


def test_after_a_while_one_call_tries_the_circuit(scene: Scene) -> None:
    scene.desk.breaker.reset_timeout = 0
    scene.gemini.problems = [outage() for _ in range(5)]
    for number in range(5):
        scene.later(f"g{number}")
    assert scene.put("g6").provider == "gemini" and scene.desk.breaker.current_state == "closed"


def test_calls_do_not_wait_for_each_other(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two at once: each comes back only when both were asked."""
    both = threading.Barrier(2, timeout=10)
    answer = scene.gemini.answer

    def together(*given: Any, **more: Any) -> Answered[Any]:
        both.wait()
        return answer(*given, **more)

    monkeypatch.setattr(scene.gemini, "answer", together)
    made: list[Answered[str]] = []
    threads = [threading.Thread(target=lambda name=name: made.append(scene.put(name))) for name in ("g1", "g2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.provider for each in made] == ["gemini", "gemini"]


def test_past_the_budget_the_rules_answer_and_say_so(scene: Scene) -> None:
    scene.books.room = 10
    made = scene.put()
    assert (made.provider, made.stands_in_because) == ("built-in", "today's budget for AI is used up")
    assert scene.gemini.asked == []


def test_an_answer_of_no_use_is_paid_for_and_not_asked_for_again(scene: Scene) -> None:
    scene.gemini.problems = [ProviderProblem("Gemini gave no usable answer: finish reason SAFETY", tokens=(1000, 8, 0))]
    made = scene.put()
    assert (made.provider, made.attempts, made.cost_estimate) == ("built-in", 1, None)
    assert scene.books.calls[0]["cost"] == 320 and "SAFETY" in scene.books.calls[0]["problem"]


def test_an_error_nobody_expected_is_answered_by_the_rules(scene: Scene) -> None:
    scene.gemini.problems = [KeyError("secret")]
    made = scene.put()
    assert made.provider == "built-in" and made.stands_in_because == "an error of our own (KeyError)"


@pytest.mark.parametrize(
    ("model", "price"),
    [
        ("gemini-2.5-flash", Price(300, 2500)),
        ("models/gemini-2.5-flash-preview-09", Price(300, 2500)),
        ("gemini-2.5-flash-lite", Price(100, 400)),
        ("gemini-9", None),
    ],
)
def test_what_a_model_costs(model: str, price: Price | None) -> None:
    assert price_of(model) == price


def test_the_operators_own_prices_come_first() -> None:
    own = read_prices("gemini-2.5-flash=0.5/3, gemini-9=1/8")
    assert price_of("gemini-9-pro", own) == Price(1000, 8000) and price_of("gemini-2.5-flash", own) == Price(500, 3000)
    assert read_prices("") == {} and most("gemini-99", 10, 100) == DEAREST.of(10, 100)
    with pytest.raises(ValueError):
        read_prices("gemini-9=cheap")
