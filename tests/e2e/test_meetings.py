"""A time is read out of what somebody wrote, offered, booked and confirmed with a file for their calendar."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from icalendar import Calendar

from stack.driver import Crm, Person, Refused
from tests.support.waiting import eventually

pytestmark = pytest.mark.e2e


@pytest.fixture
def mark() -> str:
    return os.urandom(4).hex()


def sarah(rep: Person, mark: str) -> dict[str, Any]:
    client: dict[str, Any] = rep.post("/clients", {"company_name": f"TechCorp {mark}", "owner_id": rep.user["id"]})
    contact = {"first_name": "Sarah", "email": f"sarah@{mark}.example", "phone": "+1 415 555 0123", "is_primary": True}
    rep.post(f"/clients/{client['id']}/contacts", contact)
    return client


def test_thursday_afternoon_becomes_a_meeting_with_a_confirmation(crm: Crm, mark: str) -> None:
    rep = crm.sign_in("sales")
    client = sarah(rep, mark)
    asked = {"text": "Thursday afternoon works best", "minutes": 30}
    times = rep.post(f"/clients/{client['id']}/meeting-slots", asked)
    assert (times["zone"], times["windows"][0]["words"]) == ("America/Los_Angeles", "Thursday afternoon")
    assert times["provider"] == "built-in" and 1 <= len(times["slots"]) <= 3
    chosen = times["slots"][0]
    if times["fits"]:
        there = datetime.fromisoformat(chosen["there"])
        assert there.weekday() == 3 and 13 <= there.hour < 18
    made = rep.post(f"/clients/{client['id']}/meetings", {"begins_at": chosen["begins_at"], "zone": times["zone"]})
    (mail,) = eventually(lambda: crm.mails(f"sarah@{mark}.example", "Confirmed"), 30)
    event = Calendar.from_ical(crm.attachment(mail)).walk("VEVENT")[0]
    assert event.decoded("dtstart") == datetime.fromisoformat(made["begins_at"])
    assert str(event["attendee"]) == f"mailto:sarah@{mark}.example"
    entries = rep.get(f"/clients/{client['id']}/timeline")["items"]
    assert [each["id"] for each in entries if each["type"] == "meeting"] == [made["id"]]
    cancelled = crm.sign_in("sales").session.delete(f"{crm.base_url}/meetings/{made['id']}", timeout=30)
    assert cancelled.status_code == 200
    assert eventually(lambda: crm.mails(f"sarah@{mark}.example", "Called off"), 30)


def test_of_a_hundred_who_book_one_slot_one_gets_it(crm: Crm, mark: str) -> None:
    rep = crm.sign_in("sales2")
    client = sarah(rep, mark)
    slot = rep.post(f"/clients/{client['id']}/meeting-slots", {})["slots"][0]

    def book(_number: int) -> int:
        try:
            rep.post(f"/clients/{client['id']}/meetings", {"begins_at": slot["begins_at"]})
        except Refused as refused:
            assert "another" in refused.response.json()["detail"]
            return refused.status
        return 201

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(book, range(100)))
    assert (answers.count(201), answers.count(409)) == (1, 99)
    meetings = rep.get(f"/clients/{client['id']}/timeline")["items"]
    assert sum(each["type"] == "meeting" for each in meetings) == 1
    assert len(eventually(lambda: crm.mails(f"sarah@{mark}.example", "Confirmed"), 30)) == 1


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("begins_at", {}), ("begins_at", {"begins_at": "2020-01-01T10:00:00Z"}), ("begins_at", {"begins_at": "soon"}),
        ("minutes", {"begins_at": "2030-01-01T10:00:00Z", "minutes": 3}),
        ("zone", {"begins_at": "2030-01-01T10:00:00Z", "zone": "Mars"}),
    ],
)  # fmt: skip
def test_bad_input_names_its_field(crm: Crm, mark: str, field: str, body: dict[str, Any]) -> None:
    rep = crm.sign_in("sales")
    client = sarah(rep, mark)
    with pytest.raises(Refused) as refused:
        rep.post(f"/clients/{client['id']}/meetings", body)
    assert refused.value.status == 422 and field in refused.value.response.text
