"""The daily summary, from the clock to the mail: to whom, how often, what it holds, and how it is ended."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from PIL import Image

from libs.common.clock import FixedClock
from libs.common.problems import Forbidden, Invalid, NotFound, TooManyRequests, Unavailable
from services.notifications.subscriptions import Subscriptions
from tests.notifications.harness import Notifications
from tests.notifications.mail_server import markup, plain
from tests.support.actors import ADMIN, FINANCE, JESSICA, JOHN, MANAGER, system
from tests.support.summary_answers import BILLING, CLIENTS, DEALS, INSIGHT, nothing

pytestmark = pytest.mark.infrastructure

# Monday, February 10, 2025, six in the morning in New York.
EARLY = datetime(2025, 2, 10, 11, 0, tzinfo=UTC)
EIGHT = datetime(2025, 2, 10, 13, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(EARLY)


def recipients(crm: Notifications) -> list[str]:
    return sorted(str(mail["To"]).partition(" ")[0] for mail in crm.server.mails)


def pictures(mail: EmailMessage) -> dict[str, bytes]:
    found = {}
    for part in mail.walk():
        if part.get_content_maintype() == "image":
            found[str(part["Content-ID"]).strip("<>")] = part.get_content()
    return found


def test_at_eight_admins_and_sales_get_it_once(crm: Notifications) -> None:
    crm.at(EIGHT - timedelta(seconds=1))
    crm.send()
    assert not crm.server.mails
    for seconds in (0, 5, 60, 3600, 6 * 3600 - 1):
        crm.at(EIGHT + timedelta(seconds=seconds))
        crm.send()
        assert recipients(crm) == ["Ada", "Jessica", "John"], seconds
    crm.at(EIGHT + timedelta(days=1))
    crm.send()
    assert recipients(crm) == ["Ada", "Ada", "Jessica", "Jessica", "John", "John"]
    days = crm.sql("SELECT day, count(*) AS n FROM digests WHERE email_id IS NOT NULL GROUP BY day ORDER BY day")
    assert [(row.day.isoformat(), row.n) for row in days] == [("2025-02-10", 3), ("2025-02-11", 3)]


def test_after_hours_without_a_worker_it_is_caught_up_and_after_more_it_is_not(crm: Notifications) -> None:
    crm.at(EIGHT + timedelta(hours=5, minutes=59))
    crm.send()
    assert len(crm.server.mails) == 3
    crm.at(EIGHT + timedelta(days=1, hours=6))
    crm.send()
    assert len(crm.server.mails) == 3


def test_each_is_asked_for_with_the_readers_eyes(crm: Notifications) -> None:
    crm.at(EIGHT)
    crm.send()
    assert sorted(crm.answers.asked) == sorted(
        (each.id, EIGHT.date(), "America/New_York") for each in (ADMIN, JOHN, JESSICA)
    )


def test_the_day_is_the_readers_own(crm: Notifications) -> None:
    crm.as_(JOHN).set_summary_settings(settings={"time_zone": "Asia/Tokyo"})
    crm.at(EIGHT + timedelta(hours=10))  # 18:00 in New York is 8:00 of the next day in Tokyo
    crm.send()
    asked = [each for each in crm.answers.asked if each[0] == JOHN.id]
    assert asked == [(JOHN.id, EIGHT.date() + timedelta(days=1), "Asia/Tokyo")]
    assert "Tuesday, Feb 11" in str(next(each for each in crm.server.mails if "John" in str(each["To"]))["Subject"])


def test_the_mail_says_what_the_services_answered(crm: Notifications) -> None:
    crm.at(EIGHT)
    crm.send()
    mail = next(each for each in crm.server.mails if "John" in str(each["To"]))
    assert str(mail["Subject"]) == "Daily summary, Monday, Feb 10: 3 deals close within a week, 2 invoices overdue"
    text, html = plain(mail), markup(mail)
    assert text.startswith("Good morning, John. Monday, Feb 10.\n\nYou have 12 open deals worth $680,000.\n")
    for said in ("$680,000", "$120,000", "$45,000", "TechCorp Solutions - AI Chatbot", "INV-2025-001", "Kick-off call"):
        assert said in text and said in html
    assert "Open deals: 12 · $680,000\n  https://crm.example/deals?stage=open\n" in text
    assert 'href="https://crm.example/invoices?overdue=true"' in html
    assert "written by built-in rules" in text


def test_its_pictures_stand_beside_the_html(crm: Notifications) -> None:
    crm.at(EIGHT)
    crm.send()
    mail = crm.server.mails[0]
    shape = [part.get_content_type() for part in mail.walk()]
    assert shape == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
        "image/png",
    ]
    found, html = pictures(mail), markup(mail)
    assert len(found) == 2
    for cid, content in found.items():
        assert f'src="cid:{cid}"' in html
        assert Image.open(io.BytesIO(content)).size[0] == 880
    assert 'alt="Open deals by stage: Lead 4 deals, $120,000' in html
    assert not [part for part in mail.walk() if part.get_content_disposition() == "attachment"]


def test_it_names_its_way_out_and_no_holiday_notice_answers_it(crm: Notifications) -> None:
    crm.at(EIGHT)
    crm.send()
    mail = next(each for each in crm.server.mails if "John" in str(each["To"]))
    address = str(mail["List-Unsubscribe"]).strip("<>")
    assert str(mail["List-Unsubscribe-Post"]) == "List-Unsubscribe=One-Click"
    assert str(mail["Auto-Submitted"]) == "auto-generated"
    assert address.startswith("https://crm.example/unsubscribe/") and address in plain(mail) and address in markup(mail)
    token = address.rpartition("/")[2]
    public = crm.as_(system("gateway"))
    assert public.subscription(token=token) == {"kind": "daily_summary", "label": "Daily summary", "on": True}
    assert public.unsubscribe(token=token)["on"] is False
    assert public.unsubscribe(token=token)["on"] is False
    assert public.subscription(token=token)["on"] is False
    assert crm.as_(JOHN).get_summary_settings()["enabled"] is False
    crm.at(EIGHT + timedelta(days=1))
    crm.send()
    assert recipients(crm).count("John") == 1 and recipients(crm).count("Jessica") == 2


@pytest.mark.parametrize("token", ["", "x", "W10.x", "a" * 4000, "İ.\x00"])
def test_a_false_way_out_changes_nothing(crm: Notifications, token: str) -> None:
    for method in ("subscription", "unsubscribe"):
        with pytest.raises(NotFound):
            getattr(crm.as_(system("gateway")), method)(token=token)
    assert not crm.sql("SELECT 1 FROM preferences")


def test_a_way_out_of_another_kind_or_person_is_none(crm: Notifications) -> None:
    secret = crm.runtime.settings.link_secret
    for token in (
        Subscriptions("another secret").token(JOHN.id, "daily_summary"),
        Subscriptions(secret).token(JOHN.id, "invoice"),
        Subscriptions(secret).token("01920000-0000-7000-8000-00000000dead", "daily_summary"),
    ):
        with pytest.raises(NotFound):
            crm.as_(system("gateway")).unsubscribe(token=token)


def test_who_switches_it_off_gets_none_and_who_switches_it_on_gets_one(crm: Notifications) -> None:
    crm.as_(JOHN).set_preferences(email={"daily_summary": False})
    crm.as_(FINANCE).set_summary_settings(settings={"enabled": True})
    crm.at(EIGHT)
    crm.send()
    assert recipients(crm) == ["Ada", "Fiona", "Jessica"]
    preferences = {each["kind"]: each["email"] for each in crm.as_(MANAGER).get_preferences()["items"]}
    assert preferences["daily_summary"] is False and preferences["new_lead"] is True
    assert next(each for each in crm.as_(FINANCE).get_preferences()["items"] if each["kind"] == "daily_summary") == {
        "kind": "daily_summary",
        "label": "Daily summary",
        "email": True,
    }


def test_a_summary_that_is_switched_off_while_it_is_made_is_not_sent(crm: Notifications) -> None:
    crm.answers.meanwhile = lambda: crm.as_(JOHN).set_preferences(email={"daily_summary": False})
    crm.at(EIGHT)
    crm.send()
    assert recipients(crm) == ["Ada", "Jessica"]


def test_who_leaves_gets_none(crm: Notifications) -> None:
    crm.tell(
        "user.deactivated",
        {"user_id": JOHN.id, "email": "john@amo-ai.example", "name": JOHN.name, "role": "sales"}
        | {"locale": "en", "active": False, "version": 2},
    )
    crm.at(EIGHT)
    crm.send()
    assert recipients(crm) == ["Ada", "Jessica"]


def test_who_joins_later_that_day_begins_with_the_next(crm: Notifications) -> None:
    crm.clock.at = EIGHT + timedelta(minutes=1)
    crm.sql("DELETE FROM people WHERE user_id = :id", id=JOHN.id)
    crm.join(JOHN)
    crm.at(EIGHT + timedelta(minutes=2))
    crm.send()
    assert recipients(crm) == ["Ada", "Jessica"]
    crm.at(EIGHT + timedelta(days=1))
    crm.send()
    assert recipients(crm).count("John") == 1


@pytest.mark.parametrize(
    "chosen", [{"hour": 7}, {"time_zone": "Europe/London"}, {"enabled": True}], ids=lambda chosen: next(iter(chosen))
)
def test_who_chooses_a_time_of_day_that_is_past_gets_the_next_days(crm: Notifications, chosen: dict[str, Any]) -> None:
    crm.as_(JOHN).set_summary_settings(settings={"enabled": False})
    crm.at(EIGHT + timedelta(hours=2))
    crm.as_(JOHN).set_summary_settings(settings={"enabled": True} | chosen)
    crm.send()
    assert recipients(crm) == ["Ada", "Jessica"]
    crm.at(EIGHT + timedelta(days=1))
    crm.send()
    assert recipients(crm).count("John") == 1


def test_settings_that_are_saved_as_they_are_lose_no_summary(crm: Notifications) -> None:
    crm.at(EIGHT + timedelta(minutes=30))
    for _ in range(2):
        crm.as_(JOHN).set_summary_settings(settings={"enabled": True, "hour": 8, "minute": 0, "time_zone": None})
    crm.send()
    assert recipients(crm) == ["Ada", "Jessica", "John"]


def test_times_and_zones_are_ones_own(crm: Notifications) -> None:
    assert crm.as_(JOHN).get_summary_settings() == {
        "enabled": True,
        "hour": 8,
        "minute": 0,
        "time_zone": None,
        "zone": "America/New_York",
    }
    changed = crm.as_(JOHN).set_summary_settings(settings={"hour": 6, "minute": 30, "time_zone": "Asia/Tokyo"})
    assert changed == {"enabled": True, "hour": 6, "minute": 30, "time_zone": "Asia/Tokyo", "zone": "Asia/Tokyo"}
    assert crm.as_(JOHN).set_summary_settings(settings={"minute": 0})["hour"] == 6
    assert crm.as_(JESSICA).get_summary_settings()["hour"] == 8
    assert crm.as_(JOHN).set_summary_settings(settings={"time_zone": None})["zone"] == "America/New_York"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"hour": 24}, "hour"),
        ({"hour": True}, "hour"),
        ({"minute": -1}, "minute"),
        ({"minute": "0"}, "minute"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"time_zone": 7}, "time_zone"),
        ({"enabled": "yes"}, "enabled"),
        ({"day": 1}, "day"),
        ({}, "enabled"),
    ],
)
def test_times_that_are_none_are_refused(crm: Notifications, changes: dict[str, Any], field: str | None) -> None:
    with pytest.raises(Invalid) as refused:
        crm.as_(JOHN).set_summary_settings(settings={"hour": 7} | changes if changes else changes)
    assert refused.value.field == field and crm.as_(JOHN).get_summary_settings()["hour"] == 8


def test_without_billing_and_ai_it_is_sent_and_says_so(crm: Notifications) -> None:
    crm.answers.billing, crm.answers.words = Unavailable("down"), Unavailable("down")
    crm.at(EIGHT)
    crm.send()
    text = plain(crm.server.mails[0])
    assert "The figures of invoices could not be collected this time." in text
    assert "The summary in words could not be written this time." in text and "Overdue invoices" not in text


def test_without_deals_it_waits_for_them(crm: Notifications) -> None:
    crm.answers.deals = Unavailable("deals is not running")
    crm.at(EIGHT)
    crm.send()
    assert not crm.server.mails and not crm.emails()
    crm.answers.deals = DEALS
    crm.send_again()
    assert len(crm.server.mails) == 3


def test_without_deals_for_a_morning_it_is_given_up_in_words(crm: Notifications) -> None:
    crm.answers.deals = Unavailable("deals is not running")
    crm.at(EIGHT)
    crm.send()
    crm.sql("UPDATE jobs SET created_at = created_at - interval '7 hours'")
    crm.send_again()
    told = crm.notes(JOHN)[0]
    assert told["title"] == "Your daily summary could not be made" and "deals is not running" in told["message"]
    assert not crm.server.mails


def test_it_waits_a_little_for_a_providers_own_words(crm: Notifications) -> None:
    crm.answers.words = INSIGHT | {"status": "pending"}
    crm.at(EIGHT)
    crm.send()
    assert not crm.server.mails
    crm.answers.words = INSIGHT | {"provider": "gemini", "sentences": [{"text": "All is well: 12.", "risk": False}]}
    crm.send_again()
    assert "All is well: 12.\n(written by Gemini)" in plain(crm.server.mails[0])


def test_it_does_not_wait_for_ever(crm: Notifications) -> None:
    crm.answers.words = INSIGHT | {"status": "pending"}
    crm.at(EIGHT)
    for _ in range(3):
        crm.send_again()
    assert len(crm.server.mails) == 3 and "You have 12 open deals" in plain(crm.server.mails[0])


def test_nothing_to_say_is_said_in_one_line(crm: Notifications) -> None:
    crm.answers.deals, crm.answers.billing = nothing(DEALS), nothing(BILLING)
    crm.answers.clients = nothing(CLIENTS)
    crm.at(EIGHT)
    crm.send()
    mail = crm.server.mails[0]
    assert str(mail["Subject"]) == "Daily summary, Monday, Feb 10" and not pictures(mail)
    assert "There is nothing that needs you today." in plain(mail) and "Open deals" not in markup(mail)


def test_a_picture_that_cannot_be_drawn_does_not_stop_the_mail(
    crm: Notifications, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.notifications.charts.drawn", lambda *_: 1 / 0)
    crm.at(EIGHT)
    crm.send()
    assert len(crm.server.mails) == 3 and not pictures(crm.server.mails[0])


def test_send_me_now_does_not_use_up_the_days_own(crm: Notifications) -> None:
    answer = crm.as_(JOHN).send_daily_summary()
    assert answer["status"] == "ordered" and "comes at its own time all the same" in answer["message"]
    crm.send()
    assert recipients(crm) == ["John"]
    crm.at(EIGHT)
    crm.send()
    assert recipients(crm) == ["Ada", "Jessica", "John", "John"]


def test_who_has_switched_it_off_can_have_one_sent(crm: Notifications) -> None:
    crm.as_(JOHN).set_preferences(email={"daily_summary": False})
    crm.as_(MANAGER).send_daily_summary()
    crm.as_(JOHN).send_daily_summary()
    crm.send()
    assert recipients(crm) == ["John", "Max"]


def test_a_few_an_hour_are_enough(crm: Notifications) -> None:
    for _ in range(5):
        crm.as_(JOHN).send_daily_summary()
    with pytest.raises(TooManyRequests):
        crm.as_(JOHN).send_daily_summary()
    crm.as_(JESSICA).send_daily_summary()
    crm.clock.at += timedelta(hours=1, seconds=1)
    crm.as_(JOHN).send_daily_summary()


def test_a_preview_says_what_the_mail_would(crm: Notifications) -> None:
    with crm.working():
        made = crm.as_(JOHN).daily_summary()
    assert made["html"].count('src="data:image/svg+xml;base64,') == 2
    assert made["subject"].startswith("Daily summary, Monday, Feb 10") and made["day"] == "2025-02-10"
    crm.as_(JOHN).send_daily_summary()
    crm.send()
    mailed = plain(crm.server.mails[0])
    assert made["text"].partition("\n-- \n")[0] == mailed.partition("\n-- \n")[0]
    assert [each["count"] for each in made["metrics"]] == [12, 3, 1, 2, 2, 2, 1] and "<html" in made["html"]
    assert not crm.sql("SELECT 1 FROM digests WHERE day IS NOT NULL")


def test_a_preview_does_not_wait_for_its_pictures(crm: Notifications, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.notifications.rpc._PICTURE_SECONDS", 0.1)
    made = crm.as_(JOHN).daily_summary()
    assert "<img" not in made["html"] and "You have" in made["text"]


def test_a_preview_without_deals_is_none(crm: Notifications) -> None:
    crm.answers.deals = Unavailable("deals is not running")
    with pytest.raises(Unavailable):
        crm.as_(JOHN).daily_summary()


def test_services_have_no_summary_of_their_own(crm: Notifications) -> None:
    for method in ("daily_summary", "send_daily_summary", "get_summary_settings"):
        with pytest.raises(Forbidden):
            getattr(crm.as_(system("deals")), method)()
