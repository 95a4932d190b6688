"""What is chosen of notes is taken over once: a meeting, tasks, fields of the deal, each by a command of its own."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from libs.common.problems import Conflict, Unavailable
from tests.gateway.conftest import problem
from tests.gateway.page_answers import DEAL, ID, NOTES

STEPS = [
    {"text": "Send it", "due": "2026-12-01", "quote": "by Tuesday"},
    {"text": "Call", "due": None, "quote": "call"},
]
FIELDS = [
    {"field": "deal_value", "from": 6250000, "to": 7500000, "quote": "$75,000"},
    {"field": "stage", "from": "qualified", "to": "proposal", "quote": "the proposal was sent"},
]
ALL = {"summary": True, "steps": [0, 1], "fields": ["deal_value", "stage"]}
PATH = f"/api/v1/ai/meeting-notes/{ID}/apply"


class Behind:
    """ai, deals and clients as they answer one after the other; a command with a key is done once."""

    def __init__(self, rpc: Any) -> None:
        self.rpc = rpc
        self.notes: dict[str, Any] = NOTES | {"steps": STEPS, "fields": FIELDS, "parts": {}, "summary": "We met"}
        self.deal: dict[str, Any] = dict(DEAL)
        self.logged: dict[str, dict[str, Any]] = {}
        self.fails: set[str] = set()
        rpc.answers |= {
            "ai.get_notes": lambda generation_id: deepcopy(self.notes),
            "ai.claim_parts": self.claim_parts,
            "ai.note_done": self.note_done,
            "deals.get_deal": lambda deal_id: dict(self.deal),
            "deals.update_deal": self.update_deal,
            "deals.move_stage": self.move_stage,
            "clients.log_activity": self.log_activity,
        }

    def claim_parts(self, generation_id: str, parts: dict[str, Any]) -> Any:
        for name, content in parts.items():
            self.notes["parts"].setdefault(name, {"content": content, "done": False, "result": None})
        return deepcopy(self.notes)

    def note_done(self, generation_id: str, part: str, result: dict[str, Any]) -> Any:
        if f"done {part}" in self.fails:
            return Unavailable("ai did not answer")
        self.notes["parts"][part] |= {"done": True, "result": result}
        return {"part": part}

    def update_deal(self, deal_id: str, changes: dict[str, Any], version: int) -> Any:
        return self._deal(changes, version)

    def move_stage(self, deal_id: str, stage: str, version: int) -> Any:
        return self._deal({"stage": stage}, version)

    def _deal(self, changes: dict[str, Any], version: int) -> Any:
        if version != self.deal["version"]:
            return Conflict("somebody changed this deal since you loaded it", current_version=self.deal["version"])
        self.deal |= changes | {"version": version + 1}
        return dict(self.deal)

    def log_activity(self, client_id: str, data: dict[str, Any]) -> Any:
        key = self.rpc.asked[-1].context.idempotency_key
        if data["subject"] in self.fails:
            return Unavailable("clients did not answer")
        self.logged.setdefault(key, data)
        assert self.logged[key] == data, "a key stands for one content"
        return {"id": f"activity {len(self.logged)}"}


@pytest.fixture
def behind(rpc: Any) -> Behind:
    return Behind(rpc)


def test_all_of_it_is_taken_over(http: Any, bearer: Any, behind: Behind) -> None:
    answer = http.post(PATH, json=ALL, headers=bearer("sales"))
    assert answer.status_code == 200 and all(part["done"] for part in answer.json["parts"].values())
    assert len(answer.json["parts"]) == 5 and answer.json["fields"][0]["to"] == 75000
    meeting, send, call = behind.logged.values()
    assert (meeting["type"], meeting["description"], meeting["deal_id"]) == ("meeting", "We met", ID)
    # When people go home, where the business is.
    assert (send["type"], send["subject"], send["due_at"]) == ("task", "Send it", "2026-12-01T17:00:00-05:00")
    assert call["subject"] == "Call" and "due_at" not in call and call["description"] == "call"
    assert (behind.deal["deal_value_minor"], behind.deal["stage"], behind.deal["version"]) == (7500000, "proposal", 3)


def test_sent_again_it_repeats_nothing(http: Any, bearer: Any, behind: Behind) -> None:
    for _ in range(2):
        assert http.post(PATH, json=ALL, headers=bearer("sales")).status_code == 200
    other_words = ALL | {"steps": [{"index": 0, "text": "Other words"}, 1]}
    assert http.post(PATH, json=other_words, headers=bearer("sales")).status_code == 200
    assert len(behind.logged) == 3 and behind.deal["version"] == 3


@pytest.mark.parametrize("cut", ["Send it", "done step:0", "done summary", "done field:deal_value", "Call"])
def test_what_was_cut_off_is_completed(http: Any, bearer: Any, behind: Behind, cut: str) -> None:
    behind.fails = {cut}
    problem(http.post(PATH, json=ALL, headers=bearer("sales")), 503)
    behind.fails = set()
    # Edited meanwhile: what was claimed is done with what it said first, so that nothing stands there twice.
    again = ALL | {"steps": [{"index": 0, "text": "Other words"}, 1]}
    answer = http.post(PATH, json=again, headers=bearer("sales"))
    assert answer.status_code == 200 and all(part["done"] for part in answer.json["parts"].values())
    assert sorted(each["subject"] for each in behind.logged.values())[:2] == ["Call", f"Meeting: {DEAL['deal_name']}"]
    assert len(behind.logged) == 3 and behind.deal["version"] == 3


def test_a_deal_that_was_changed_meanwhile_is_said_before_anything_is_done(
    http: Any, bearer: Any, behind: Behind
) -> None:
    behind.deal |= {"deal_value_minor": 7000000, "version": 9}
    found = problem(http.post(PATH, json=ALL, headers=bearer("sales")), 409)
    assert found["changed"] == [{"field": "deal_value", "was": "$62,500", "now": "$70,000"}]
    assert "deal_value was $62,500 and is now $70,000" in found["detail"]
    assert behind.logged == {} and behind.notes["parts"] == {} and behind.deal["version"] == 9
    without = ALL | {"fields": ["stage"]}  # what was changed is no matter to the rest
    assert http.post(PATH, json=without, headers=bearer("sales")).status_code == 200
    assert (behind.deal["deal_value_minor"], behind.deal["stage"]) == (7000000, "proposal")


def test_what_the_deal_has_already_is_not_changed_again(http: Any, bearer: Any, behind: Behind) -> None:
    behind.deal |= {"deal_value_minor": 7500000, "stage": "proposal", "version": 5}
    assert http.post(PATH, json=ALL, headers=bearer("sales")).status_code == 200
    assert behind.deal["version"] == 5 and behind.notes["parts"]["field:stage"]["done"]


def test_words_and_days_are_changed_where_they_are_given(http: Any, bearer: Any, behind: Behind) -> None:
    steps = [{"index": 0, "text": "Send all", "due": None}, {"index": 1, "due": "2026-07-01"}]
    body = {"summary": True, "summary_text": "A good one", "steps": steps}
    assert http.post(PATH, json=body, headers=bearer("sales")).status_code == 200
    meeting, send, call = behind.logged.values()
    assert meeting["description"] == "A good one" and "due_at" not in send and send["subject"] == "Send all"
    assert (call["subject"], call["due_at"]) == ("Call", "2026-07-01T17:00:00-04:00")
    assert behind.deal["version"] == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"steps": [0, 0]}, "steps"), ({"steps": ["0"]}, "steps.0"), ({"steps": [-1]}, "steps.0"),
        ({"fields": ["owner_id"]}, "fields.0"), ({"summary": "yes"}, "summary"), ({"surprise": 1}, "surprise"),
        ({"steps": [{"index": 0, "due": "soon"}]}, "steps.0.due"),
    ],
)  # fmt: skip
def test_a_choice_that_does_not_fit_is_refused(
    http: Any, bearer: Any, behind: Behind, body: dict[str, Any], field: str
) -> None:
    answer = http.post(PATH, json=body, headers=bearer("sales"))
    found = problem(answer, 422)
    assert field in {each["field"].replace(".StepChoice", "") for each in found["errors"]}
    assert behind.logged == {}


@pytest.mark.parametrize("text", ["", "   ", "x" * 50_001, "a\x00b"])
def test_notes_that_cannot_be_read_are_refused_here(http: Any, bearer: Any, rpc: Any, text: str) -> None:
    body = {"deal_id": ID, "text": text}
    problem(http.post("/api/v1/ai/meeting-notes", json=body, headers=bearer("sales")), 422, "text")
    assert rpc.asked == []
