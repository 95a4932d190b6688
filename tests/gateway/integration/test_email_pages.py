"""The page of a drafted mail: what is confirmed on it is what it showed."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.gateway.integration.test_pages import admin, token_of
from tests.gateway.page_answers import ANSWERS, CHECK, DRAFT, ID

__all__ = ["admin"]

FORM = {"subject": DRAFT["subject"], "body": DRAFT["body"], "version": "2", "confirm": "yes"}
NEW = CHECK | {"kind": "date", "text": "March 3, 2031"}
CHANGED = DRAFT | {"version": 3, "body": "By March 3, 2031."}


def sends(rpc: Any) -> list[Any]:
    return [each.arguments for each in rpc.asked if each.method == "ai.send_email_draft"]


@pytest.fixture
def send(admin: FlaskClient, rpc: Any, runtime: Any) -> Any:
    """Press "Send & Log" with the box ticked, after these changes."""
    rpc.answers |= ANSWERS | {"ai.send_email_draft": DRAFT | {"status": "sent"}}
    form = FORM | {"csrf_token": token_of(admin, runtime)}
    return lambda **typed: admin.post(f"/email-drafts/{ID}/send", data=form | typed)


def test_what_is_newly_unsupported_is_shown_before_it_is_sent(send: Any, rpc: Any) -> None:
    rpc.answers |= {"ai.update_email_draft": CHANGED | {"checks": [*DRAFT["checks"], NEW]}}
    answer = send(body="By March 3, 2031.")
    assert answer.status_code == 409 and "Nothing was sent" in answer.text
    assert 'name="confirm" value="yes">' in answer.text and sends(rpc) == []


def test_a_change_that_claims_nothing_new_is_sent_at_once(send: Any, rpc: Any) -> None:
    rpc.answers |= {"ai.update_email_draft": CHANGED}
    assert send(body="Hello").status_code == 303
    assert sends(rpc) == [{"draft_id": ID, "confirm": True, "version": 3}]


def test_what_is_sent_unchanged_is_the_version_that_was_shown(send: Any, rpc: Any) -> None:
    """Also where another's change led to the same text meanwhile."""
    rpc.answers |= {"ai.get_email_draft": DRAFT | {"version": 5}}
    send()
    assert sends(rpc) == [{"draft_id": ID, "confirm": True, "version": 2}]


def test_a_draft_says_what_it_took_and_its_checks_stand_before_the_button(admin: FlaskClient, rpc: Any) -> None:
    rpc.answers |= ANSWERS
    shown = admin.get(f"/email-drafts/{ID}").text
    assert "e-1" in shown and "1,200 read, 90 written" in shown and "about &lt; $0.0001" in shown
    assert shown.index('id="checks"') < shown.index(f'formaction="/email-drafts/{ID}/send"')


def test_a_mail_that_did_not_leave_is_not_called_sent(admin: FlaskClient, rpc: Any) -> None:
    failed = {"status": "sent", "mail_status": "failed", "mail_problem": "the server refused it"}
    rpc.answers |= ANSWERS | {"ai.get_email_draft": DRAFT | failed}
    shown = admin.get(f"/email-drafts/{ID}").text
    assert '<span class="tag">failed</span>' in shown and "The mail did not leave" in shown


def test_a_mail_that_did_not_leave_is_drafted_again(admin: FlaskClient, rpc: Any, runtime: Any) -> None:
    failed = {"status": "sent", "mail_status": "failed", "mail_problem": "the server refused it"}
    rpc.answers |= ANSWERS | {"ai.get_email_draft": DRAFT | failed, "ai.redraft_email": DRAFT}
    assert f'action="/email-drafts/{ID}/again"' in admin.get(f"/email-drafts/{ID}").text
    answer = admin.post(f"/email-drafts/{ID}/again", data={"csrf_token": token_of(admin, runtime)})
    assert answer.status_code == 303 and rpc.last("ai.redraft_email").arguments == {"draft_id": ID}
