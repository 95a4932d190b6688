"""Notes of a meeting: read by a job, seen and taken over by those who may, each part once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from libs.common.ids import new_id
from libs.common.job_runner import JobRunner
from libs.common.problems import Conflict, Forbidden, Invalid, NotFound
from services.ai import wiring
from services.ai.asking import Desk, breaker
from services.ai.handlers import generating, noting
from services.ai.ledger import DatabaseLedger
from services.ai.rpc import AiRpc
from services.ai.settings import AiSettings
from tests.ai.unit.test_meeting_notes import ENGLISH
from tests.support.actors import ADMIN, FINANCE, JESSICA, JOHN
from tests.support.calling import Caller

pytestmark = pytest.mark.infrastructure


class Deals:
    """The deals service as John of sales sees it: one deal of a client of his."""

    def __init__(self) -> None:
        self.row: dict[str, Any] = {
            "id": new_id(), "client_id": new_id(), "company_name": "TechCorp", "deal_name": "Chatbot",
            "stage": "qualified", "currency": "USD", "deal_value_minor": 6_250_000, "expected_close_date": None,
        }  # fmt: skip

    def access(self, client_id: str) -> dict[str, Any]:
        known = {"owner_id": JOHN.id, "label": "TechCorp", "is_open": False, "closed": False, "readers": []}
        return {"record_id": client_id, **known, "version": 1}

    def deal(self, deal_id: str) -> dict[str, Any]:
        if deal_id != self.row["id"]:
            raise NotFound("there is no such deal, or it is not yours to see")
        return self.row | {"description": "more than is asked"}


@pytest.fixture
def deals(monkeypatch: pytest.MonkeyPatch) -> Deals:
    made = Deals()
    monkeypatch.setattr(wiring, "records", lambda caller: made)
    return made


@pytest.fixture
def runtime(runtime_of: Any, deals: Deals, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    made = runtime_of("ai", AiSettings)
    monkeypatch.setattr(wiring, "runtime", lambda: made)
    yield made


@pytest.fixture
def ai(runtime: Any) -> Caller:
    return Caller(AiRpc, runtime)


@pytest.fixture
def read(runtime: Any, ai: Caller, deals: Deals) -> Callable[..., str]:
    """``read(text)``: notes of John's, read; the id of the reading."""
    ledger = DatabaseLedger(runtime.database, runtime.settings)
    desk = Desk(wiring.built_in(), wiring.built_in(), ledger, breaker(), runtime.database.clock)
    line = noting.line(lambda: runtime.settings)
    runner = JobRunner("ai", runtime.database, {line.job: generating.job(line, lambda: runtime.database, lambda: desk)})

    def make(text: str = ENGLISH) -> str:
        made = ai.as_(JOHN).take_notes(deal_id=deals.row["id"], text=text)
        assert made["status"] == "waiting" and runner.run_one()
        return str(made["id"])

    return make


def test_notes_are_read_and_nothing_is_done(ai: Any, read: Any) -> None:
    found = ai.as_(JOHN).get_notes(generation_id=read())
    assert (found["status"], found["provider"], found["parts"]) == ("done", "built-in", {})
    assert len(found["steps"]) == 3 and {each["field"] for each in found["fields"]} == {
        "deal_value",
        "expected_close_date",
    }
    assert found["fields"][0] == {
        "field": "deal_value", "from": 6_250_000, "to": 7_500_000,
        "quote": "The budget went up from $62,500 to $75,000.",
    }  # fmt: skip


def test_a_part_is_claimed_with_what_it_said_first_and_done_once(ai: Any, read: Any) -> None:
    notes, john = read(), ai.as_(JOHN)
    first = john.claim_parts(generation_id=notes, parts={"summary": {"text": "Met"}, "step:0": {"text": "Send"}})
    assert first["parts"]["step:0"] == {"content": {"text": "Send"}, "done": False, "result": None}
    john.note_done(generation_id=notes, part="step:0", result={"id": "a"})
    john.note_done(generation_id=notes, part="step:0", result={"id": "b"})
    again = john.claim_parts(generation_id=notes, parts={"step:0": {"text": "Another"}, "step:1": {"text": "Call"}})
    assert again["parts"]["step:0"] == {"content": {"text": "Send"}, "done": True, "result": {"id": "a"}}
    assert again["parts"]["step:1"]["content"] == {"text": "Call"} and not again["parts"]["step:1"]["done"]


def test_what_the_notes_do_not_have_is_not_claimed(ai: Any, read: Any, deals: Deals) -> None:
    notes, john = read(), ai.as_(JOHN)
    for part, field in (("step:3", "steps"), ("field:stage", "fields"), ("owner", "fields")):
        with pytest.raises(Invalid) as refused:
            john.claim_parts(generation_id=notes, parts={"summary": {}, part: {}})
        assert refused.value.field == field
    assert john.get_notes(generation_id=notes)["parts"] == {}
    waiting = john.take_notes(deal_id=deals.row["id"], text="We met.")["id"]
    with pytest.raises(Conflict):
        john.claim_parts(generation_id=waiting, parts={"summary": {}})


@pytest.mark.parametrize("text", ["", "  \n", "x" * 50_001, "a\x00b", 5, None])
def test_notes_that_cannot_be_read_are_refused(ai: Any, deals: Deals, text: Any) -> None:
    with pytest.raises(Invalid) as refused:
        ai.as_(JOHN).take_notes(deal_id=deals.row["id"], text=text)
    assert refused.value.field == "text"


def test_fifty_thousand_characters_are_read(ai: Any, read: Any) -> None:
    text = ("We met and spoke of much. " * 2_000)[:49_990] + " We agree"
    assert ai.as_(JOHN).get_notes(generation_id=read(text))["status"] == "done"


def test_only_those_of_the_client_have_notes_read_and_taken_over(ai: Any, read: Any, deals: Deals) -> None:
    notes = read()
    with pytest.raises(NotFound):
        ai.as_(JOHN).take_notes(deal_id=new_id(), text="We met.")
    for person in (JESSICA, FINANCE):
        with pytest.raises(Forbidden):
            ai.as_(person).take_notes(deal_id=deals.row["id"], text="We met.")
        with pytest.raises(NotFound):
            ai.as_(person).get_notes(generation_id=notes)
    with pytest.raises(NotFound):
        ai.as_(JESSICA).claim_parts(generation_id=notes, parts={})
    assert ai.as_(ADMIN).get_notes(generation_id=notes)["status"] == "done"
    with pytest.raises(Forbidden):  # who pasted them takes them over
        ai.as_(ADMIN).claim_parts(generation_id=notes, parts={})
