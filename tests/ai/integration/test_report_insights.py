"""Insights of reports: asked about once, the rules while a provider thinks, seen by who asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from libs.common.context import Context
from libs.common.identity import system_actor
from libs.common.job_runner import JobRunner
from libs.common.problems import Forbidden, Invalid, NotFound
from services.ai import wiring
from services.ai.asking import Desk, breaker
from services.ai.domain import ProviderProblem
from services.ai.handlers import generating, reporting
from services.ai.ledger import DatabaseLedger
from services.ai.models import generations
from services.ai.report_insights import Insight, Sentence
from services.ai.rpc import AiRpc
from services.ai.settings import AiSettings
from services.ai.tasks import Answered
from tests.ai.unit.test_report_insights import FORECAST
from tests.support.actors import ADMIN, FINANCE, JESSICA, JOHN, MANAGER, system
from tests.support.calling import Caller

pytestmark = pytest.mark.infrastructure

FIGURES = [each for each in FORECAST if each["name"] in ("total_weighted", "open_value", "risk_deal", "risk_reason")]


class Provider:
    """A provider written by hand: says what it is given, or fails."""

    name, model = "gemini", "gemini-of-tests"

    def __init__(self) -> None:
        self.asked = 0
        self.problem: ProviderProblem | None = None

    def answer(self, task: Any, asked: Any, *, seconds: float | None = None) -> Answered[Any]:
        self.asked += 1
        if self.problem is not None:
            raise self.problem
        return Answered(Insight((Sentence("A thought."),), dropped=1), self.name, self.model, task.prompt_version)

    def check(self) -> str:
        return "ok"


@pytest.fixture
def runtime(runtime_of: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    made = runtime_of("ai", AiSettings)
    monkeypatch.setattr(wiring, "runtime", lambda: made)
    yield made


@pytest.fixture
def provider() -> Provider:
    return Provider()


@pytest.fixture
def desk(runtime: Any, provider: Provider) -> Desk:
    ledger = DatabaseLedger(runtime.database, runtime.settings)
    return Desk(provider, wiring.built_in(), ledger, breaker(), runtime.database.clock)


@pytest.fixture
def ai(runtime: Any, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Caller:
    monkeypatch.setattr(wiring, "desk", lambda: desk)
    return Caller(AiRpc, runtime)


@pytest.fixture
def think(runtime: Any, desk: Desk) -> JobRunner:
    line = reporting.line(lambda: runtime.settings)
    return JobRunner("ai", runtime.database, {line.job: generating.job(line, lambda: runtime.database, lambda: desk)})


def ask(ai: Any, who: Any = JOHN, figures: Any = FIGURES, language: str = "en", **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = ai.as_(who).report_insight(
        kind="pipeline-forecast", figures=figures, language=language, **more
    )
    return made


def test_the_rules_stand_in_while_a_provider_thinks(ai: Any, think: JobRunner, provider: Provider) -> None:
    first = ask(ai)
    assert (first["status"], first["provider"]) == ("pending", "built-in")
    assert [each["risk"] for each in first["sentences"]] == [False, True]
    assert think.run_one() and not think.run_one()
    then = ask(ai)
    assert (then["id"], then["status"], then["provider"], then["model"]) == (
        first["id"], "ready", "gemini", "gemini-of-tests",
    )  # fmt: skip
    assert (then["sentences"], then["dropped"]) == ([{"text": "A thought.", "risk": False}], 1)
    assert ai.as_(JOHN).get_insight(insight_id=first["id"]) == then
    assert provider.asked == 1


def test_the_same_figures_are_asked_about_once_by_each_person(ai: Any, runtime: Any, think: JobRunner) -> None:
    same = {ask(ai)["id"] for _ in range(3)}
    others = {ask(ai, JESSICA)["id"], ask(ai, language="de")["id"], ask(ai, figures=FIGURES[:2])["id"]}
    assert len(same) == 1 and len(same | others) == 4
    while think.run_one():
        pass
    with runtime.database.read() as session:
        assert session.execute(select(func.count()).select_from(generations)).scalar_one() == 4


def test_without_a_provider_the_rules_answer_at_once(
    ai: Any, runtime: Any, monkeypatch: pytest.MonkeyPatch, think: JobRunner
) -> None:
    ledger = DatabaseLedger(runtime.database, runtime.settings)
    alone = Desk(wiring.built_in(), wiring.built_in(), ledger, breaker(), runtime.database.clock)
    monkeypatch.setattr(wiring, "desk", lambda: alone)
    made = ask(ai)
    assert (made["status"], made["provider"], made["because"]) == ("ready", "built-in", None)
    assert not think.run_one()


def test_a_provider_that_fails_leaves_the_rules_and_says_why(ai: Any, think: JobRunner, provider: Provider) -> None:
    provider.problem = ProviderProblem("Gemini gave no usable answer: finish reason SAFETY")
    ask(ai)
    assert think.run_one()
    made = ask(ai)
    assert (made["status"], made["provider"]) == ("ready", "built-in") and "SAFETY" in made["because"]
    assert made["sentences"] and provider.asked == 1


def test_an_insight_is_seen_by_who_asked_and_by_services(ai: Any) -> None:
    made = ask(ai, system("notifications"), person={"id": JOHN.id, "role": "sales"})
    assert ask(ai)["id"] == made["id"]  # the same person, the same figures
    assert ai.as_(system("notifications")).get_insight(insight_id=made["id"])["id"] == made["id"]
    for other in (JESSICA, ADMIN, FINANCE, MANAGER):
        with pytest.raises(NotFound):
            ai.as_(other).get_insight(insight_id=made["id"])
    assert ai.as_(ADMIN).list_generations(filters={})["total"] == 0  # it is about no client
    with pytest.raises(NotFound):
        ai.as_(JOHN).get_insight(insight_id="nothing")
    with pytest.raises(Forbidden):
        ask(ai, JOHN, person={"id": ADMIN.id, "role": "admin"})
    with pytest.raises(Invalid):
        ask(ai, figures=[])


def test_what_is_old_is_forgotten(ai: Any, runtime: Any) -> None:
    made = ask(ai)
    for days, left in ((29, 1), (31, 0)):
        with runtime.database.unit_of_work(Context(actor=system_actor("ai"))) as uow:
            reporting.forget(uow, uow.now + timedelta(days=days))
        with runtime.database.read() as session:
            assert session.execute(select(func.count()).select_from(generations)).scalar_one() == left
    with pytest.raises(NotFound):
        ai.as_(JOHN).get_insight(insight_id=made["id"])
