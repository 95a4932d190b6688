"""To whom the daily summary goes, at which time of whose day, and how often."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from libs.common.problems import Invalid
from tests.notifications.harness import Notifications
from tests.notifications.integration.daily_summary.morning import EIGHT, recipients
from tests.support.actors import FINANCE, JESSICA, JOHN, MANAGER

pytestmark = pytest.mark.infrastructure


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


def test_the_day_is_the_readers_own(crm: Notifications) -> None:
    crm.as_(JOHN).set_summary_settings(settings={"time_zone": "Asia/Tokyo"})
    crm.at(EIGHT + timedelta(hours=10))  # 18:00 in New York is 8:00 of the next day in Tokyo
    crm.send()
    asked = [each for each in crm.answers.asked if each[0] == JOHN.id]
    assert asked == [(JOHN.id, EIGHT.date() + timedelta(days=1), "Asia/Tokyo")]
    assert "Tuesday, Feb 11" in str(next(each for each in crm.server.mails if "John" in str(each["To"]))["Subject"])


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
