"""Meetings: free times of a host, one meeting at a time, moved and called off, told with their times."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from libs.common.ids import new_id
from libs.common.problems import Conflict, Forbidden, Invalid, NotFound
from tests.support.actors import ADMIN, JESSICA, JOHN
from tests.support.delivering import told


def next_weekday(weekday: int, hour: int, zone: str = "America/New_York") -> datetime:
    """The one after next, so that it is never too soon."""
    today = datetime.now(ZoneInfo(zone)).date()
    day = today + timedelta(days=(weekday - today.weekday()) % 7 + 7)
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo(zone))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.fixture
def client_id(new_client: Any) -> str:
    made: str = new_client(JOHN.id)["id"]
    return made


def book(clients: Any, client_id: str, begins: datetime, who: Any = JOHN, **data: Any) -> dict[str, Any]:
    given = {"begins_at": begins.isoformat(), "minutes": 30, "subject": "Call"} | data
    made: dict[str, Any] = clients.as_(who).book_meeting(client_id=client_id, data=given)
    return made


def test_a_meeting_is_in_the_history_and_among_the_meetings_of_its_day(clients: Any, client_id: str) -> None:
    begins = next_weekday(3, 14)
    made = book(clients, client_id, begins)
    assert (at(made["begins_at"]), made["host_id"]) == (begins, JOHN.id)
    day = begins.date().isoformat()
    found = clients.as_(JOHN).list_tasks(filters={"type": "meeting", "due_from": day, "due_to": day})
    assert [each["id"] for each in found["items"]] == [made["id"]]
    (entry, *_) = clients.as_(JOHN).timeline(client_id=client_id)["items"]
    assert (entry["id"], entry["type"], entry["subject"]) == (made["id"], "meeting", "Call")


def test_times_that_suit_are_offered_until_they_are_taken(clients: Any, client_id: str) -> None:
    begins = next_weekday(3, 13)
    window = {"day": begins.date().isoformat(), "begins": "13:00", "ends": "14:30"}
    asked = {"client_id": client_id, "windows": [window], "zone": "America/New_York"}
    first = clients.as_(JOHN).meeting_slots(**asked)
    assert first["fits"] and [at(each["begins_at"]) for each in first["slots"]] == [
        begins, begins + timedelta(hours=1),
    ]  # fmt: skip
    book(clients, client_id, begins)
    then = clients.as_(JOHN).meeting_slots(**asked)
    assert begins not in [at(each["begins_at"]) for each in then["slots"]]
    # Another person's day is their own.
    assert clients.as_(ADMIN).meeting_slots(**asked)["slots"] == first["slots"]


def test_a_time_that_names_its_clock_is_compared_by_it(clients: Any, client_id: str) -> None:
    begins = next_weekday(3, 15, "Europe/London")
    window = {"day": begins.date().isoformat(), "begins": "15:00", "zone": "Europe/London"}
    asked = {"client_id": client_id, "zone": "America/New_York"}
    found = clients.as_(JOHN).meeting_slots(**asked, windows=[window])
    assert [at(each["begins_at"]) for each in found["slots"] if each["fits"]] == [begins]
    assert at(found["slots"][0]["there"]).utcoffset() == begins.astimezone(ZoneInfo("America/New_York")).utcoffset()
    with pytest.raises(Invalid) as refused:
        clients.as_(JOHN).meeting_slots(**asked, windows=[window | {"zone": "Mars"}])
    assert refused.value.field == "windows"


def test_of_a_hundred_at_once_one_is_booked(clients: Any, new_client: Any) -> None:
    begins = next_weekday(2, 10)
    client_ids = [new_client(JOHN.id)["id"] for _ in range(10)]

    def try_it(number: int) -> str:
        try:
            return str(book(clients, client_ids[number % 10], begins + timedelta(minutes=number % 3))["id"])
        except Conflict as refused:
            return refused.detail

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(try_it, range(100)))
    refused = [each for each in answers if each == "this time was taken a moment ago; choose another"]
    assert len(refused) == 99
    day = begins.date().isoformat()
    found = clients.as_(ADMIN).list_tasks(filters={"type": "meeting", "due_from": day, "due_to": day})
    # What was refused left nothing.
    assert [each["id"] for each in found["items"]] == [each for each in answers if each not in refused]


def test_meetings_may_touch_and_may_not_overlap(clients: Any, client_id: str) -> None:
    begins = next_weekday(1, 9)
    book(clients, client_id, begins)
    book(clients, client_id, begins + timedelta(minutes=30))
    for minutes in (-15, 15, 45):
        with pytest.raises(Conflict):
            book(clients, client_id, begins + timedelta(minutes=minutes))
    book(clients, client_id, begins, ADMIN)  # who is somebody else


def test_a_meeting_is_moved_and_called_off(clients: Any, client_id: str) -> None:
    begins = next_weekday(0, 9)
    first, second = book(clients, client_id, begins), book(clients, client_id, begins + timedelta(hours=1))
    with pytest.raises(Conflict):
        clients.as_(JOHN).move_meeting(
            activity_id=second["id"], changes={"begins_at": begins.isoformat()}, version=second["version"]
        )
    later = (begins + timedelta(hours=3)).isoformat()
    moved = clients.as_(JOHN).move_meeting(activity_id=second["id"], changes={"begins_at": later})
    assert moved["version"] == 2 and at(moved["ends_at"]) - at(moved["begins_at"]) == timedelta(minutes=30)
    with pytest.raises(Conflict):
        clients.as_(JOHN).move_meeting(activity_id=second["id"], changes={"begins_at": later}, version=1)
    gone = clients.as_(JOHN).cancel_meeting(activity_id=first["id"])
    assert gone["cancelled_at"] and gone["subject"] == "Called off: Call"
    with pytest.raises(Conflict):
        clients.as_(JOHN).cancel_meeting(activity_id=first["id"])
    book(clients, client_id, begins)  # its time is free again


def test_a_booked_meeting_is_moved_and_not_edited(clients: Any, client_id: str) -> None:
    made = book(clients, client_id, next_weekday(1, 15))
    other = (next_weekday(1, 15) + timedelta(hours=1)).isoformat()
    with pytest.raises(Invalid) as refused:
        clients.as_(JOHN).update_activity(activity_id=made["id"], changes={"due_at": other})
    assert refused.value.field == "due_at"
    changed = clients.as_(JOHN).update_activity(activity_id=made["id"], changes={"description": "Bring the offer"})
    assert (changed["description"], at(changed["due_at"])) == ("Bring the offer", next_weekday(1, 15))


def test_everything_is_told_with_its_times(clients: Any, client_id: str, runtime: Any) -> None:
    begins = next_weekday(4, 11)
    contact = clients.as_(JOHN).create_contact(
        client_id=client_id, data={"first_name": "Sarah", "email": "sarah@techcorp.example", "phone": "+1 415 555 0123"}
    )
    made = book(clients, client_id, begins, contact_id=contact["id"])
    clients.as_(JOHN).move_meeting(activity_id=made["id"], changes={"minutes": 60})
    clients.as_(JOHN).cancel_meeting(activity_id=made["id"])
    events = [each.data for kind in ("booked", "cancelled") for each in told(runtime, f"meeting.{kind}")]
    assert [(each["sequence"], each["contact_email"]) for each in events] == [
        (number, "sarah@techcorp.example") for number in range(3)
    ]
    assert {each["zone"] for each in events} == {"America/Los_Angeles"}  # of the number
    lengths = [at(each["ends_at"]) - at(each["begins_at"]) for each in events]
    assert lengths == [timedelta(minutes=30), timedelta(hours=1), timedelta(hours=1)]


def test_bad_input_is_named_and_books_nothing(clients: Any, client_id: str) -> None:
    begins = next_weekday(3, 15)
    for field, wrong in {
        "begins_at": "2020-01-01T10:00:00Z", "minutes": 5, "subject": "", "contact_id": new_id(), "zone": "Mars",
        "host_id": "me",
    }.items():  # fmt: skip
        with pytest.raises(Invalid) as refused:
            book(clients, client_id, begins, **{field: wrong})
        assert refused.value.field == field
    for windows in ("Thursday", [{"begins": "13:00"}], [{"day": "2025-01-01", "begins": "25:00"}], [1]):
        with pytest.raises(Invalid) as refused:
            clients.as_(JOHN).meeting_slots(client_id=client_id, windows=windows)
        assert refused.value.field == "windows"
    assert clients.as_(ADMIN).list_tasks(filters={"type": "meeting"})["total"] == 0


def test_only_who_may_change_the_client_books(clients: Any, client_id: str) -> None:
    begins = next_weekday(3, 16)
    with pytest.raises(NotFound):
        book(clients, client_id, begins, JESSICA)
    clients.as_(ADMIN).grant_access(client_id=client_id, user_id=JESSICA.id)
    with pytest.raises(Forbidden):
        book(clients, client_id, begins, JESSICA)
    made = book(clients, client_id, begins)
    with pytest.raises(Forbidden):
        clients.as_(JESSICA).cancel_meeting(activity_id=made["id"])
    with pytest.raises(NotFound):
        clients.as_(JOHN).cancel_meeting(activity_id=new_id())
