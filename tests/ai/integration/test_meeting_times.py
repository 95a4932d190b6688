"""Messages are read once, by the rules while a provider thinks, for those who may change the client."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from typing import Any

import pytest

from libs.common import row_access
from libs.common.context import Context
from libs.common.identity import system_actor
from libs.common.ids import new_id
from libs.common.job_runner import JobRunner
from libs.common.problems import Forbidden, Invalid, NotFound
from services.ai import wiring
from services.ai.asking import Desk, breaker
from services.ai.handlers import generating, timing
from services.ai.ledger import DatabaseLedger
from services.ai.meeting_times import Times, Window
from services.ai.rpc import AiRpc
from services.ai.settings import AiSettings
from services.ai.tasks import Answered
from tests.support.actors import ADMIN, JESSICA, JOHN
from tests.support.calling import Caller

pytestmark = pytest.mark.infrastructure

WORDS = {"text": "Thursday afternoon works best", "said_on": "2025-01-14", "zone": "America/Los_Angeles"}


class Provider:
    """A provider written by hand: reads a time that the rules do not."""

    name, model = "gemini", "gemini-of-tests"

    def answer(self, task: Any, asked: Any, *, seconds: float | None = None) -> Answered[Any]:
        read = Times((Window(date(2025, 1, 16), time(14), time(17), "afternoon"),))
        return Answered(read, self.name, self.model, task.prompt_version)

    def check(self) -> str:
        return "ok"


@pytest.fixture
def runtime(runtime_of: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    made = runtime_of("ai", AiSettings)
    monkeypatch.setattr(wiring, "runtime", lambda: made)
    yield made


@pytest.fixture
def client_id(runtime: Any) -> str:
    """A client of John's."""
    made = new_id()
    told = row_access.AccessChanged(
        record_id=made, owner_id=JOHN.id, label="TechCorp", is_open=False, closed=False, readers=[], version=1
    )
    with runtime.database.unit_of_work(Context(actor=system_actor("ai"))) as uow:
        row_access.apply(uow.session, told)
    return made


def desk_of(runtime: Any, provider: Any) -> Desk:
    ledger = DatabaseLedger(runtime.database, runtime.settings)
    return Desk(provider, wiring.built_in(), ledger, breaker(), runtime.database.clock)


def test_the_rules_stand_in_while_a_provider_thinks(
    runtime: Any, client_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desk_of(runtime, Provider())
    monkeypatch.setattr(wiring, "desk", lambda: desk)
    ai = Caller(AiRpc, runtime)
    line = timing.line(lambda: runtime.settings)
    think = JobRunner("ai", runtime.database, {line.job: generating.job(line, lambda: runtime.database, lambda: desk)})

    first = ai.as_(JOHN).read_times(client_id=client_id, **WORDS)
    assert (first["status"], first["provider"]) == ("pending", "built-in")
    assert [(each["begins"], each["ends"]) for each in first["windows"]] == [("13:00", "18:00")]
    assert think.run_one() and not think.run_one()
    then = ai.as_(ADMIN).read_times(client_id=client_id, **WORDS)
    assert (then["id"], then["status"], then["provider"]) == (first["id"], "ready", "gemini")
    assert [(each["begins"], each["ends"]) for each in then["windows"]] == [("14:00", "17:00")]


def test_without_a_provider_the_rules_answer_at_once(
    runtime: Any, client_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desk_of(runtime, wiring.built_in())
    monkeypatch.setattr(wiring, "desk", lambda: desk)
    ai = Caller(AiRpc, runtime)
    made = ai.as_(JOHN).read_times(client_id=client_id, **WORDS)
    assert (made["status"], made["because"], made["windows"][0]["words"]) == ("ready", None, "Thursday afternoon")
    for wrong in ({"text": " "}, {"text": 3}, {"said_on": "soon"}, {"zone": "Mars"}):
        with pytest.raises(Invalid) as refused:
            ai.as_(JOHN).read_times(client_id=client_id, **WORDS | wrong)
        assert refused.value.field == next(iter(wrong))


def test_others_have_nothing_read(runtime: Any, client_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = desk_of(runtime, wiring.built_in())
    monkeypatch.setattr(wiring, "desk", lambda: desk)
    ai = Caller(AiRpc, runtime)
    with pytest.raises(NotFound):
        ai.as_(JESSICA).read_times(client_id=client_id, **WORDS)
    lent = row_access.AccessChanged(
        record_id=client_id, owner_id=JOHN.id, label="TechCorp", is_open=False, closed=False,
        readers=[row_access.Reader(user_id=JESSICA.id)], version=2,
    )  # fmt: skip
    with runtime.database.unit_of_work(Context(actor=system_actor("ai"))) as uow:
        row_access.apply(uow.session, lent)
    with pytest.raises(Forbidden):
        ai.as_(JESSICA).read_times(client_id=client_id, **WORDS)
