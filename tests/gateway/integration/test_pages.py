"""Every page: it shows what services answer, in both languages, and stands when they do not."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from libs.common.ids import new_id
from libs.common.problems import NotFound
from services.gateway.accounts import cookies
from tests.gateway.conftest import PASSWORD
from tests.gateway.page_answers import ANSWERS, CLIENT, ID, PATHS, page

# Their one subject is gone when the service that owns it is.
_NOTHING_WITHOUT = (
    "/clients/0",
    "/contacts/",
    "/deals/0",
    "/deals/board/",
    "/invoices/0",
    "/invoices/new?",
    "/pay/",
    "/clients/options",
    "/clients/values",
    "/changes/0",
    "/reports/files/0",
    "/reports/schedules/0",
    "/unsubscribe/",
)


@pytest.fixture
def admin(http: FlaskClient, new_user: Callable[..., str]) -> FlaskClient:
    new_user("admin")
    answer = http.post("/login", data={"email": "admin@amoai.example", "password": PASSWORD})
    assert answer.status_code == 303
    return http


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_page_shows_what_services_answer(admin: FlaskClient, rpc: Any, runtime: Any, language: str) -> None:
    rpc.answers |= ANSWERS
    speak(runtime, language)
    for path in PATHS:
        answer = admin.get(path, headers={"Accept-Language": language} | part(path))
        assert answer.status_code == 200, (path, answer.text[-500:])
        assert "<script>alert" not in answer.text, path
        assert "evil 49" not in answer.text, path
        if "<html" in answer.text:
            assert f'<html lang="{language}"' in answer.text and len(re.findall(r"<h1[ >]", answer.text)) == 1, path


def test_every_page_stands_when_no_service_answers(admin: FlaskClient) -> None:
    for path in PATHS:
        answer = admin.get(path, headers=part(path))
        wanted = 503 if path.startswith(_NOTHING_WITHOUT) and "contacts/new" not in path else 200
        assert answer.status_code == wanted, (path, answer.status_code, answer.text[-500:])


def test_one_service_that_is_down_takes_only_its_own_part(admin: FlaskClient, rpc: Any) -> None:
    rpc.answers |= {name: answer for name, answer in ANSWERS.items() if not name.startswith("billing.")}
    shown = admin.get(f"/clients/{ID}").text
    assert "Billing is not answering right now" in shown
    assert "Sarah" in shown and "Timeline" in shown and 'href="/deals/' in shown


def test_a_page_that_asks_for_what_is_gone_says_nothing_of_it(admin: FlaskClient, rpc: Any) -> None:
    rpc.answers["clients.timeline"] = NotFound("there is no such client, or it is not yours to see")
    path = f"/clients/{new_id()}/timeline"
    by_itself = admin.get(path, headers={"HX-Request": "true", "X-Live": "yes"})
    assert (by_itself.status_code, "HX-Trigger" in by_itself.headers) == (204, False)
    # Whoever asked is told.
    asked = admin.get(path, headers={"HX-Request": "true"})
    assert (asked.status_code, "HX-Trigger" in asked.headers) == (404, True)


def test_the_calls_of_a_page_do_not_grow_with_its_rows(admin: FlaskClient, rpc: Any) -> None:
    made = {}
    for rows in (0, 60):
        many = {name: page(*answer["items"] * rows) for name, answer in ANSWERS.items() if "next_cursor" in answer}
        rpc.answers = ANSWERS | many
        for path in PATHS:
            # Looks for its one row in the list, or for the one field of the company's.
            if not path.startswith("/contacts") and "/fields/custom-" not in path:
                made.setdefault(path, []).append(
                    admin.get(path, headers=part(path)).headers.get("Server-Timing", "").split(";dur")[0]
                )
    assert {path: counts for path, counts in made.items() if counts[0] != counts[1]} == {}


def test_a_page_of_nothing_is_told_as_such(admin: FlaskClient) -> None:
    answer = admin.get("/nowhere", headers={"Accept": "text/html"})
    assert answer.status_code == 404 and "<h1" in answer.text
    assert admin.get("/nowhere").content_type == "application/problem+json"


def test_a_likely_duplicate_is_shown_once_with_all_that_was_typed(admin: FlaskClient, rpc: Any, runtime: Any) -> None:
    rpc.answers |= ANSWERS | {"clients.create_client": lambda data: CLIENT | data}
    typed = {"company_name": "Tech Corp", "notes": "a long story", "contact_first_name": "Sarah"}
    token = {"csrf_token": token_of(admin, runtime)}
    first = admin.post("/clients/new", data=typed | token)
    assert first.status_code == 200 and "This may be a client already" in first.text and "a long story" in first.text
    assert not [asked for asked in rpc.asked if asked.method == "clients.create_client"]
    assert admin.post("/clients/new", data=typed | token | {"sure": "yes"}).status_code == 303
    assert rpc.last("clients.create_client").arguments["data"]["contact"] == {"first_name": "Sarah"}


def test_a_form_sent_twice_is_one_wish(admin: FlaskClient, rpc: Any, runtime: Any) -> None:
    rpc.answers |= {"deals.create_deal": lambda data: {"id": ID, **data}}
    typed = {"deal_name": "Chatbot", "client_id": ID, "deal_value": "62,500.50", "form_key": ID, "currency": "USD"}
    for changes in ({}, {}, {"deal_name": "Another"}):
        admin.post("/deals/new", data=typed | changes | {"csrf_token": token_of(admin, runtime)})
    keys = [asked.context.idempotency_key for asked in rpc.asked if asked.method == "deals.create_deal"]
    assert keys[0] == keys[1] != keys[2]
    assert rpc.asked[0].arguments["data"]["deal_value_minor"] == 6250050


def test_what_does_not_fit_comes_back_with_a_word_at_its_field(admin: FlaskClient, rpc: Any, runtime: Any) -> None:
    rpc.answers |= ANSWERS
    lines = {"lines.0.description": "Work", "lines.0.unit_price": "a lot", "lines.0.quantity": "1"}
    token = {"csrf_token": token_of(admin, runtime)}
    answer = admin.post("/invoices/new", data={"client_id": ID, **lines, **token})
    assert answer.status_code == 422
    assert 'id="error-lines.0.unit_price"' in answer.text and 'value="a lot"' in answer.text


def test_all_faults_of_own_fields_are_told_at_once_each_in_its_words(
    admin: FlaskClient, rpc: Any, runtime: Any
) -> None:
    rpc.answers |= ANSWERS
    typed = {"company_name": "Tech", "custom-our_number": "large", "custom-our_money": "much"}
    answer = admin.post("/clients/new", data=typed | {"csrf_token": token_of(admin, runtime)})
    assert answer.status_code == 422
    assert re.search(r'id="error-custom-our_number"[^<]*Write a number in figures, as in 12\.5\.', answer.text)
    assert re.search(r'id="error-custom-our_money"[^<]*Write an amount in figures, as in 62,500\.00\.', answer.text)
    assert not [asked for asked in rpc.asked if asked.method == "clients.create_client"]


def test_what_was_typed_is_kept_when_a_service_does_not_answer(admin: FlaskClient, rpc: Any, runtime: Any) -> None:
    typed = {"company_name": "Tech & Co", "csrf_token": token_of(admin, runtime), "sure": "yes"}
    answer = admin.post("/clients/new", data=typed)
    assert answer.status_code == 503 and 'value="Tech &amp; Co"' in answer.text
    other = admin.post(f"/clients/{ID}/assign", data=typed | {"owner_id": ID})
    assert other.status_code in (422, 503)
    stage = admin.post(f"/deals/{ID}/stage", data=typed | {"stage": "won"})
    assert stage.status_code == 503 and "Send it now" in stage.text and f'action="/deals/{ID}/stage"' in stage.text


@pytest.mark.parametrize("back", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:1"])
def test_a_form_leads_only_to_pages_of_ours(admin: FlaskClient, rpc: Any, runtime: Any, back: str) -> None:
    rpc.answers |= ANSWERS | {"clients.log_activity": ANSWERS["clients.timeline"]["items"][0]}
    rpc.answers |= {"clients.update_activity": ANSWERS["clients.timeline"]["items"][0]}
    token = {"csrf_token": token_of(admin, runtime), "back": back}
    noted = admin.post(f"/clients/{ID}/activities", data={"type": "note", "description": "x"} | token)
    assert noted.headers["Location"] == f"/clients/{ID}"
    ticked = admin.post(f"/activities/{ID}/done", data={"done": "true", "version": "1"} | token)
    assert ticked.headers["Location"] == "/tasks"


def test_numbers_that_are_none_are_refused(admin: FlaskClient, rpc: Any, runtime: Any) -> None:
    rpc.answers |= ANSWERS
    token = {"csrf_token": token_of(admin, runtime)}
    for version in ("²", "x", "1e3"):
        answer = admin.post(f"/deals/{ID}/stage", data={"stage": "won", "version": version} | token)
        assert answer.status_code == 422, version
    lines = {"lines.NUMBER.description": "x", "lines.².unit_price": "1", "lines.0.description": "Work"}
    assert admin.post("/invoices/new", data={"client_id": ID, **lines, **token}).status_code == 422


def test_two_drafts_of_one_invoice_are_shown_field_by_field(admin: FlaskClient, rpc: Any, runtime: Any) -> None:
    invoice = ANSWERS["billing.get_invoice"]
    rpc.answers |= ANSWERS | {"billing.update_invoice": invoice}
    page_ = admin.get(f"/invoices/{ID}/edit").text
    sent = fields_of(page_) | {"csrf_token": token_of(admin, runtime)}
    theirs = invoice | {"version": 3, "notes": "theirs", "description": "Phase 2", "due_date": "2027-01-31"}
    rpc.answers["billing.get_invoice"] = theirs
    clash = admin.post(f"/invoices/{ID}/edit", data=sent | {"notes": "mine", "lines.0.unit_price": "70,000"})
    assert clash.status_code == 409
    assert "theirs" in clash.text and "mine" in clash.text
    assert "Phase 2" in clash.text and "2027-01-31" in clash.text  # only they changed these: theirs stay
    assert 'type="radio" name="due_date"' not in clash.text and 'type="radio" name="lines"' not in clash.text
    decided = fields_of(clash.text) | {"csrf_token": token_of(admin, runtime), "notes": "mine"}
    assert admin.post(f"/invoices/{ID}/edit", data=decided).status_code == 303
    changes = rpc.last("billing.update_invoice").arguments["changes"]
    assert (changes["notes"], changes["description"], changes["due_date"]) == ("mine", "Phase 2", "2027-01-31")
    assert changes["lines"][0]["unit_price_minor"] == 7000000


def test_a_draft_that_was_sent_meanwhile_keeps_what_was_typed(admin: FlaskClient, rpc: Any, runtime: Any) -> None:
    rpc.answers |= ANSWERS
    sent = fields_of(admin.get(f"/invoices/{ID}/edit").text) | {"csrf_token": token_of(admin, runtime)}
    rpc.answers["billing.get_invoice"] = ANSWERS["billing.get_invoice"] | {"status": "sent", "version": 9}
    answer = admin.post(f"/invoices/{ID}/edit", data=sent | {"notes": "what I typed"})
    assert answer.status_code == 409 and "it is locked" in answer.text and "what I typed" in answer.text


def part(path: str) -> dict[str, str]:
    """What a script of ours asks for is a part of a page."""
    return {"HX-Request": "true"} if path.startswith(("/search", "/clients/options", "/clients/segments")) else {}


def fields_of(text: str) -> dict[str, str]:
    """The fields of a page's forms, as a browser would send them; of a choice, the one that is made."""
    main = text.split("<main", 1)[1].split("<template", 1)[0] + text.split("</template>", 1)[-1]
    found = {
        name: html.unescape(value) for name, value in re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', main)
    }
    areas = re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', main, re.S)
    return found | {name: html.unescape(value) for name, value in areas}


def speak(runtime: Any, language: str) -> None:
    with runtime.database.engine.begin() as connection:
        connection.execute(text("UPDATE users SET locale = :language"), {"language": language})


def token_of(http: FlaskClient, runtime: Any) -> str:
    found = http.get_cookie(cookies.NAME)
    assert found is not None
    return cookies.csrf_token(runtime.settings, found.value)
