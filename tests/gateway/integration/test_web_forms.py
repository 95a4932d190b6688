"""The contact form and the brief wizard as visitors use them, without any script."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

STAGES: list[dict[str, str]] = [
    {"title": "E-commerce AI Chatbot", "summary": "A chatbot for our shop"},
    {"audience": "Online shoppers, 25-45 years old"},
    {"features": "Live chat\nproduct recommendations\n- order tracking"},
    {"design": "Modern, minimalist"},
    {"timeline_weeks": "8", "budget_min": "50,000", "budget_max": "75,000.00", "currency": "USD"},
    {"first_name": "Sarah", "last_name": "Johnson", "email": "sarah@techcorp.com", "company_name": "TechCorp"},
]


@pytest.fixture
def services(rpc: Any) -> Any:
    rpc.answers["clients.submit_contact"] = {"client_id": "c", "contact_id": "p"}
    rpc.answers["deals.submit_brief"] = {"deal_id": "d"}
    return rpc


def fill(http: FlaskClient, *stages: int) -> Any:
    answer = None
    for number in stages:
        answer = http.post(f"/brief/{number}", data=STAGES[number - 1])
        assert answer.status_code == 303, answer.text
    return answer


def test_the_six_stages_make_one_brief(http: FlaskClient, services: Any) -> None:
    services.answers["clients.submit_contact"] = {"client_id": A_CLIENT, "contact_id": A_CLIENT}
    services.answers["deals.submit_brief"] = {"deal_id": A_CLIENT}
    answer = fill(http, 1, 2, 3, 4, 5, 6)
    assert answer.headers["Location"] == "/brief/thanks"
    brief = services.last("deals.submit_brief").arguments["brief"]
    assert brief["features"] == ["Live chat", "product recommendations", "order tracking"]
    assert (brief["budget_min_minor"], brief["budget_max_minor"], brief["timeline_weeks"]) == (5000000, 7500000, 8)
    assert services.last("clients.submit_contact").arguments["form"]["company_name"] == "TechCorp"
    assert http.get_cookie("crm_brief", path="/brief") is None


def test_what_was_typed_is_kept_back_and_forth(http: FlaskClient, services: Any) -> None:
    fill(http, 1, 2)
    answer = http.post("/brief/3", data={"features": "half a thou", "back": "yes"})
    assert answer.headers["Location"] == "/brief/2"
    assert "Online shoppers" in http.get("/brief/2").text
    assert "half a thou" in http.get("/brief/3").text


def test_a_visitor_who_comes_back_goes_on_where_they_were(http: FlaskClient, app: Any, services: Any) -> None:
    fill(http, 1, 2)
    cookie = http.get_cookie("crm_brief", path="/brief")
    assert cookie is not None
    later = app.test_client()
    later.set_cookie("crm_brief", cookie.value, path="/brief")
    assert "E-commerce AI Chatbot" in later.get("/brief/1").text
    assert "E-commerce AI Chatbot" not in app.test_client().get("/brief/1").text


def test_no_stage_is_skipped(http: FlaskClient) -> None:
    assert http.get("/brief/4").headers["Location"] == "/brief/1"
    fill(http, 1)
    assert http.get("/brief/6").headers["Location"] == "/brief/2"


@pytest.mark.parametrize(
    ("number", "typed", "field"),
    [
        (1, {"title": "  "}, "title"),
        (5, {"timeline_weeks": "soon", "budget_min": "1", "budget_max": "2"}, "timeline_weeks"),
        (5, {"timeline_weeks": "0", "budget_min": "1", "budget_max": "2"}, "timeline_weeks"),
        (5, {"timeline_weeks": "8", "budget_min": "75000", "budget_max": "50000"}, "budget_max"),
        (5, {"timeline_weeks": "8", "budget_min": "a lot", "budget_max": "50000"}, "budget_min"),
        (6, {"first_name": "Sarah", "email": "not an address"}, "email"),
        (6, {"first_name": "", "email": "sarah@techcorp.com"}, "first_name"),
    ],
)
def test_each_stage_says_what_does_not_fit(
    http: FlaskClient, services: Any, number: int, typed: dict[str, str], field: str
) -> None:
    fill(http, *range(1, number))
    answer = http.post(f"/brief/{number}", data=typed)
    assert answer.status_code == 422
    assert f'id="error-{field}"' in answer.text
    assert not [asked for asked in services.asked if asked.method == "deals.submit_brief"]


def test_a_fault_found_at_the_end_leads_to_its_stage(http: FlaskClient, services: Any) -> None:
    fill(http, 1, 2, 3, 4)
    http.post("/brief/5", data=STAGES[4] | {"budget_min": "50,000.123"})
    answer = http.post("/brief/6", data=STAGES[5])
    assert answer.status_code == 422
    assert 'id="error-budget_min"' in answer.text and "50,000.123" in answer.text


def test_a_brief_sent_while_the_services_are_down_is_kept(http: FlaskClient, runtime: Any) -> None:
    answer = fill(http, 1, 2, 3, 4, 5, 6)
    assert answer.headers["Location"] == "/brief/thanks"
    with runtime.database.engine.connect() as connection:
        assert connection.execute(text("SELECT status FROM intake_forms")).scalar_one() == "waiting"


def test_the_contact_form_keeps_what_was_typed(http: FlaskClient, services: Any) -> None:
    typed = {"first_name": "Sarah", "email": "nonsense", "message": "Hello {{7*7}} <script>"}
    answer = http.post("/contact", data=typed)
    assert answer.status_code == 422
    assert 'id="error-email"' in answer.text and "Hello {{7*7}} &lt;script&gt;" in answer.text


def test_a_program_that_fills_in_the_pot_is_thanked_and_not_heard(http: FlaskClient, services: Any) -> None:
    typed = {"first_name": "Bot", "email": "bot@example.com", "website": "https://spam.example"}
    assert http.post("/contact", data=typed).headers["Location"] == "/contact/thanks"
    assert services.asked == []


def test_the_form_for_other_sites_is_a_script_that_names_us(http: FlaskClient, runtime: Any) -> None:
    answer = http.get("/embed/contact.js?lang=de")
    assert answer.content_type.startswith("text/javascript")
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert runtime.settings.public_url in answer.text and "</" not in answer.text


A_CLIENT = "0192f0c0-0000-7000-8000-000000000001"
