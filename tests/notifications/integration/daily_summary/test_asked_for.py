"""The daily summary that somebody asks for: sent now, or looked at."""

from __future__ import annotations

from datetime import timedelta

import pytest

from libs.common.problems import Forbidden, TooManyRequests, Unavailable
from tests.notifications.harness import Notifications
from tests.notifications.integration.daily_summary.morning import EIGHT, recipients
from tests.notifications.mail_server import plain
from tests.support.actors import JESSICA, JOHN, MANAGER, system

pytestmark = pytest.mark.infrastructure


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
