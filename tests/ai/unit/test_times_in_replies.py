"""What replies say of time that is easily misread: a no, the past, dates with strokes, spoken hours, other clocks."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from services.ai.meeting_times import Asked, Times, Window, rules, schema, task
from tests.ai.unit.test_meeting_times import shown

# A Monday.
SAID_ON = date(2026, 11, 30)
NEW_YORK, LONDON, BERLIN = "America/New_York", "Europe/London", "Europe/Berlin"


def read(text: str, zone: str = NEW_YORK) -> Times:
    return rules.read(Asked(text, SAID_ON, zone, ours="America/Chicago"))


def of_five_days(hours: str) -> str:
    """The next five working days, at these hours."""
    return ", ".join(f"{day} {hours}" for day in ("Tue 1", "Wed 2", "Thu 3", "Fri 4", "Mon 7"))


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("Any day but Friday", "Tue 1, Wed 2, Thu 3, Mon 7"),
        ("Not Friday", "Tue 1, Wed 2, Thu 3, Mon 7"),
        ("Any day works except Tuesday", "Wed 2, Thu 3, Fri 4, Mon 7"),
        ("Anything but mornings", of_five_days("12:00-23:59")),
        ("Freitag nicht", "Tue 1, Wed 2, Thu 3, Mon 7"),
        ("Außer Montag geht alles", "Tue 1, Wed 2, Thu 3, Fri 4"),
        ("I can't do Monday, Tuesday or Wednesday", "Thu 3, Fri 4"),
        ("Any time next week but Friday", "Mon 7, Tue 8, Wed 9, Thu 10"),
        ("Next week, but not Tuesday", "Mon 7, Wed 9, Thu 10, Fri 11"),
        ("Monday to Friday except Wednesday", "Mon 7, Tue 8, Thu 10, Fri 11"),
        ("Thursday, but not in the morning", "Thu 3 12:00-23:59"),
        ("Thursday not Friday", "Thu 3"),
        ("Friday instead of Thursday", "Fri 4"),
        ("I can't do 3pm on Thursday, 4pm works", "Thu 3 16:00"),
        ("any weekday works but I prefer mornings", of_five_days("08:00-12:00")),
        ("Nothing but Friday", "Fri 4"),
        ("Why not Friday at 10?", "Fri 4 10:00"),
        ("Wouldn't Thursday be better?", "Thu 3"),
        ("nicht vor 10 Uhr am Donnerstag", "Thu 3 10:00-23:59"),
        ("Freitag geht nicht, Montag schon", "Mon 7"),
    ],
)
def test_a_no_leaves_the_rest(text: str, times: str) -> None:
    assert shown(read(text)) == times


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("Yesterday at 3pm", ""), ("last Thursday", ""), ("gestern um 15 Uhr", ""), ("letzten Donnerstag", ""),
        ("two weeks ago at 10am", ""), ("vor zwei Tagen um 10 Uhr", ""),
        ("Yesterday at 3pm or Thursday at 2pm", "Thu 3 14:00"),
        ("I missed your call yesterday, can we talk at 3pm?", of_five_days("15:00")),
    ],
)  # fmt: skip
def test_what_is_over_names_no_time(text: str, times: str) -> None:
    assert shown(read(text)) == times


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("Do. 14 Uhr", "Thu 3 14:00"), ("Mi 9:30", "Wed 2 09:30"), ("Tues", "Tue 1"),
        ("Thurs PM", "Thu 3 13:00-18:00"), ("Thu PM", "Thu 3 13:00-18:00"), ("Fr oder Mo vormittags",
         "Fri 4 08:00-12:00, Mon 7 08:00-12:00"),
        ("Do you have time at 3 pm?", of_five_days("15:00")), ("I think so. 3pm works", of_five_days("15:00")),
        ("Mon-Wed after 3", "Mon 7 15:00-23:59, Tue 8 15:00-23:59, Wed 9 15:00-23:59"),
        ("Monday to Wednesday", "Mon 7, Tue 8, Wed 9"), ("Mo–Mi", "Mon 7, Tue 8, Wed 9"),
        ("between Tuesday and Thursday", "Tue 1, Wed 2, Thu 3"), ("Dec 1-3", "Tue 1, Wed 2, Thu 3"),
        ("1. bis 3. Dezember nachmittags", "Tue 1 13:00-18:00, Wed 2 13:00-18:00, Thu 3 13:00-18:00"),
        ("Wed-Fri next week", "Wed 9, Thu 10, Fri 11"), ("Mon/Wed/Fri", "Wed 2, Fri 4, Mon 7"),
        ("the 3rd at 2pm", "Thu 3 14:00"), ("am 3. um 14 Uhr", "Thu 3 14:00"),
        ("Thursday in two weeks at 3pm", "Thu 17 15:00"), ("heute in einer Woche", "Mon 7"),
        ("the week after next", "Mon 14, Tue 15, Wed 16, Thu 17, Fri 18"),
        ("the week of December 7", "Mon 7, Tue 8, Wed 9, Thu 10, Fri 11"),
        ("ab Donnerstag", "Thu 3, Fri 4, Mon 7, Tue 8, Wed 9"), ("ab Donnerstag 14 Uhr", "Thu 3 14:00"),
        ("not before Thursday", "Thu 3, Fri 4, Mon 7, Tue 8, Wed 9"),
        ("after Wednesday", "Thu 3, Fri 4, Mon 7, Tue 8, Wed 9"), ("before Thursday", "Mon 30, Tue 1, Wed 2"),
        ("Thursday, December 10 at 2pm", "Thu 10 14:00"), ("Do., 10.12., 14 Uhr", "Thu 10 14:00"),
    ],
)  # fmt: skip
def test_days_in_short_and_stretches_of_them(text: str, times: str) -> None:
    assert shown(read(text)) == times


@pytest.mark.parametrize(
    ("text", "zone", "day"),
    [
        ("12/3 at 2pm", NEW_YORK, date(2026, 12, 3)), ("12/3 at 2pm", "Pacific/Honolulu", date(2026, 12, 3)),
        ("12/3 at 2pm", LONDON, date(2027, 3, 12)), ("12/3 at 2pm", "America/Toronto", date(2027, 3, 12)),
        ("14/12 at 2pm", NEW_YORK, date(2026, 12, 14)), ("12/14 at 2pm", BERLIN, date(2026, 12, 14)),
        ("12/3/2026 at 2pm", NEW_YORK, date(2026, 12, 3)), ("24/7 support", BERLIN, None),
    ],
)  # fmt: skip
def test_dates_with_strokes_are_those_of_where_somebody_lives(text: str, zone: str, day: date | None) -> None:
    assert [each.day for each in read(text, zone).windows] == ([day] if day else [])


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("1 pm or 3 pm on Thursday", "Thu 3 13:00, Thu 3 15:00"),
        ("3 pm on Thursday or 1 pm on Friday", "Thu 3 15:00, Fri 4 13:00"),
        ("next Thu after lunch", "Thu 10 13:00-18:00"),
        ("Donnerstag halb drei", "Thu 3 14:30"), ("am Donnerstag um viertel nach zwei", "Thu 3 14:15"),
        ("half past two on Thursday", "Thu 3 14:30"), ("Thursday at a quarter to four", "Thu 3 15:45"),
        ("Donnerstag halb neun", "Thu 3 08:30"), ("Donnerstag halb eins", "Thu 3 12:30"),
        ("Donnerstag 8 Uhr abends", "Thu 3 20:00"), ("Thursday at 9 in the evening", "Thu 3 21:00"),
        ("Thursday at two", "Thu 3 14:00"), ("zwischen zwei und vier am Donnerstag", "Thu 3 14:00-16:00"),
        ("Thursday afternoon at 3", "Thu 3 15:00"), ("Thursday evening at 8", "Thu 3 20:00"),
        ("Thursday works for me. After 3 is best.", "Thu 3 15:00-23:59"),
        ("I have a meeting until 3, after that Thursday", "Thu 3 15:00-23:59"),
        ("I'm busy until 3 on Thursday", "Thu 3 15:00-23:59"),
        ("Ich habe bis 15 Uhr einen Termin, danach am Donnerstag", "Thu 3 15:00-23:59"),
        ("9-11 or 2-4 on Thursday", "Thu 3 09:00-11:00, Thu 3 14:00-16:00"), ("Thursday around 3ish", "Thu 3 15:00"),
        ("Thursday 2-4", "Thu 3 14:00-16:00"), ("this afternoon", "Mon 30 13:00-18:00"),
    ],
)  # fmt: skip
def test_hours_as_they_are_spoken(text: str, times: str) -> None:
    assert shown(read(text)) == times


@pytest.mark.parametrize(
    "text",
    [
        "My budget is 3 to 5 k", "The budget is $3 - 5k", "between 3 and 5 €", "We are 3 to 5 people", "after 3 weeks",
        "It takes from 2 to 4 weeks", "10 to 20% more", "3 bis 5 Mitarbeiter", "we need 2-3 landing pages",
    ],
)  # fmt: skip
def test_numbers_of_other_things_are_no_hours(text: str) -> None:
    assert read(text) == Times(())


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Thursday 9am London time", LONDON), ("Thursday 9am London", LONDON), ("Thursday 15h CET", BERLIN),
        ("Thursday 3pm EST", NEW_YORK), ("Thursday 3pm est", NEW_YORK), ("Donnerstag 10 Uhr MEZ", BERLIN),
        ("Thursday 2 PM GMT+1", "Etc/GMT-1"), ("Thursday 2 PM UTC-5", "Etc/GMT+5"),
        ("Thursday 2 PM UTC+5:30", "Asia/Kolkata"), ("Thursday 14:00 UTC", "UTC"),
        ("Donnerstag 9 Uhr Berliner Zeit", BERLIN), ("Thursday 9:00 Europe/London", LONDON),
        ("Thursday 9am Lisbon time", "Europe/Lisbon"), ("Thursday 3pm your time", "America/Chicago"),
        ("Thursday 3pm my time", NEW_YORK), ("All times CET. Thursday 15:00", BERLIN),
        ("Donnerstag 10 Uhr ist gut", None), ("Thursday at 3, the best time", None),
    ],
)  # fmt: skip
def test_each_time_is_of_the_clock_it_names(text: str, zone: str | None) -> None:
    (window,) = read(text).windows
    assert window.zone == zone


def test_times_of_several_clocks() -> None:
    found = read("Thursday 3pm EST or Friday 9am London time")
    assert [each.zone for each in found.windows] == [NEW_YORK, LONDON] and found.zone is None
    either = read("at 15:00 CET on Thursday or 10 am your time").windows
    assert [(each.begins.hour, each.zone) for each in either] == [(10, "America/Chicago"), (15, BERLIN)]
    # So many hours from UTC say nothing of where somebody lives.
    assert read("Thursday 9am London time").zone == LONDON and read("Thursday 2 PM GMT+1").zone is None


TEXT = "Thursday 9am London time, or 15h CET on Friday"


def _believed(text: str = TEXT, **window: Any) -> Window:
    given = {"day": "2026-12-03", "begins": "09:00", "quote": "Thursday 9am"} | window
    parsed = task().schema.model_validate({"windows": [given]})
    (found,) = schema.accept(parsed, Asked(text, SAID_ON, NEW_YORK)).windows
    return found


@pytest.mark.parametrize(
    ("window", "zone"),
    [
        ({"zone": LONDON, "zone_quote": "London time"}, LONDON),
        ({"zone": "GMT+1", "zone_quote": "CET"}, "Etc/GMT-1"),
        # What is no zone, or cites nothing, is dropped; the words themselves are read instead.
        ({"zone": "Mars/Base", "zone_quote": "London time"}, LONDON),
        ({"zone": "Asia/Tokyo", "quote": "Thursday 9am London time"}, LONDON),
        ({"zone": "Asia/Tokyo", "zone_quote": "Tokyo time"}, None),
        ({"zone": "Mars/Base"}, None),
        ({}, None),
    ],
)
def test_a_model_names_a_zone_that_stands_there(window: dict[str, str], zone: str | None) -> None:
    assert _believed(**window).zone == zone


def test_a_model_that_forgets_the_only_zone_is_helped() -> None:
    assert _believed("Thursday 9am works, all times in CET").zone == BERLIN
    assert _believed("Thursday 9am works").zone is None


def test_a_model_is_told_whose_clocks_and_dates_are_meant() -> None:
    told = task().prompt(Asked("12/3, your time", SAID_ON, NEW_YORK, ours=BERLIN))
    assert "month, then day" in told and f'"your time" that of {BERLIN}' in told
    assert "day, then month" in task().prompt(Asked("12/3", SAID_ON, BERLIN))


def test_what_is_asked_is_kept_with_both_clocks() -> None:
    asked = Asked("12/3", SAID_ON, NEW_YORK, ours=BERLIN)
    assert Asked.of(asked.document()) == asked
    assert Asked.of({"text": "12/3", "said_on": "2026-11-30", "zone": NEW_YORK}).clocks().ours == NEW_YORK


@pytest.mark.parametrize(
    "words", ["any day but ", "3pm, ", "not before ", "Mon to ", "I have a meeting until ", "9 ", ", "]
)
def test_a_long_message_is_read_in_order(words: str) -> None:
    """However often something is said, what is read stays sorted and few."""
    found = read((words * 4096)[:4096]).windows
    assert len(found) <= 20 and all(one.day <= other.day for one, other in pairwise(found))
