"""Free times: within our hours by our clock, when it suits them by theirs, on both sides of a change of the clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.clients.free_times import Slot, Window, WorkingHours, free, proposed

NEW_YORK, LOS_ANGELES, BERLIN = "America/New_York", "America/Los_Angeles", "Europe/Berlin"
LONDON, TOKYO = "Europe/London", "Asia/Tokyo"
HOURS = WorkingHours.of("Mon-Fri 09:00-17:00")
HALF_AN_HOUR = timedelta(minutes=30)
# A Tuesday, 10:00 in New York.
NOW = datetime(2025, 1, 14, 15, tzinfo=UTC)
THURSDAY = date(2025, 1, 16)


def slots(*busy: Slot, zone: str = NEW_YORK, now: datetime = NOW, last: date = date(2025, 1, 28)) -> list[Slot]:
    return list(free(HOURS, zone, now, last, HALF_AN_HOUR, busy))


def shown(found: list[Slot], zone: str) -> list[str]:
    return [f"{each.begins_at.astimezone(ZoneInfo(zone)):%a %d %H:%M}" for each in found]


def offered(
    slots: list[Slot], windows: list[Window], zone: str, shown_in: str = NEW_YORK
) -> tuple[list[str], list[str]]:
    """Those that fit, and those beside them."""
    found = proposed(slots, windows, zone, NEW_YORK)
    fitting, others = ([slot for slot, fits in found if fits is wanted] for wanted in (True, False))
    return shown(fitting, shown_in), shown(others, shown_in)


def taken(day: int, hour: int, hours: float = 1, zone: str = NEW_YORK) -> Slot:
    begins = datetime(2025, 1, day, hour, tzinfo=ZoneInfo(zone))
    return Slot(begins, begins + timedelta(hours=hours))


def test_thursday_afternoon_of_theirs_is_late_in_our_day() -> None:
    window = Window(THURSDAY, time(13), time(18))
    # 13:00 there is 16:00 here; what would end after 17:00 is not offered, and one time alone is no choice.
    assert offered(slots(), [window], LOS_ANGELES, LOS_ANGELES) == (["Thu 16 13:00"], ["Thu 16 11:00", "Thu 16 12:00"])
    assert offered(slots(), [window], NEW_YORK)[0] == ["Thu 16 13:00", "Thu 16 14:00", "Thu 16 15:00"]


def test_what_is_taken_is_not_offered() -> None:
    window = Window(THURSDAY, time(13), time(18))
    found = offered(slots(taken(16, 13, 1.5)), [window], NEW_YORK)
    assert found == (["Thu 16 14:30", "Thu 16 15:30", "Thu 16 16:30"], [])


def test_each_window_is_offered_before_a_second_time_of_one() -> None:
    windows = [Window(THURSDAY, time(13), time(18)), Window(date(2025, 1, 17), time(8), time(12))]
    assert offered(slots(), windows, NEW_YORK) == (["Thu 16 13:00", "Thu 16 14:00", "Fri 17 09:00"], [])


def test_a_moment_comes_before_those_beside_it_and_what_is_nearest_where_it_is_taken() -> None:
    exact = [Window(THURSDAY, time(15), None)]
    assert offered(slots(), exact, NEW_YORK) == (["Thu 16 15:00"], ["Thu 16 14:00", "Thu 16 16:00"])
    found = offered(slots(taken(16, 15, 0.5)), exact, NEW_YORK)
    assert found == ([], ["Thu 16 13:30", "Thu 16 14:30", "Thu 16 15:30"])


def test_without_windows_one_time_of_each_of_the_next_days() -> None:
    assert offered(slots(), [], BERLIN) == (["Tue 14 10:00", "Wed 15 09:00", "Thu 16 09:00"], [])


def test_nothing_on_a_weekend() -> None:
    saturday = [Window(date(2025, 1, 18), time(0), time(23, 59))]
    fitting, others = offered(slots(), saturday, NEW_YORK)
    assert fitting == [] and others and all(each[:3] not in ("Sat", "Sun") for each in others)


@pytest.mark.parametrize(
    ("zone", "hour", "fitting"),
    [
        (LONDON, 15, ["Thu 16 10:00"]), (LONDON, 9, []), (BERLIN, 15, ["Thu 16 09:00"]),
        ("Etc/GMT-1", 16, ["Thu 16 10:00"]),
    ],
)  # fmt: skip
def test_a_window_is_of_the_clock_it_names(zone: str, hour: int, fitting: list[str]) -> None:
    assert offered(slots(), [Window(THURSDAY, time(hour), None, zone)], NEW_YORK)[0] == fitting


def test_a_window_of_another_clock_reaches_over_midnight() -> None:
    # Friday morning in Tokyo is Thursday evening in Los Angeles, where the host is this time.
    found = slots(zone=LOS_ANGELES)
    window = Window(date(2025, 1, 17), time(8), time(12), TOKYO)
    assert offered(found, [window], LOS_ANGELES, LOS_ANGELES)[0] == ["Thu 16 15:00", "Thu 16 16:00"]


def test_beside_what_fits_and_instead_of_it_only_hours_of_their_day() -> None:
    early = [Window(THURSDAY, time(6), None)]
    # 9:00 to 11:00 in New York are before 8:00 in Los Angeles.
    assert offered(slots(taken(16, 9)), early, LOS_ANGELES, LOS_ANGELES) == (
        [],
        ["Thu 16 08:00", "Thu 16 09:00", "Thu 16 10:00"],
    )
    all_day = [Window(THURSDAY, time(), time(23, 59))]
    assert offered(slots(), all_day, LOS_ANGELES, LOS_ANGELES)[0][0] == "Thu 16 08:00"
    assert offered(slots(), [], LOS_ANGELES, LOS_ANGELES)[0][1:] == ["Wed 15 08:00", "Thu 16 08:00"]


def test_where_their_day_is_our_night_the_nearest_are_proposed() -> None:
    monday = [Window(date(2025, 1, 20), time(9), None)]
    assert offered(slots(), monday, TOKYO, TOKYO) == ([], ["Mon 20 23:00", "Tue 21 00:00", "Tue 21 01:00"])


@pytest.mark.parametrize(
    ("day", "utc"), [(date(2025, 3, 7), 14), (date(2025, 3, 10), 13), (date(2025, 10, 31), 13), (date(2025, 11, 3), 14)]
)
def test_our_nine_o_clock_moves_with_our_clocks(day: date, utc: int) -> None:
    now = datetime.combine(day, time(), UTC)
    first = slots(now=now, last=day)[0]
    assert first.begins_at == datetime.combine(day, time(utc), UTC)


@pytest.mark.parametrize(
    # New York changes its clocks weeks before Berlin does, and a week after.
    ("day", "theirs"),
    [(date(2025, 3, 7), 15), (date(2025, 3, 14), 14), (date(2025, 4, 4), 15), (date(2025, 10, 31), 14)],
)  # fmt: skip
def test_their_clock_is_asked_on_the_day_itself(day: date, theirs: int) -> None:
    now = datetime.combine(day, time(), UTC)
    window = Window(day, time(theirs), None)
    assert offered(slots(now=now, last=day), [window], BERLIN)[0] == [f"{day:%a %d} 09:00"]


def test_times_that_no_day_has_are_not_offered() -> None:
    night = WorkingHours.of("Sun 01:00-04:00")
    day = date(2025, 3, 9)
    found = list(free(night, NEW_YORK, datetime(2025, 3, 9, tzinfo=UTC), day, HALF_AN_HOUR, []))
    assert shown(found, NEW_YORK) == ["Sun 09 01:00", "Sun 09 01:30", "Sun 09 03:00", "Sun 09 03:30"]


@pytest.mark.parametrize("text", ["", "Mon-Fri", "Fri-Mon 09:00-17:00", "Mon-Fri 17:00-09:00", "Foo 09:00-17:00"])
def test_hours_that_are_none(text: str) -> None:
    with pytest.raises(ValueError):
        WorkingHours.of(text)
