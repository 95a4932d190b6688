"""A brief is analysed once it was submitted: by the provider, or by the built-in rules where that does not answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.ids import new_id
from libs.common.job_runner import JobRunner
from libs.common.problems import Invalid, NotFound
from services.ai import wiring
from services.ai.adapters.built_in import BuiltInProvider
from services.ai.asking import Desk, breaker
from services.ai.brief_analysis import Brief
from services.ai.domain import ProviderProblem
from services.ai.handlers import analyzing, generating
from services.ai.ledger import DatabaseLedger
from services.ai.rpc import AiRpc
from services.ai.settings import AiSettings
from services.ai.tasks import Answered, Task
from services.ai.worker import TABLE
from tests.ai.unit.test_rules import TECHCORP
from tests.contracts.samples_of import sample, unlike
from tests.support.actors import ADMIN, FINANCE, JESSICA, JOHN, MANAGER
from tests.support.calling import Caller
from tests.support.delivering import deliver, told

SAMPLE = sample("brief.submitted")["data"]


@dataclass
class Gemini:
    """A provider that answers, or fails, as it was told."""

    name: str = "gemini"
    model: str = "gemini-2.5-flash"
    problems: list[Exception] = field(default_factory=list)
    asked: list[Brief] = field(default_factory=list)

    def answer(self, task: Task[Any, Any], asked: Any, *, seconds: float | None = None) -> Answered[Any]:
        self.asked.append(asked)
        if self.problems:
            raise self.problems.pop(0)
        return Answered(task.rules(asked), "gemini", "gemini-test", task.prompt_version, 100, 50, 10)

    def check(self) -> str:
        return "Gemini answered"


@pytest.fixture
def runtime(runtime_of: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    made = runtime_of("ai", AiSettings)
    monkeypatch.setattr(wiring, "runtime", lambda: made)
    yield made
    for event in told(made):
        assert unlike(event.data, sample(event.type)["data"]) == []


@pytest.fixture
def gemini() -> Gemini:
    return Gemini()


@pytest.fixture
def work(runtime: Any, gemini: Gemini) -> Callable[[], bool]:
    """Do one job that is due."""
    desk = desk_of(runtime, gemini)
    return worker_of(runtime, lambda: desk)


def desk_of(runtime: Any, provider: Any, **more: Any) -> Desk:
    """A desk of the runtime's books, where no more than three calls are made for a generation."""
    ledger = DatabaseLedger(runtime.database, runtime.settings)
    rules = {"attempts": 3, "clock": runtime.database.clock, "breaker": breaker()} | more
    return Desk(provider=provider, built_in=BuiltInProvider(), ledger=ledger, **rules)


def worker_of(runtime: Any, desk: Callable[[], Desk]) -> Callable[[], bool]:
    """What does one job that is due."""
    return runner_of(runtime, desk).run_one


def runner_of(runtime: Any, desk: Callable[[], Desk]) -> JobRunner:
    """The worker's part that analyses."""
    line = analyzing.line(lambda: runtime.settings)
    job = generating.job(line, lambda: runtime.database, desk)
    return JobRunner("ai", runtime.database, {line.job: job})


@pytest.fixture
def ai(runtime: Any) -> Caller:
    return Caller(AiRpc, runtime)


def submit(runtime: Any, **changes: Any) -> None:
    deliver(runtime, TABLE, "brief.submitted", **changes)


def due_now(runtime: Any) -> None:
    with runtime.database.engine.begin() as connection:
        connection.execute(text("UPDATE jobs SET due_at = now()"))


def test_an_analysis_is_ordered_done_and_told(runtime: Any, work: Any, ai: Any, gemini: Gemini) -> None:
    submit(runtime)
    (waiting,) = ai.as_(ADMIN).list_generations(filters={})["items"]
    assert (waiting["status"], waiting["deal_id"], waiting["provider"]) == ("waiting", SAMPLE["deal_id"], None)
    assert work() and not work()
    done = ai.as_(ADMIN).get_generation(generation_id=waiting["id"])
    assert (done["status"], done["provider"], done["model"]) == ("done", "gemini", "gemini-test")
    assert (done["input_tokens"], done["output_tokens"], done["thought_tokens"]) == (100, 50, 10)
    # 100 tokens at 30 cents and 60 at 2.50 dollars a million
    assert (done["cost_micro_usd"], done["attempts"], done["stands_in_because"]) == (180, 1, None)
    assert done["score"] == done["output"]["factors"][0]["points"] + sum(
        f["points"] for f in done["output"]["factors"][1:]
    )
    assert gemini.asked == [TECHCORP_AS_TOLD]
    (event,) = told(runtime)
    assert (event.type, event.aggregate_id, event.aggregate_version) == ("deal.analyzed", done["id"], 2)
    assert event.data["ai_score"] == done["score"] and event.data["ai_insights"]["provider"] == "gemini"
    assert event.correlation_id == sample("brief.submitted")["correlation_id"] and event.causation_id


TECHCORP_AS_TOLD = Brief.of({name: SAMPLE[name] for name in Brief.__dataclass_fields__})


def test_the_sample_is_the_brief_of_the_use_case() -> None:
    assert TECHCORP_AS_TOLD == TECHCORP


def test_each_wish_is_one_analysis_and_a_repeat_is_none(runtime: Any, work: Any, ai: Any) -> None:
    event_id = new_id()
    for _ in range(3):
        deliver(runtime, TABLE, "brief.submitted", event_id)
    submit(runtime, requested_by="user")
    assert work() and work() and not work()
    assert ai.as_(ADMIN).list_generations(filters={"deal_id": SAMPLE["deal_id"]})["total"] == 2


def test_a_provider_that_may_be_asked_again_is(runtime: Any, work: Any, ai: Any, gemini: Gemini) -> None:
    gemini.problems = [busy(), busy()]
    submit(runtime)
    for _ in range(3):
        assert work() and not work()  # not before its time
        due_now(runtime)
    (done,) = ai.as_(ADMIN).list_generations(filters={})["items"]
    assert (done["provider"], done["attempts"], len(gemini.asked)) == ("gemini", 3, 3)


def busy() -> ProviderProblem:
    return ProviderProblem("Gemini is in trouble (503)", again=True, outage=True)


def test_rules_stand_in_for_a_provider_that_gives_up(runtime: Any, work: Any, ai: Any, gemini: Gemini) -> None:
    gemini.problems = [ProviderProblem("Gemini gave no usable answer (finish reason SAFETY)")]
    submit(runtime)
    assert work()
    (event,) = told(runtime)
    assert event.data["ai_insights"]["provider"] == "built-in"
    assert "SAFETY" in event.data["ai_insights"]["stands_in_because"]
    (done,) = ai.as_(ADMIN).list_generations(filters={})["items"]
    assert (done["provider"], done["status"]) == ("built-in", "done") and "SAFETY" in done["stands_in_because"]


def test_rules_stand_in_after_the_last_attempt(runtime: Any, work: Any, gemini: Gemini) -> None:
    gemini.problems = [busy() for _ in range(5)]
    submit(runtime)
    for _ in range(3):
        work()
        due_now(runtime)
    assert told(runtime)[0].data["ai_insights"]["provider"] == "built-in" and len(gemini.asked) == 3


def test_at_an_error_nobody_expected_the_rules_stand_in(runtime: Any, work: Any, ai: Any, gemini: Gemini) -> None:
    gemini.problems = [RuntimeError("a bug")]
    submit(runtime)
    assert work()
    made = ai.as_(ADMIN).list_generations(filters={})["items"][0]
    assert (made["status"], made["provider"], made["stands_in_because"]) == (
        "done",
        "built-in",
        "an error of our own (RuntimeError)",
    )


def test_who_sees_generations(runtime: Any, work: Any, ai: Any) -> None:
    access = {"record_id": SAMPLE["client_id"], "is_open": False, "closed": False, "readers": []}
    deliver(runtime, TABLE, "client.access_changed", **access, owner_id=JOHN.id, version=1)
    submit(runtime)
    work()
    generation_id = ai.as_(ADMIN).list_generations(filters={})["items"][0]["id"]
    for person in (ADMIN, JOHN):
        assert ai.as_(person).list_generations(filters={})["total"] == 1
        assert ai.as_(person).get_generation(generation_id=generation_id)["output"]["summary"]
    for person in (JESSICA, FINANCE, MANAGER):
        assert ai.as_(person).list_generations(filters={}) == {"items": [], "next_cursor": None, "total": 0}
        with pytest.raises(NotFound):
            ai.as_(person).get_generation(generation_id=generation_id)


@pytest.mark.parametrize(
    ("ask", "field"),
    [
        ({"filters": {"deal_id": "x"}}, "deal_id"),
        ({"filters": {"colour": 1}}, "colour"),
        ({"filters": {}, "limit": 0}, "limit"),
    ],
)
def test_what_cannot_be_asked_is_named(ai: Any, ask: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        ai.as_(ADMIN).list_generations(**ask)
    assert refused.value.field == field


def test_without_a_key_the_built_in_rules_answer(ai: Any, runtime: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    wiring.provider.cache_clear()
    wiring.built_in.cache_clear()
    assert ai.as_(ADMIN).provider_status() == {"provider": "built-in", "model": None}
    keyed = runtime.settings.model_copy(update={"gemini_api_key": "key"})
    monkeypatch.setattr(wiring, "runtime", lambda: SimpleNamespace(settings=keyed))
    wiring.provider.cache_clear()
    assert wiring.provider().name == "gemini"
    wiring.provider.cache_clear()
    wiring.built_in.cache_clear()
