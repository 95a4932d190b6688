"""Files that cannot be fetched now are fetched later, and what became of them is said."""

from __future__ import annotations

import hashlib

import pytest

from libs.common.problems import NotFound
from services.notifications.whatsapp.domain import fault_of
from services.notifications.whatsapp.ports import NotReached, Refused
from tests.notifications.chats import AT, SARAH, body, encoded, text, value
from tests.notifications.harness import Notifications
from tests.support.actors import ADMIN

pytestmark = pytest.mark.infrastructure
CONTENT = b"%PDF-1.7 a plan"


def sent_file(crm: Notifications, error: Exception | None) -> None:
    """A file comes whose fetching goes wrong."""
    crm.whatsapp.files = {"1": CONTENT}
    crm.whatsapp.fetching = lambda _media_id: error
    digest = encoded(hashlib.sha256(CONTENT).digest())
    document = {"id": "1", "mime_type": "application/pdf", "sha256": digest, "filename": "plan.pdf"}
    crm.hear(body(value([text(type="document", document=document)])))


def due(crm: Notifications) -> float:
    """In how many seconds it is tried again."""
    (row,) = crm.sql("SELECT extract(epoch FROM due_at - now()) AS s FROM jobs WHERE kind = 'fetch_whatsapp_media'")
    return float(row.s)


def file_of(crm: Notifications) -> dict[str, object]:
    found: dict[str, object] = crm.messages()[-1]["media"]
    return found


@pytest.mark.parametrize(("code", "seconds"), [(130429, 5), (4, 60), (80007, 60), (131000, 30), (131016, 30)])
def test_a_passing_fault_is_waited_for(crm: Notifications, code: int, seconds: int) -> None:
    sent_file(crm, Refused(fault_of(code)))
    assert seconds - 3 < due(crm) <= seconds and file_of(crm)["problem"] is None
    crm.send_again()
    assert 2 * seconds - 3 < due(crm) <= 2 * seconds
    crm.whatsapp.fetching = lambda _media_id: None
    crm.send_again()
    assert file_of(crm)["ready"]


def test_while_whatsapp_is_away_it_waits(crm: Notifications) -> None:
    sent_file(crm, NotReached("WhatsApp cannot be reached"))
    crm.whatsapp.fetching = lambda _media_id: None
    crm.send_again()
    assert file_of(crm)["ready"]


@pytest.mark.parametrize("code", [190, 10, 200])
def test_a_refused_token_is_waited_for_until_an_admin_has_helped(crm: Notifications, code: int) -> None:
    sent_file(crm, Refused(fault_of(code)))
    crm.send_again()
    assert file_of(crm)["problem"] is None
    assert len([each for each in crm.notes(ADMIN) if each["kind"] == "whatsapp_stopped"]) == 1
    crm.whatsapp.fetching = lambda _media_id: None
    assert crm.as_(ADMIN).test_integration(name="whatsapp")["ok"]
    crm.send()
    assert file_of(crm)["ready"]


@pytest.mark.parametrize(("code", "said"), [(33, "any more"), (131052, "could not fetch"), (100, "does not give")])
def test_what_is_final_is_said(crm: Notifications, code: int, said: str) -> None:
    sent_file(crm, Refused(fault_of(code)))
    assert said in str(file_of(crm)["problem"])
    assert not [each for each in crm.notes(ADMIN) if each["kind"] == "whatsapp_stopped"]
    with pytest.raises(NotFound, match=said):
        crm.as_(ADMIN).message_media(message_id=crm.messages()[-1]["id"])


def test_after_the_time_for_which_whatsapp_keeps_it(crm: Notifications) -> None:
    sent_file(crm, Refused(fault_of(131016)))
    crm.sql("UPDATE jobs SET created_at = created_at - interval '30 days 1 h' WHERE kind = 'fetch_whatsapp_media'")
    crm.send_again()
    assert "30 days" in str(file_of(crm)["problem"])


def test_the_file_of_a_message_that_was_taken_back_is_not_given_out(crm: Notifications) -> None:
    sent_file(crm, None)
    assert file_of(crm)["ready"]
    (message,) = crm.sql("SELECT id::text, provider_id FROM whatsapp_messages")
    revoke = {"id": "wamid.revoke", "from": SARAH, "timestamp": str(AT + 9), "type": "revoke"}
    crm.hear(body(value([revoke | {"revoke": {"original_message_id": message.provider_id}}])))
    with pytest.raises(NotFound, match="taken back"):
        crm.as_(ADMIN).message_media(message_id=message.id)
