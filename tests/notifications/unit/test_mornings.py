"""When a person's day begins: every day once, on days on which clocks are changed, too."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from services.notifications.domain import due_days, greeting, moment

NEW_YORK, BERLIN, TOKYO = "America/New_York", "Europe/Berlin", "Asia/Tokyo"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "clock", "zone", "instant"),
    [
        ("2025-02-10", (8, 0), NEW_YORK, "2025-02-10T13:00"),
        ("2025-03-09", (8, 0), NEW_YORK, "2025-03-09T12:00"),
        ("2025-11-02", (8, 0), NEW_YORK, "2025-11-02T13:00"),
        ("2025-02-10", (8, 0), TOKYO, "2025-02-09T23:00"),
        # 2:30 is left out: the next there is, 3:00, when clocks are put forward
        ("2025-03-09", (2, 30), NEW_YORK, "2025-03-09T07:00"),
        ("2025-03-30", (2, 0), BERLIN, "2025-03-30T01:00"),
        # 1:30 and 2:30 come twice: the first time
        ("2025-11-02", (1, 30), NEW_YORK, "2025-11-02T05:30"),
        ("2025-10-26", (2, 30), BERLIN, "2025-10-26T00:30"),
        # Lord Howe puts its clocks forward by half an hour
        ("2025-10-05", (2, 10), "Australia/Lord_Howe", "2025-10-04T15:30"),
        # Midnight is left out where clocks change at midnight
        ("2018-11-04", (0, 0), "America/Sao_Paulo", "2018-11-04T03:00"),
    ],
)
def test_a_wall_clock_shows_a_time_once_a_day(day: str, clock: tuple[int, int], zone: str, instant: str) -> None:
    assert moment(date.fromisoformat(day), *clock, zone) == utc(instant)


def test_a_day_that_was_left_out_has_no_morning() -> None:
    # Samoa went from December 29 to 31 in 2011.
    assert moment(date(2011, 12, 30), 8, 0, "Pacific/Apia") is None
    assert moment(date(2011, 12, 31), 8, 0, "Pacific/Apia") == utc("2011-12-30T18:00")


@pytest.mark.parametrize("zone", [NEW_YORK, BERLIN, TOKYO, "Australia/Lord_Howe", "Pacific/Apia", "America/Sao_Paulo"])
@pytest.mark.parametrize("clock", [(0, 0), (1, 30), (2, 0), (2, 30), (8, 0), (23, 59)])
def test_every_day_of_a_year_is_due_once(zone: str, clock: tuple[int, int]) -> None:
    moments = [moment(date(2025, 1, 1) + timedelta(days=day), *clock, zone) for day in range(365)]
    assert len(set(moments)) == 365 and None not in moments
    gaps = {later - earlier for earlier, later in pairwise(moments) if earlier and later}
    assert min(gaps) >= timedelta(hours=22, minutes=30) and max(gaps) <= timedelta(hours=25, minutes=30)


@pytest.mark.parametrize(
    ("now", "clock", "days"),
    [
        ("2025-02-10T12:59:59", (8, 0), []),
        ("2025-02-10T13:00:00", (8, 0), ["2025-02-10"]),
        ("2025-02-10T18:59:59", (8, 0), ["2025-02-10"]),
        ("2025-02-10T19:00:00", (8, 0), []),
        # what was missed late in the evening is caught up after midnight
        ("2025-02-11T06:00:00", (23, 30), ["2025-02-10"]),
        ("2025-02-11T05:00:00", (0, 0), ["2025-02-11"]),
    ],
)
def test_what_was_missed_is_caught_up_for_six_hours(now: str, clock: tuple[int, int], days: list[str]) -> None:
    assert [each.isoformat() for each in due_days(utc(now), *clock, NEW_YORK)] == days


def test_one_is_greeted_by_the_hour() -> None:
    assert [greeting(hour) for hour in (0, 11, 12, 17, 18, 23)] == [
        "Good morning",
        "Good morning",
        "Good afternoon",
        "Good afternoon",
        "Good evening",
        "Good evening",
    ]
