"""Reports on a schedule: each recipient once, with the own eyes, as a file with its figures in the mail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from libs.common.clock import FixedClock
from libs.common.problems import Conflict, Invalid, NotFound, TooManyRequests, Unavailable
from tests.notifications.harness import Notifications
from tests.notifications.mail_server import markup, plain
from tests.support.actors import ADMIN, FINANCE, JESSICA, JOHN, MANAGER, system

pytestmark = pytest.mark.infrastructure

# Monday, February 10, 2025, seven in the morning in New York.
SEVEN = datetime(2025, 2, 10, 12, 0, tzinfo=UTC)
EIGHT = SEVEN + timedelta(hours=1)
WEEKLY: dict[str, Any] = {
    "kind": "reps",
    "params": {"period": "last_month"},
    "format": "csv",
    "cadence": "weekly",
    "weekday": 0,
    "hour": 8,
}


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(SEVEN)


def schedule(crm: Notifications, **changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = crm.as_(FINANCE).create_schedule(data=WEEKLY | changes)
    return made


def mails_to(crm: Notifications, name: str) -> list[EmailMessage]:
    return [mail for mail in crm.server.mails if str(mail["To"]).startswith(name) and "Reps" in str(mail["Subject"])]


def leave(crm: Notifications, actor: Any) -> None:
    first = actor.name.split()[0].lower()
    state = {"user_id": actor.id, "email": f"{first}@amo-ai.example", "name": actor.name, "role": actor.role}
    crm.tell("user.deactivated", state | {"locale": "en", "active": False, "version": 2})


def at(crm: Notifications, moment: datetime) -> None:
    crm.at(moment)
    crm.send()


def test_it_comes_on_its_day_at_its_hour_once(crm: Notifications) -> None:
    made = schedule(crm)
    assert made["next_at"] == EIGHT.isoformat() and made["recipients"] == [] and made["version"] == 1
    at(crm, EIGHT - timedelta(seconds=1))
    assert not mails_to(crm, "Fiona")
    for minutes in (0, 1, 61, 359):
        at(crm, EIGHT + timedelta(minutes=minutes))
        assert len(mails_to(crm, "Fiona")) == 1
    at(crm, EIGHT + timedelta(days=1))
    assert len(mails_to(crm, "Fiona")) == 1
    at(crm, EIGHT + timedelta(days=7))
    assert len(mails_to(crm, "Fiona")) == 2


def test_the_mail_holds_the_figures_and_the_file(crm: Notifications) -> None:
    schedule(crm)
    at(crm, EIGHT)
    (mail,) = mails_to(crm, "Fiona")
    assert str(mail["Subject"]) == "Reps, Jan 1, 2025 – Jan 31, 2025"
    for body in (plain(mail), markup(mail)):
        assert "$1,692,000" in body and "57.1 %" in body
    assert "https://crm.example/reports/reps?from=2025-01-01&to=2025-01-31" in plain(mail)
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "reps-2025-01-01-2025-01-31.csv"
    assert "owner_id,created,open" in attached.get_content()
    assert str(mail["List-Unsubscribe"]).startswith("<https://crm.example/unsubscribe/")
    # It stands among the files of whom it was made for, too.
    assert crm.as_(FINANCE).list_reports()["items"][0]["status"] == "ready"


def test_each_recipient_gets_it_with_the_own_eyes(crm: Notifications) -> None:
    made = schedule(crm, recipients=["John@AMO-AI.example", JESSICA.id, JESSICA.id])
    assert made["recipients"] == ["john@amo-ai.example", "jessica@amo-ai.example"]
    at(crm, EIGHT)
    assert [len(mails_to(crm, name)) for name in ("John", "Jessica", "Fiona")] == [1, 1, 0]
    assert sorted(who for who, *_ in crm.answers.asked if who in (JOHN.id, JESSICA.id)).count(JOHN.id) >= 1
    asked = {who for who, what, *_ in crm.answers.asked if isinstance(what, dict)}
    assert asked == {JOHN.id, JESSICA.id}


def test_who_left_gets_nothing_and_a_schedule_of_who_left_stops(crm: Notifications) -> None:
    schedule(crm, recipients=[JOHN.id, JESSICA.id])
    leave(crm, JOHN)
    at(crm, EIGHT)
    assert [len(mails_to(crm, name)) for name in ("John", "Jessica")] == [0, 1]
    leave(crm, FINANCE)
    at(crm, EIGHT + timedelta(days=7))
    assert len(mails_to(crm, "Jessica")) == 1


def test_who_wants_no_such_mails_gets_none(crm: Notifications) -> None:
    schedule(crm, recipients=[JOHN.id, JESSICA.id])
    crm.as_(JOHN).set_preferences(email={"report": False})
    at(crm, EIGHT)
    assert [len(mails_to(crm, name)) for name in ("John", "Jessica")] == [0, 1]


def test_what_was_missed_is_caught_up_and_not_for_ever(crm: Notifications) -> None:
    schedule(crm)
    at(crm, EIGHT + timedelta(hours=5))
    assert len(mails_to(crm, "Fiona")) == 1
    at(crm, EIGHT + timedelta(days=7, hours=7))
    assert len(mails_to(crm, "Fiona")) == 1


def test_it_begins_with_the_next_time_after_it_was_made_or_moved(crm: Notifications) -> None:
    crm.clock.at = EIGHT + timedelta(minutes=30)
    made = schedule(crm)
    assert made["next_at"] == (EIGHT + timedelta(days=7)).isoformat()
    at(crm, EIGHT + timedelta(minutes=31))
    assert not mails_to(crm, "Fiona")
    changed = crm.as_(FINANCE).update_schedule(schedule_id=made["id"], changes={"hour": 9}, version=1)
    assert changed["next_at"] == (EIGHT + timedelta(hours=1)).isoformat() and changed["version"] == 2
    at(crm, EIGHT + timedelta(hours=1))
    assert len(mails_to(crm, "Fiona")) == 1
    crm.as_(FINANCE).update_schedule(schedule_id=made["id"], changes={"hour": 10})
    at(crm, EIGHT + timedelta(hours=2))
    assert len(mails_to(crm, "Fiona")) == 1


def test_its_hour_is_of_its_owners_zone(crm: Notifications) -> None:
    made = schedule(crm)
    crm.as_(FINANCE).set_summary_settings(settings={"time_zone": "Europe/Berlin"})
    listed = crm.as_(FINANCE).list_schedules()["items"][0]
    assert listed["zone"] == "Europe/Berlin" and listed["next_at"] == "2025-02-17T07:00:00+00:00"
    assert listed["id"] == made["id"]


def test_a_service_that_is_down_is_waited_for_and_then_given_up_in_words(crm: Notifications) -> None:
    schedule(crm)
    crm.answers.reports["reps"] = Unavailable("deals is not running")
    at(crm, EIGHT)
    assert not mails_to(crm, "Fiona")
    crm.sql("UPDATE jobs SET created_at = created_at - interval '2 hours'")
    crm.send_again()
    note = crm.notes(FINANCE)[0]
    assert note["title"] == "A scheduled report could not be made" and "deals is not running" in note["message"]


def test_a_report_of_a_segment_that_is_gone_says_so(crm: Notifications) -> None:
    schedule(crm, params={"segment_id": FINANCE.id})
    gone = "there is no such segment, or it is not yours to see"
    crm.answers.reports["reps"] = Invalid(gone, field="segment_id")
    at(crm, EIGHT)
    assert not mails_to(crm, "Fiona") and gone in crm.notes(FINANCE)[0]["message"]
    assert crm.answers.asked[-1][1]["filters"] == {"segment_id": FINANCE.id}


def test_send_now_is_beside_its_own_times(crm: Notifications) -> None:
    made = schedule(crm, recipients=[FINANCE.id, JOHN.id])
    for each in (FINANCE, JOHN):
        crm.as_(each).set_preferences(email={"report": False})
    answer = crm.as_(FINANCE).send_schedule_now(schedule_id=made["id"])
    assert answer == {"id": made["id"], "status": "ordered", "recipients": 2}
    crm.send()
    name = FINANCE.name.split()[0]
    assert (len(mails_to(crm, name)), len(mails_to(crm, "John"))) == (1, 0), (
        "who asked gets it, who wants none does not"
    )
    for each in (FINANCE, JOHN):
        crm.as_(each).set_preferences(email={"report": True})
    at(crm, EIGHT)
    assert (len(mails_to(crm, name)), len(mails_to(crm, "John"))) == (2, 1)


def test_a_few_times_an_hour_are_enough(crm: Notifications) -> None:
    made = schedule(crm, recipients=[JOHN.id, JESSICA.id])
    for minute in range(5):
        crm.clock.at = SEVEN + timedelta(minutes=minute)
        crm.as_(FINANCE).send_schedule_now(schedule_id=made["id"])
    with pytest.raises(TooManyRequests):
        crm.as_(FINANCE).send_schedule_now(schedule_id=made["id"])


def test_schedules_are_ones_own(crm: Notifications) -> None:
    made = schedule(crm)
    for other in (ADMIN, JOHN, MANAGER):
        assert crm.as_(other).list_schedules()["total"] == 0
        for method, more in (
            ("update_schedule", {"changes": {"hour": 1}}),
            ("delete_schedule", {}),
            ("send_schedule_now", {}),
        ):
            with pytest.raises(NotFound):
                getattr(crm.as_(other), method)(schedule_id=made["id"], **more)
    assert crm.as_(FINANCE).delete_schedule(schedule_id=made["id"])["deleted"] is True
    at(crm, EIGHT)
    assert not mails_to(crm, "Fiona") and crm.as_(FINANCE).list_schedules()["total"] == 0


def test_a_stale_change_is_refused(crm: Notifications) -> None:
    made = schedule(crm)
    crm.as_(FINANCE).update_schedule(schedule_id=made["id"], changes={"format": "pdf"}, version=1)
    with pytest.raises(Conflict):
        crm.as_(FINANCE).update_schedule(schedule_id=made["id"], changes={"format": "xlsx"}, version=1)
    assert crm.as_(FINANCE).list_schedules()["items"][0]["format"] == "pdf"


def test_days_belong_to_their_rhythm(crm: Notifications) -> None:
    assert schedule(crm, cadence="daily", weekday=None)["weekday"] is None
    assert schedule(crm, cadence="monthly", monthday=31, weekday=None)["next_at"] == "2025-02-28T13:00:00+00:00"
    monthly = schedule(crm, cadence="monthly", weekday=None)
    assert (monthly["weekday"], monthly["monthday"]) == (None, 1)
    weekly = crm.as_(FINANCE).update_schedule(schedule_id=monthly["id"], changes={"cadence": "weekly", "weekday": 4})
    assert (weekly["weekday"], weekly["monthday"]) == (4, None)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "pie"}, "kind"),
        ({"cadence": "hourly"}, "cadence"),
        ({"hour": 24}, "hour"),
        ({"weekday": 7}, "weekday"),
        ({"monthday": 0, "cadence": "monthly"}, "monthday"),
        ({"monthday": 5}, "monthday"),
        ({"cadence": "daily", "weekday": 3}, "weekday"),
        ({"params": {"as_of": "2025-01-31"}}, "params.as_of"),
        ({"params": {"stage": ["none"]}}, "params.stage"),
        ({"format": "docx"}, "format"),
        ({"params": {"period": "soon"}}, "params.period"),
        ({"params": {"months": 3}}, "params.months"),
        ({"params": "x"}, "params"),
        ({"recipients": ["stranger@example.com"]}, "recipients"),
        ({"recipients": "john@amo-ai.example"}, "recipients"),
        ({"recipients": [JOHN.id] * 21}, "recipients"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_wrong_is_named(crm: Notifications, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        schedule(crm, **changes)
    assert refused.value.field == field and not crm.sql("SELECT 1 FROM report_schedules")
    if "kind" in changes:
        return
    made = schedule(crm)
    with pytest.raises(Invalid) as refused:
        crm.as_(FINANCE).update_schedule(schedule_id=made["id"], changes=changes)
    assert refused.value.field == field


def test_a_recipient_that_is_named_twice_gets_it_once(crm: Notifications) -> None:
    made = schedule(crm, recipients=["john@amo-ai.example", JOHN.id, "JOHN@AMO-AI.EXAMPLE"])
    assert made["recipients"] == ["john@amo-ai.example"]


def test_a_bridge_compares_the_days_of_its_own_sending(crm: Notifications) -> None:
    for name in ("start", "end"):
        with pytest.raises(Invalid) as refused:
            schedule(crm, kind="forecast-bridge", params={name: "2025-01-31"})
        assert refused.value.field == f"params.{name}"
    kept = schedule(crm, kind="forecast-bridge", params={"stage": ["open"], "measure": "weighted"})["params"]
    assert kept == {"stage": ["open"], "measure": "weighted"}


@pytest.mark.parametrize("missing", ["kind", "cadence"])
def test_what_is_needed_is_asked_for(crm: Notifications, missing: str) -> None:
    with pytest.raises(Invalid) as refused:
        crm.as_(FINANCE).create_schedule(data={name: value for name, value in WEEKLY.items() if name != missing})
    assert refused.value.field == missing


def test_so_many_are_enough(crm: Notifications) -> None:
    for _ in range(50):
        schedule(crm)
    with pytest.raises(Conflict):
        schedule(crm)


def test_the_way_out_of_a_report_ends_reports_alone(crm: Notifications) -> None:
    schedule(crm)
    at(crm, EIGHT)
    token = str(mails_to(crm, "Fiona")[0]["List-Unsubscribe"]).strip("<>").rpartition("/")[2]
    assert crm.as_(system("gateway")).unsubscribe(token=token)["kind"] == "report"
    preferences = {each["kind"]: each["email"] for each in crm.as_(FINANCE).get_preferences()["items"]}
    assert preferences["report"] is False and preferences["payment_received"] is True
