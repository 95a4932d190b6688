"""Schedules across both changes of the clock in New York: daily is once a day, hourly is each hour."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from libs.common.schedule import last_due

NEW_YORK = "America/New_York"
FORWARD, BACK = date(2025, 3, 9), date(2025, 11, 2)


def due_times(cron: str, day: date, zone: str = NEW_YORK) -> list[datetime]:
    """Every time a worker that looks each five minutes finds due on the days around one, in order of finding."""
    now, found = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)) - timedelta(hours=20), list[datetime]()
    end = now + timedelta(hours=60)
    while now < end:
        due = last_due(cron, zone, now.astimezone(UTC))
        if due is not None and due not in found:
            found.append(due)
        now = (now.astimezone(UTC) + timedelta(minutes=5)).astimezone(ZoneInfo(zone))
    return found


@pytest.mark.parametrize("day", [FORWARD, BACK, date(2025, 6, 10)])
@pytest.mark.parametrize("cron", ["30 2 * * *", "30 1 * * *", "0 8 * * *", "5 0 * * *", "0 3 * * *"])
def test_a_daily_job_is_due_once_each_day(cron: str, day: date) -> None:
    days = [due.astimezone(ZoneInfo(NEW_YORK)).date() for due in due_times(cron, day)]
    assert days.count(day) == 1 and len(days) == len(set(days))


@pytest.mark.parametrize("day", [FORWARD, BACK])
def test_an_hourly_job_is_due_each_real_hour(day: date) -> None:
    found = due_times("0 * * * *", day)
    assert found == sorted(found)
    assert {later - earlier for earlier, later in pairwise(found)} == {timedelta(hours=1)}


def test_a_time_that_does_not_exist_moves_behind_the_gap() -> None:
    assert datetime(2025, 3, 9, 7, 0, tzinfo=UTC) in due_times("30 2 * * *", FORWARD)


def test_a_time_that_comes_twice_counts_the_first_time() -> None:
    found = due_times("30 1 * * *", BACK)
    assert datetime(2025, 11, 2, 5, 30, tzinfo=UTC) in found and datetime(2025, 11, 2, 6, 30, tzinfo=UTC) not in found


def test_the_hour_is_that_of_the_business_not_of_the_server() -> None:
    winter, summer = datetime(2025, 1, 15, 20, tzinfo=UTC), datetime(2025, 7, 15, 20, tzinfo=UTC)
    assert last_due("0 12 * * *", NEW_YORK, winter) == datetime(2025, 1, 15, 17, tzinfo=UTC)
    assert last_due("0 12 * * *", NEW_YORK, summer) == datetime(2025, 7, 15, 16, tzinfo=UTC)


def test_what_was_missed_is_caught_up_for_six_hours() -> None:
    due = datetime(2025, 1, 15, 13, tzinfo=UTC)
    for hours, found in ((0, due), (1, due), (5.9, due), (6.1, None)):
        assert last_due("0 8 * * *", NEW_YORK, due + timedelta(hours=hours)) == found
    assert last_due("0 8 * * *", NEW_YORK, due - timedelta(seconds=1)) is None


def test_of_several_missed_times_the_latest_is_due() -> None:
    now = datetime(2025, 1, 15, 13, 50, tzinfo=UTC)
    assert last_due("*/15 * * * *", NEW_YORK, now) == datetime(2025, 1, 15, 13, 45, tzinfo=UTC)
