"""Forms from websites: none is lost, none is doubled, whatever the services behind do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.ids import is_id, new_id
from libs.common.job_runner import JobRunner
from libs.common.problems import DeadlineExceeded, Invalid, Problem, Unavailable
from services.gateway import intake
from tests.gateway.conftest import problem

CONTACT = {
    "company_name": "TechCorp Solutions",
    "company_email": "hello@techcorp.com",
    "first_name": "Sarah",
    "last_name": "Johnson",
    "email": "sarah@techcorp.com",
    "phone": "+1-555-0123",
    "job_title": "CTO",
    "industry": "Technology",
    "message": "AI automation",
}
BRIEF = {
    "contact": CONTACT,
    "vision": {"title": "E-commerce AI Chatbot", "summary": "AI chatbot for e-commerce"},
    "audience": "Online shoppers, 25-45 years old",
    "features": ["Live chat", "Product recommendations", "Order tracking"],
    "design": "Modern, minimalist",
    "timeline_weeks": 8,
    "budget": {"min": 50000, "max": 75000, "currency": "USD"},
}
IDS = {"client_id": new_id(), "contact_id": new_id(), "owner_id": None, "company_name": "TechCorp Solutions"}
CREATED = IDS | {"contact_name": "Sarah Johnson", "contact_email": "sarah@techcorp.com", "created": True}
DEAL = {"deal_id": new_id(), "brief_id": new_id()}


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"intake_rate_limit": "5/minute", "intake_origins": "https://amoai.agency, https://www.amoai.agency"}


@pytest.fixture
def up(rpc: Any) -> Any:
    """The services answer."""
    rpc.answers |= {"clients.submit_contact": CREATED, "deals.submit_brief": DEAL}
    return rpc


@pytest.fixture
def worker(runtime: Any) -> JobRunner:
    return JobRunner("gateway", runtime.database, {intake.JOB: intake.job_handler(runtime)})


def contact(http: Any, **changes: Any) -> Any:
    return http.post("/api/v1/intake/contact", json=CONTACT | changes)


def state(http: Any, bearer: Any, reference: str) -> dict[str, Any]:
    found: dict[str, Any] = http.get(f"/api/v1/intake/{reference}", headers=bearer("sales")).json
    return found


def forms(runtime: Any) -> list[Any]:
    with runtime.database.read() as session:
        return list(session.execute(text("SELECT * FROM intake_forms ORDER BY received_at")))


def due_now(runtime: Any) -> None:
    with runtime.database.engine.begin() as connection:
        connection.execute(text("UPDATE jobs SET due_at = now()"))


def test_a_form_is_played_in_at_once(http: Any, up: Any, bearer: Any) -> None:
    answer = contact(http)
    assert answer.status_code == 201 and answer.json.keys() == {"reference"} and is_id(answer.json["reference"])
    reference = answer.json["reference"]
    assert answer.headers["X-Correlation-Id"] == reference
    asked = up.last("clients.submit_contact")
    assert asked.arguments == {"form": CONTACT, "reference": reference, "source": "website"}
    assert asked.context.actor.id == "system:gateway"
    assert asked.context.idempotency_key == asked.context.correlation_id == reference
    found = state(http, bearer, reference)
    assert (found["status"], found["client_id"], found["deal_id"]) == ("done", IDS["client_id"], None)
    assert "form" not in found and "address" not in found


def test_a_brief_is_two_commands_under_one_key(http: Any, up: Any, bearer: Any) -> None:
    answer = http.post("/api/v1/intake/brief", json=BRIEF)
    reference = answer.json["reference"]
    assert answer.status_code == 201 and [each.method for each in up.asked] == [
        "clients.submit_contact",
        "deals.submit_brief",
    ]
    assert {each.context.idempotency_key for each in up.asked} == {reference}
    assert up.asked[0].arguments["source"] == "brief_wizard"
    brief = up.last("deals.submit_brief").arguments
    assert brief["client"] == CREATED and brief["reference"] == reference
    assert (brief["brief"]["budget_min_minor"], brief["brief"]["budget_max_minor"]) == (5_000_000, 7_500_000)
    assert (
        brief["brief"]["vision_title"] == BRIEF["vision"]["title"] and brief["brief"]["features"] == BRIEF["features"]
    )
    assert state(http, bearer, reference)["deal_id"] == DEAL["deal_id"]


def test_features_may_be_one_text(http: Any, up: Any) -> None:
    http.post(
        "/api/v1/intake/brief", json=BRIEF | {"features": "Live chat, product recommendations\n order tracking,,"}
    )
    found = up.last("deals.submit_brief").arguments["brief"]["features"]
    assert found == ["Live chat", "product recommendations", "order tracking"]


@pytest.mark.parametrize(
    "down", [Unavailable("clients is not running"), DeadlineExceeded("too late"), Problem("a bug")]
)
def test_a_form_is_kept_while_the_services_are_down(
    http: Any, rpc: Any, runtime: Any, worker: JobRunner, bearer: Any, down: Problem
) -> None:
    rpc.answers["clients.submit_contact"] = down
    answer = contact(http)
    assert answer.status_code == 202
    reference = answer.json["reference"]
    assert state(http, bearer, reference)["status"] == "waiting" and http.get("/ready").json["forms_waiting"] == 1
    assert not worker.run_one()  # not yet: the request itself may still be at it
    due_now(runtime)
    assert worker.run_one()
    assert state(http, bearer, reference)["status"] == "waiting"
    rpc.answers["clients.submit_contact"] = CREATED
    due_now(runtime)
    assert worker.run_one() and not worker.run_one()
    found = state(http, bearer, reference)
    assert (found["status"], found["client_id"], found["problem"]) == ("done", IDS["client_id"], None)
    assert {each.context.idempotency_key for each in rpc.asked} - {None} == {reference}  # None: what /ready asks


def test_a_brief_that_was_half_played_in_is_completed(
    http: Any, up: Any, runtime: Any, worker: JobRunner, bearer: Any
) -> None:
    up.answers["deals.submit_brief"] = Unavailable("deals is not running")
    answer = http.post("/api/v1/intake/brief", json=BRIEF)
    assert answer.status_code == 202
    up.answers["deals.submit_brief"] = DEAL
    due_now(runtime)
    assert worker.run_one()
    found = state(http, bearer, answer.json["reference"])
    assert (found["status"], found["client_id"], found["deal_id"]) == ("done", IDS["client_id"], DEAL["deal_id"])
    first, second = (each for each in up.asked if each.method == "clients.submit_contact")
    assert first.arguments == second.arguments and first.context.idempotency_key == second.context.idempotency_key


def test_sent_again_while_it_waits_it_is_played_in_then(http: Any, rpc: Any, runtime: Any, worker: JobRunner) -> None:
    reference = contact(http).json["reference"]
    rpc.answers["clients.submit_contact"] = CREATED
    again = contact(http)
    assert (again.status_code, again.json["reference"]) == (201, reference)
    due_now(runtime)
    assert not worker.run_one() and len(forms(runtime)) == 1


def test_twenty_sends_at_once_are_one_form(http: Any, app: Any, up: Any, runtime: Any) -> None:
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: app.test_client().post("/api/v1/intake/contact", json=CONTACT), range(20)))
    assert {answer.status_code for answer in answers} == {201}
    references = {answer.json["reference"] for answer in answers}
    assert len(references) == 1 and len(forms(runtime)) == 1
    assert {each.context.idempotency_key for each in up.asked} == references


def test_twenty_sends_with_one_key_are_one_form(app: Any, up: Any, runtime: Any) -> None:
    headers = {"Idempotency-Key": "form-7"}

    def send(_: int) -> Any:
        return app.test_client().post("/api/v1/intake/contact", json=CONTACT, headers=headers)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(send, range(20)))
    assert len({answer.json["reference"] for answer in answers}) == 1 and len(forms(runtime)) == 1


def test_a_key_is_for_one_form(http: Any, rpc: Any, runtime: Any) -> None:
    def send(form: dict[str, Any]) -> Any:
        return http.post("/api/v1/intake/contact", json=form, headers={"Idempotency-Key": "form-7"})

    assert send(CONTACT).status_code == 202
    rpc.answers["clients.submit_contact"] = CREATED
    problem(send(CONTACT | {"message": "something else"}), 422, "Idempotency-Key")
    assert [row.status for row in forms(runtime)] == ["waiting"]
    assert send(CONTACT).status_code == 201


def test_other_words_and_other_times_are_other_forms(http: Any, up: Any, runtime: Any) -> None:
    first = contact(http).json["reference"]
    assert contact(http, message="And another thing").json["reference"] != first
    assert contact(http, first_name=" Sarah ").json["reference"] == first  # the same to the letter once it is read
    with runtime.database.engine.begin() as connection:
        connection.execute(text("UPDATE intake_forms SET received_at = received_at - interval '11 minutes'"))
    assert contact(http).json["reference"] != first
    assert len(forms(runtime)) == 3


def test_a_form_the_services_refuse_is_refused_and_may_be_corrected(
    http: Any, up: Any, runtime: Any, worker: JobRunner
) -> None:
    up.answers["clients.submit_contact"] = Invalid("phone is too long", field="phone")
    problem(contact(http), 422, "phone")
    assert [(row.status, row.problem) for row in forms(runtime)] == [("refused", "phone is too long")]
    due_now(runtime)
    assert not worker.run_one()
    up.answers["clients.submit_contact"] = CREATED
    assert contact(http).status_code == 201 and [row.status for row in forms(runtime)] == ["refused", "done"]


def test_a_form_refused_later_says_why(http: Any, rpc: Any, runtime: Any, worker: JobRunner, bearer: Any) -> None:
    reference = contact(http).json["reference"]
    rpc.answers["clients.submit_contact"] = Invalid("phone is too long", field="phone")
    due_now(runtime)
    assert worker.run_one() and not worker.run_one()
    found = state(http, bearer, reference)
    assert (found["status"], found["problem"]) == ("refused", "phone is too long")


def test_the_honeypot_is_thanked_and_not_heard(http: Any, up: Any, runtime: Any) -> None:
    answer = contact(http, website="https://spam.example")
    assert answer.status_code == 201 and is_id(answer.json["reference"])
    assert up.asked == [] and forms(runtime) == []
    assert contact(http, website="").status_code == contact(http, website=None).status_code == 201
    assert len(forms(runtime)) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "not an address"}, "email"),
        ({"email": " "}, "email"),
        ({"email": None}, "email"),
        ({"company_email": "x@"}, "company_email"),
        ({"first_name": "  "}, "first_name"),
        ({"first_name": "x" * 201}, "first_name"),
        ({"message": "x" * 20_001}, "message"),
        ({"message": "a\x00b"}, "message"),
        ({"budget": 5}, "budget"),
    ],
)
def test_a_form_that_is_none_is_not_kept(http: Any, up: Any, runtime: Any, changes: dict[str, Any], field: str) -> None:
    problem(contact(http, **changes), 422, field)
    assert forms(runtime) == [] and up.asked == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"budget": {"min": 2, "max": 1}}, "budget.min"),
        ({"budget": {"min": 1.005, "max": 2}}, "budget.min"),
        ({"budget": {"min": "1", "max": 2}}, "budget.min"),
        ({"budget": {"min": 1, "max": 2, "currency": "XXX"}}, "budget.currency"),
        ({"timeline_weeks": 0}, "timeline_weeks"),
        ({"timeline_weeks": 1.5}, "timeline_weeks"),
        ({"vision": {"title": " "}}, "vision.title"),
        ({"contact": CONTACT | {"email": "x"}}, "contact.email"),
        ({"contact": {}}, "contact.first_name"),
        ({"contact": CONTACT | {"website": "x"}}, "contact.website"),
        ({"features": ["ok", " "]}, "features"),
    ],
)
def test_a_brief_that_is_none_is_not_kept(
    http: Any, up: Any, runtime: Any, changes: dict[str, Any], field: str
) -> None:
    document = problem(http.post("/api/v1/intake/brief", json=BRIEF | changes), 422)
    assert any(fault["field"].startswith(field) for fault in document["errors"]), document
    assert forms(runtime) == [] and up.asked == []


def test_an_address_may_send_so_many(http: Any, up: Any, runtime: Any) -> None:
    def send(number: int, address: str) -> Any:
        form = CONTACT | {"message": f"{address} {number}"}
        return http.post("/api/v1/intake/contact", json=form, environ_base={"REMOTE_ADDR": address})

    statuses = [send(n, "203.0.113.9").status_code for n in range(6)]
    assert statuses == [201] * 5 + [429]
    refused = send(7, "203.0.113.9")
    problem(refused, 429)
    assert refused.headers["Retry-After"] == "60"
    assert send(1, "203.0.113.10").status_code == 201
    assert {send(n, address).status_code for n in range(8) for address in ("127.0.0.1", "::1")} == {201}
    with runtime.database.engine.begin() as connection:
        connection.execute(text("UPDATE rate_limits SET expires_at = now() - interval '1 second'"))
    assert send(8, "203.0.113.9").status_code == 201


def test_a_header_does_not_make_another_address(http: Any, up: Any) -> None:
    def send(number: int) -> int:
        headers = {"X-Forwarded-For": f"198.51.100.{number}", "Forwarded": f"for=198.51.100.{number}"}
        form = CONTACT | {"message": str(number)}
        base = {"REMOTE_ADDR": "203.0.113.9"}
        return int(http.post("/api/v1/intake/contact", json=form, headers=headers, environ_base=base).status_code)

    assert [send(n) for n in range(6)] == [201] * 5 + [429]


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://amoai.agency", True),
        ("https://www.amoai.agency", True),
        ("https://evil.example", False),
        ("null", False),
    ],
)
def test_browsers_of_known_websites_may_send(http: Any, up: Any, origin: str, allowed: bool) -> None:
    asked = http.options("/api/v1/intake/contact", headers={"Origin": origin, "Access-Control-Request-Method": "POST"})
    sent = http.post("/api/v1/intake/contact", json=CONTACT, headers={"Origin": origin})
    elsewhere = http.get("/api/v1/me", headers={"Origin": origin})
    for answer in (asked, sent):
        assert answer.headers.get("Access-Control-Allow-Origin") == (origin if allowed else None)
    assert asked.status_code == 204 and "Access-Control-Allow-Origin" not in elsewhere.headers
    assert "Access-Control-Allow-Credentials" not in sent.headers


def test_what_became_of_a_form_is_for_admin_and_sales(http: Any, up: Any, bearer: Any) -> None:
    reference = contact(http).json["reference"]
    for role, status in (("admin", 200), ("sales", 200), ("finance", 403), ("manager", 403)):
        assert http.get(f"/api/v1/intake/{reference}", headers=bearer(role)).status_code == status
    problem(http.get(f"/api/v1/intake/{new_id()}", headers=bearer("admin")), 404)


def test_a_kept_form_knows_when_and_from_where(http: Any, up: Any, runtime: Any) -> None:
    contact(http)
    (row,) = forms(runtime)
    assert row.form == CONTACT and row.address == "127.0.0.1" and row.kind == "contact"
    assert abs((datetime.now(UTC) - row.received_at).total_seconds()) < 60 and row.played_in_at is not None
