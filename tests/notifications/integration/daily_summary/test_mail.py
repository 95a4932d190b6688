"""What the mail of the daily summary holds, how it ends itself, and what becomes of it where a service is down."""

from __future__ import annotations

import io
from datetime import timedelta
from email.message import EmailMessage

import pytest
from PIL import Image

from libs.common.problems import NotFound, Unavailable
from services.notifications.subscriptions import Subscriptions
from tests.notifications.harness import Notifications
from tests.notifications.integration.daily_summary.morning import EIGHT, recipients
from tests.notifications.mail_server import markup, plain
from tests.support.actors import ADMIN, JESSICA, JOHN, system
from tests.support.summary_answers import BILLING, CLIENTS, DEALS, INSIGHT, nothing

pytestmark = pytest.mark.infrastructure


def pictures(mail: EmailMessage) -> dict[str, bytes]:
    found = {}
    for part in mail.walk():
        if part.get_content_maintype() == "image":
            found[str(part["Content-ID"]).strip("<>")] = part.get_content()
    return found


def test_each_is_asked_for_with_the_readers_eyes(crm: Notifications) -> None:
    crm.at(EIGHT)
    crm.send()
    assert sorted(crm.answers.asked) == sorted(
        (each.id, EIGHT.date(), "America/New_York") for each in (ADMIN, JOHN, JESSICA)
    )


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
