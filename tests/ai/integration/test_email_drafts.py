"""A mail is drafted from what its author may see, changed with its checks made anew, and sent once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from libs.common.ids import new_id
from libs.common.job_runner import JobRunner
from libs.common.problems import Conflict, Forbidden, Invalid, NotFound, Problem, Unavailable
from services.ai import wiring
from services.ai.adapters.built_in import BuiltInProvider
from services.ai.asking import Desk, breaker
from services.ai.email_drafts import MailDraft
from services.ai.handlers import drafting, generating
from services.ai.ledger import DatabaseLedger
from services.ai.rpc import AiRpc
from services.ai.settings import AiSettings
from services.ai.tasks import Answered, Task
from services.ai.worker import TABLE
from tests.contracts.samples_of import sample, unlike
from tests.support.actors import ADMIN, FINANCE, JESSICA, JOHN
from tests.support.calling import Caller
from tests.support.delivering import deliver, told

CLIENT, DEAL, CONTACT, DOCUMENT = (new_id() for _ in range(4))
MAIL = "Hi Sarah,\n\nthe price is $62,500. The plan is attached.\n\nBest,\nJohn Smith\nAMO AI"
SARAH = {
    "id": CONTACT,
    "first_name": "Sarah",
    "last_name": "Johnson",
    "email": "sarah@techcorp.com",
    "job_title": "CTO",
}


@dataclass
class FakeRecords:
    """The other services; ``silent`` names those that do not answer."""

    yesterday: str = "2025-02-09T20:00:00+00:00"
    silent: set[str] = field(default_factory=set)
    documents: dict[str, str] = field(default_factory=lambda: {DOCUMENT: CLIENT})

    def access(self, client_id: str) -> dict[str, Any]:
        raise NotFound("there is no such client")

    def deal(self, deal_id: str) -> dict[str, Any]:
        if deal_id != DEAL:
            raise NotFound("there is no such deal, or it is not yours to see")
        return {
            "id": DEAL,
            "client_id": CLIENT,
            "company_name": "TechCorp Solutions",
            "deal_name": "E-commerce AI Chatbot",
            "stage": "proposal",
            "deal_value_minor": 6250000,
            "currency": "USD",
            "description": "Chatbot",
            "source": "manual",
            "expected_close_date": "2027-03-01",
            "brief": None,
        }

    def around(self, client_id: str) -> tuple[Any, Any, Any]:
        activity = {
            "type": "meeting",
            "subject": "Proposal meeting",
            "description": "They loved the demo",
            "actor_id": JOHN.id,
            "actor_name": "John Smith",
            "occurred_at": self.yesterday,
            "due_at": None,
        }
        found: dict[str, list[dict[str, Any]]] = {"contacts": [SARAH], "activities": [activity], "invoices": []}
        return tuple(Unavailable(f"{name} is silent") if name in self.silent else rows for name, rows in found.items())  # type: ignore[return-value]  # three, in this order

    def document(self, document_id: str) -> dict[str, Any]:
        if document_id not in self.documents:
            raise NotFound("there is no such document, or it is not yours to see")
        named = {"key": "documents/plan.pdf", "filename": "plan.pdf", "content_type": "application/pdf"}
        return named | {"client_id": self.documents[document_id]}

    def invoice(self, invoice_id: str) -> dict[str, Any]:
        raise Conflict("this invoice has no PDF yet: it is made when the invoice is sent")


@dataclass
class Gemini:
    name: str = "gemini"
    model: str = "gemini-2.5-flash"

    def answer(self, task: Task[Any, Any], asked: Any, *, seconds: float | None = None) -> Answered[Any]:
        return Answered(MailDraft("The plan", MAIL), "gemini", "gemini-test", task.prompt_version, 900, 90)

    def check(self) -> str:
        return "Gemini answered"


@pytest.fixture
def records(runtime: Any) -> FakeRecords:
    day = runtime.clock.now() - timedelta(days=1)
    return FakeRecords(yesterday=day.isoformat())


@pytest.fixture
def runtime(runtime_of: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    made = runtime_of("ai", AiSettings)
    monkeypatch.setattr(wiring, "runtime", lambda: made)
    yield made
    for event in told(made):
        assert unlike(event.data, sample(event.type)["data"]) == []


@pytest.fixture
def ai(runtime: Any, records: FakeRecords, monkeypatch: pytest.MonkeyPatch) -> Caller:
    monkeypatch.setattr(wiring, "records", lambda _caller: records)
    monkeypatch.setattr(wiring, "desk", lambda: desk(runtime, BuiltInProvider()))
    access = sample("client.access_changed")["data"] | {"record_id": CLIENT, "owner_id": JOHN.id, "is_open": False}
    deliver(runtime, TABLE, "client.access_changed", **access | {"closed": False, "readers": []})
    return Caller(AiRpc, runtime)


@pytest.fixture
def gemini(ai: Caller, runtime: Any, monkeypatch: pytest.MonkeyPatch) -> Caller:
    monkeypatch.setattr(wiring, "desk", lambda: desk(runtime, Gemini()))
    return ai


def desk(runtime: Any, provider: Any) -> Desk:
    ledger = DatabaseLedger(runtime.database, runtime.settings)
    return Desk(
        provider=provider, built_in=BuiltInProvider(), ledger=ledger, breaker=breaker(), clock=runtime.database.clock
    )


def wish(**more: Any) -> dict[str, Any]:
    return {"deal_id": DEAL, "context": "Had the proposal meeting yesterday.", "purpose": "follow_up"} | more


def work(runtime: Any) -> bool:
    line = drafting.line()
    job = generating.job(line, lambda: runtime.database, wiring.desk)
    return JobRunner("ai", runtime.database, {line.job: job}).run_one()


def test_the_built_in_rules_answer_at_once_with_nothing_unsupported(ai: Caller) -> None:
    draft = ai.as_(JOHN).draft_email(data=wish())
    assert (draft["status"], draft["provider"], draft["subject"]) == (
        "ready",
        "built-in",
        "Following up: E-commerce AI Chatbot",
    )
    assert draft["body"].startswith("Hi Sarah,\n\nThank you for taking the time to meet yesterday.")
    assert draft["body"].endswith("John Smith\nAMO AI")
    assert draft["to"] == {"contact_id": CONTACT, "name": "Sarah Johnson", "email": "sarah@techcorp.com"}
    assert {each["status"] for each in draft["checks"]} == {"supported"}
    assert ("date", "yesterday", "what you wrote") in [(c["kind"], c["text"], c["source"]) for c in draft["checks"]]
    assert (draft["changed"], draft["missing"]) == (False, [])
    (listed,) = ai.as_(JOHN).list_email_drafts(deal_id=DEAL)["items"]
    assert listed["id"] == draft["id"] and "body" not in listed


def test_gemini_is_asked_by_a_job_and_its_claims_are_flagged(gemini: Caller, runtime: Any) -> None:
    waiting = gemini.as_(JOHN).draft_email(data=wish())
    assert (waiting["status"], waiting["body"], waiting["checks"]) == ("waiting", "", [])
    with pytest.raises(Conflict, match="not drafted yet"):
        gemini.as_(JOHN).send_email_draft(draft_id=waiting["id"])
    assert work(runtime) and not work(runtime)
    draft = gemini.as_(JOHN).get_email_draft(draft_id=waiting["id"])
    assert (draft["status"], draft["provider"], draft["model"], draft["attempts"]) == (
        "ready",
        "gemini",
        "gemini-test",
        1,
    )
    said = {each["text"]: (each["status"], each["source"]) for each in draft["checks"]}
    assert said["$62,500"] == ("supported", "deal value") and said["attached"] == ("unsupported", None)


def test_a_change_is_checked_anew_and_shown_against_what_was_drafted(gemini: Caller, runtime: Any) -> None:
    draft = gemini.as_(JOHN).draft_email(data=wish())
    work(runtime)
    with pytest.raises(Conflict, match="since you loaded it"):
        gemini.as_(JOHN).update_email_draft(draft_id=draft["id"], changes={"body": "Hello"}, version=1)
    files = [{"kind": "document", "id": DOCUMENT}]
    changes = {"body": MAIL.replace("$62,500", "$60,000"), "attachments": files}
    changed = gemini.as_(JOHN).update_email_draft(draft_id=draft["id"], changes=changes, version=2)
    said = {each["text"]: (each["status"], each["source"]) for each in changed["checks"]}
    assert said["$60,000"] == ("unsupported", None) and said["attached"] == ("supported", "attachment plan.pdf")
    assert changed["attachments"] == [files[0] | {"filename": "plan.pdf"}]
    assert changed["changed"] and changed["generated"]["body"] == MAIL
    assert [each for each in changed["difference"] if each["kind"] != "same"] == [
        {"kind": "removed", "text": "$62,500."},
        {"kind": "added", "text": "$60,000."},
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"attachments": [{"kind": "invoice", "id": new_id()}]},
        {"attachments": [{"kind": "document", "id": new_id()}]},
        {"attachments": [{"kind": "picture", "id": DOCUMENT}]},
        {"attachments": "plan.pdf"},
        {"subject": ""},
        {"subject": "one\ntwo"},
        {"to": "mallory@evil.example"},
    ],
)
def test_a_change_that_does_not_fit_is_refused(ai: Caller, changes: dict[str, Any]) -> None:
    draft = ai.as_(JOHN).draft_email(data=wish())
    with pytest.raises(Invalid):
        ai.as_(JOHN).update_email_draft(draft_id=draft["id"], changes=changes)


def test_another_clients_document_cannot_be_attached(ai: Caller, records: FakeRecords) -> None:
    draft = ai.as_(JOHN).draft_email(data=wish())
    records.documents[DOCUMENT] = new_id()
    with pytest.raises(Invalid, match="belongs to another client"):
        ai.as_(JOHN).update_email_draft(
            draft_id=draft["id"], changes={"attachments": [{"kind": "document", "id": DOCUMENT}]}
        )


def test_sending_waits_for_a_word_on_what_is_unsupported_and_happens_once(gemini: Caller, runtime: Any) -> None:
    draft = gemini.as_(JOHN).draft_email(data=wish())
    work(runtime)
    with pytest.raises(Conflict) as refused:
        gemini.as_(JOHN).send_email_draft(draft_id=draft["id"])
    assert [each["text"] for each in refused.value.extra["unsupported"]] == ["attached"]
    assert told(runtime) == [] and refused.value.extra["current_version"] == 2
    sent = gemini.as_(JOHN).send_email_draft(draft_id=draft["id"], confirm=True)
    again = gemini.as_(JOHN).send_email_draft(draft_id=draft["id"])
    assert (sent["status"], sent["mail_status"], again["version"]) == ("sent", "queued", sent["version"])
    assert [each["text"] for each in sent["confirmed"]] == ["attached"]
    (event,) = told(runtime)
    assert event.type == "email.ordered" and event.data["contact_id"] == CONTACT and event.data["text"] == MAIL
    assert (event.data["sent_by"], event.data["sent_by_name"]) == (JOHN.id, JOHN.name)
    with pytest.raises(Conflict, match="was sent"):
        gemini.as_(JOHN).update_email_draft(draft_id=draft["id"], changes={"body": "Hello again"})


def test_what_became_of_the_mail_stands_with_the_draft(ai: Caller, runtime: Any) -> None:
    draft = ai.as_(JOHN).draft_email(data=wish())
    ai.as_(JOHN).send_email_draft(draft_id=draft["id"])
    refs = {"refs": {"draft_id": draft["id"]}}
    deliver(runtime, TABLE, "email.failed", **refs, error="the server refused it")
    failed = ai.as_(JOHN).get_email_draft(draft_id=draft["id"])
    assert (failed["mail_status"], failed["mail_problem"]) == ("failed", "the server refused it")
    deliver(runtime, TABLE, "email.sent", **refs, to=["sarah@techcorp.com"])
    deliver(runtime, TABLE, "email.failed", **refs, error="late")
    sent = ai.as_(JOHN).get_email_draft(draft_id=draft["id"])
    assert (sent["mail_status"], sent["sent_to"], sent["mail_problem"]) == ("sent", ["sarah@techcorp.com"], None)


def test_who_may_not_write_to_the_client_gets_no_draft(ai: Caller) -> None:
    for actor, refusal in ((JESSICA, Forbidden), (FINANCE, Forbidden)):
        with pytest.raises(refusal):
            ai.as_(actor).draft_email(data=wish())
    draft = ai.as_(ADMIN).draft_email(data=wish())
    for method in ("get_email_draft", "update_email_draft", "send_email_draft"):
        more = {"changes": {"body": "x"}} if method == "update_email_draft" else {}
        with pytest.raises(NotFound):
            getattr(ai.as_(JESSICA), method)(draft_id=draft["id"], **more)
    assert ai.as_(JESSICA).list_email_drafts(deal_id=DEAL)["items"] == []


@pytest.mark.parametrize("silent", ["contacts", "activities", "invoices"])
def test_a_silent_service_takes_only_its_part_along(ai: Caller, records: FakeRecords, silent: str) -> None:
    records.silent.add(silent)
    draft = ai.as_(JOHN).draft_email(data=wish(context=""))
    assert draft["status"] == "ready" and draft["missing"] == [silent]
    assert draft["body"].startswith("Hello," if silent == "contacts" else "Hi Sarah,")
    assert (draft["to"] is None) == (silent == "contacts")


@pytest.mark.parametrize(
    ("changes", "at_fault"),
    [
        ({"deal_id": None}, "deal_id"),
        ({"deal_id": "7"}, "deal_id"),
        ({"tone": "angry"}, "tone"),
        ({"purpose": "spam"}, "purpose"),
        ({"language": "fr"}, "language"),
        ({"context": 7}, "context"),
        ({"context": "x" * 4001}, "context"),
        ({"to": "mallory@evil.example"}, "to"),
    ],
    ids=str,
)
def test_a_wish_that_does_not_fit_names_its_field(ai: Caller, changes: dict[str, Any], at_fault: str) -> None:
    with pytest.raises(Problem) as refused:
        ai.as_(JOHN).draft_email(data=wish(**changes))
    assert (refused.value.status, refused.value.field) == (422, at_fault)


def test_the_same_key_gives_the_same_draft(ai: Caller) -> None:
    first = ai.as_(JOHN, "k").draft_email(data=wish())
    assert ai.as_(JOHN, "k").draft_email(data=wish())["id"] == first["id"]


def test_a_mail_is_in_the_language_of_its_wish(ai: Caller, runtime: Any) -> None:
    draft = ai.as_(JOHN).draft_email(data=wish(context="Bitte freundlich nachfragen, wie es weitergeht."))
    assert draft["language"] == "de" and draft["body"].startswith("Hallo Sarah Johnson,\n\nvielen Dank für das Treffen")


def test_a_confirmation_speaks_of_what_was_seen(gemini: Caller, runtime: Any) -> None:
    """A plain one of what was refused to the same person; else it names the version."""
    draft = gemini.as_(JOHN).draft_email(data=wish())
    work(runtime)
    with pytest.raises(Conflict):
        gemini.as_(JOHN).send_email_draft(draft_id=draft["id"], confirm=True)
    worse = {"body": f"{MAIL}\nWe guarantee it by March 3, 2031."}
    changed = gemini.as_(ADMIN).update_email_draft(draft_id=draft["id"], changes=worse)
    with pytest.raises(Conflict) as refused:
        gemini.as_(JOHN).send_email_draft(draft_id=draft["id"], confirm=True)
    assert "March 3, 2031" in [each["text"] for each in refused.value.extra["unsupported"]]
    assert refused.value.extra["current_version"] == changed["version"] and told(runtime) == []
    with pytest.raises(Conflict):
        gemini.as_(ADMIN).send_email_draft(draft_id=draft["id"], confirm=True)
    with pytest.raises(Conflict, match="since you loaded it"):
        gemini.as_(JOHN).send_email_draft(draft_id=draft["id"], confirm=True, version=changed["version"] - 1)
    sent = gemini.as_(JOHN).send_email_draft(draft_id=draft["id"], confirm=True, version=changed["version"])
    assert sent["status"] == "sent" and "March 3, 2031" in [each["text"] for each in sent["confirmed"]]


def test_a_mail_that_did_not_leave_is_drafted_again(ai: Caller, runtime: Any) -> None:
    draft = ai.as_(JOHN).draft_email(data=wish())
    files = [{"kind": "document", "id": DOCUMENT}]
    changes = {"body": f"{draft['body']}\nSee you!", "attachments": files}
    ai.as_(JOHN).update_email_draft(draft_id=draft["id"], changes=changes)
    ai.as_(JOHN).send_email_draft(draft_id=draft["id"])
    with pytest.raises(Conflict, match="did not leave"):
        ai.as_(JOHN).redraft_email(draft_id=draft["id"])
    deliver(runtime, TABLE, "email.failed", refs={"draft_id": draft["id"]}, error="the server refused it")
    with pytest.raises(NotFound):
        ai.as_(JESSICA).redraft_email(draft_id=draft["id"])
    again = ai.as_(JOHN).redraft_email(draft_id=draft["id"])
    assert again["id"] != draft["id"] and (again["status"], again["mail_status"]) == ("ready", None)
    assert again["body"].endswith("See you!") and again["generated"]["body"] == draft["body"]
    assert [each["id"] for each in again["attachments"]] == [DOCUMENT] and again["provider"] == "built-in"
    assert ai.as_(JOHN).send_email_draft(draft_id=again["id"])["mail_status"] == "queued"
