"""Mails that AI drafts, over HTTP: waited for, a few at once; on the pages what was typed survives a refusal."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from flask.testing import FlaskClient

from libs.common.problems import Conflict
from services.gateway.api import email_drafts as api
from services.gateway.web.mail_words import marked
from tests.gateway.page_answers import ANSWERS, DRAFT, ID

WISH = {"deal_id": ID, "context": "Follow up, please."}
WAITING = DRAFT | {"status": "waiting", "subject": "", "body": "", "checks": []}


@pytest.fixture
def sales(http: FlaskClient, bearer: Any, rpc: Any) -> FlaskClient:
    """A program of somebody in sales."""
    rpc.answers |= ANSWERS
    http.environ_base["HTTP_AUTHORIZATION"] = bearer("sales")["Authorization"]
    return http


def test_a_draft_is_waited_for(sales: FlaskClient, rpc: Any) -> None:
    looks = iter([WAITING, WAITING])
    rpc.answers |= {"ai.draft_email": WAITING, "ai.get_email_draft": lambda **_: next(looks, DRAFT)}
    answer = sales.post("/api/v1/ai/email-drafts", json=WISH)
    assert (answer.status_code, answer.json["status"], answer.json["cost"]) == (201, "ready", 0.000012)
    assert rpc.last("ai.draft_email").arguments == {"data": WISH}
    assert [each.method for each in rpc.asked].count("ai.get_email_draft") == 3


def test_who_waits_too_long_is_told_where_to_look(sales: FlaskClient, rpc: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(api, "WAIT_SECONDS", 0.3)
    rpc.answers |= {"ai.draft_email": WAITING, "ai.get_email_draft": WAITING}
    answer = sales.post("/api/v1/ai/email-drafts", json=WISH)
    assert (answer.status_code, answer.json["id"]) == (202, ID)


def test_no_more_than_a_few_wait_at_once(sales: FlaskClient, rpc: Any, runtime: Any) -> None:
    """The others are told to come back, at once; when a seat is free again they are served."""
    all_seated, go_on = Event(), Event()
    seated: list[int] = []

    def slow(**_: Any) -> Any:
        seated.append(1)
        if len(seated) == api.AT_ONCE:
            all_seated.set()
        assert go_on.wait(20)
        return DRAFT

    rpc.answers |= {"ai.draft_email": slow}
    headers = {"Authorization": sales.environ_base["HTTP_AUTHORIZATION"]}

    def ask() -> Any:
        return sales.application.test_client().post("/api/v1/ai/email-drafts", json=WISH, headers=headers)

    with ThreadPoolExecutor(api.AT_ONCE) as pool:
        waiting = [pool.submit(ask) for _ in range(api.AT_ONCE)]
        assert all_seated.wait(20)
        refused = ask()
        go_on.set()
        assert [each.result().status_code for each in waiting] == [201] * api.AT_ONCE
    assert (refused.status_code, refused.headers["Retry-After"], refused.json["code"]) == (503, "5", "unavailable")
    assert ask().status_code == 201


def test_what_is_unsupported_is_listed_where_it_is_not_confirmed(sales: FlaskClient, rpc: Any) -> None:
    unsupported = [{"kind": "attachment", "text": "attached", "status": "unsupported", "source": None}]
    rpc.answers |= {"ai.send_email_draft": Conflict("confirm it", unsupported=unsupported)}
    answer = sales.post(f"/api/v1/ai/email-drafts/{ID}/send", json={})
    assert (answer.status_code, answer.json["unsupported"]) == (409, unsupported)


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("", WISH | {"tone": "angry"}, "tone"),
        ("", WISH | {"context": "x" * 4001}, "context"),
        ("", {"context": "no deal"}, "deal_id"),
        (f"/{ID}", {"attachments": [{"kind": "picture", "id": ID}]}, "attachments.0.kind"),
        (f"/{ID}", {"subject": ""}, "subject"),
        (f"/{ID}/send", {"confirm": "perhaps"}, "confirm"),
        (f"/{ID}/send", {"confirm": "yes"}, "confirm"),
        (f"/{ID}/send", {"confirm": 1}, "confirm"),
        (f"/{ID}/send", {"to": "mallory@evil.example"}, "to"),
    ],
)
def test_what_does_not_fit_names_its_field(sales: FlaskClient, path: str, body: dict[str, Any], field: str) -> None:
    method = sales.patch if path == f"/{ID}" else sales.post
    answer = method(f"/api/v1/ai/email-drafts{path}", json=body)
    assert answer.status_code == 422 and answer.json["errors"][0]["field"] == field


def test_marks_hold_the_whole_text() -> None:
    checks = [{"text": "6 weeks", "status": "unsupported"}, {"text": "week", "status": "supported"}]
    pieces = marked("It takes 6 Weeks, not a week or weekly.", checks)
    assert "".join(text for text, _found in pieces) == "It takes 6 Weeks, not a week or weekly."
    assert [text for text, found in pieces if found] == ["6 Weeks", "week"]
