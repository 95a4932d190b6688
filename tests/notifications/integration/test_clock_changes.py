"""Each person one summary a local day: over the days on which clocks are changed, with three workers that are killed
right before and right after the moment, and when somebody changes the time zone at noon."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from libs.common.clock import FixedClock
from tests.notifications.harness import Notifications
from tests.notifications.replica import Replicas, WrittenClock, replicas
from tests.support.actors import ADMIN, FINANCE, JESSICA, JOHN
from tests.support.waiting import eventually

pytestmark = [pytest.mark.infrastructure, pytest.mark.faults]

# The business's zone always, another with CRM_FULL=1 (make test-full).
FULL = bool(os.environ.get("CRM_FULL"))
SECOND = timedelta(seconds=1)
# Who gets it at 8:00 of which zone (the business is in New York); Fiona at a time that is left out, or comes twice.
ZONES = {JOHN: None, JESSICA: "Europe/Berlin", ADMIN: "Asia/Tokyo"}
SPRING_FORWARD, FALL_BACK = (2, 30), (1, 30)
# The instants (UTC) by hand, of three days around each change: New York's, then Berlin's.
WINDOWS: dict[str, dict[Any, list[str]]] = {
    "New York springs forward on March 9": {
        JOHN: ["2025-03-08T13:00", "2025-03-09T12:00", "2025-03-10T12:00"],
        JESSICA: ["2025-03-08T07:00", "2025-03-09T07:00", "2025-03-10T07:00"],
        ADMIN: ["2025-03-07T23:00", "2025-03-08T23:00", "2025-03-09T23:00"],
        FINANCE: ["2025-03-08T07:30", "2025-03-09T07:00", "2025-03-10T06:30"],
    },
    "Berlin springs forward on March 30": {
        JOHN: ["2025-03-29T12:00", "2025-03-30T12:00", "2025-03-31T12:00"],
        JESSICA: ["2025-03-29T07:00", "2025-03-30T06:00", "2025-03-31T06:00"],
        ADMIN: ["2025-03-28T23:00", "2025-03-29T23:00", "2025-03-30T23:00"],
        FINANCE: ["2025-03-29T06:30", "2025-03-30T06:30", "2025-03-31T06:30"],
    },
    "Berlin falls back on October 26": {
        JOHN: ["2025-10-25T12:00", "2025-10-26T12:00", "2025-10-27T12:00"],
        JESSICA: ["2025-10-25T06:00", "2025-10-26T07:00", "2025-10-27T07:00"],
        ADMIN: ["2025-10-24T23:00", "2025-10-25T23:00", "2025-10-26T23:00"],
        FINANCE: ["2025-10-25T05:30", "2025-10-26T05:30", "2025-10-27T05:30"],
    },
    "New York falls back on November 2": {
        JOHN: ["2025-11-01T12:00", "2025-11-02T13:00", "2025-11-03T13:00"],
        JESSICA: ["2025-11-01T07:00", "2025-11-02T07:00", "2025-11-03T07:00"],
        ADMIN: ["2025-10-31T23:00", "2025-11-01T23:00", "2025-11-02T23:00"],
        # 1:30 comes twice on November 2, at 5:30 and at 6:30 UTC
        FINANCE: ["2025-11-01T05:30", "2025-11-02T05:30", "2025-11-03T06:30"],
    },
}


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def digests(crm: Notifications) -> Counter[tuple[str, date]]:
    rows = crm.sql("SELECT user_id::text AS user_id, day FROM digests WHERE email_id IS NOT NULL AND day IS NOT NULL")
    return Counter((row.user_id, row.day) for row in rows)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("window", WINDOWS if FULL else [each for each in WINDOWS if "New York" in each])
def test_three_workers_that_are_killed_send_each_person_one_mail_a_day(
    crm: Notifications, tmp_path: Path, window: str
) -> None:
    due = WINDOWS[window]
    moments = sorted({utc(each) for instants in due.values() for each in instants})
    clock = WrittenClock(tmp_path)
    clock.set(moments[0] - timedelta(hours=12))
    prepare(crm, moments[0] - timedelta(hours=12), FALL_BACK if "back" in window else SPRING_FORWARD)
    with replicas(crm.runtime.settings, tmp_path, 3) as workers:
        for number, moment in enumerate(moments):
            new = [person for person, instants in due.items() if moment in map(utc, instants)]
            pass_moment(crm, clock, tmp_path, workers, moment, number)
            eventually(partial(all_mailed, crm, due, new, moment), seconds=90, pause=0.01)
        # The second 1:30, the rest of the day, and a night more bring nothing.
        for later in (timedelta(hours=1), timedelta(hours=3), timedelta(hours=5, minutes=59)):
            clock.set(moments[-1] + later)
            ticked(crm, clock.now())
    check(crm, due, workers)


def prepare(crm: Notifications, since: datetime, fionas: tuple[int, int]) -> None:
    """Everybody has been here for a day, each with the own zone."""
    crm.sql("UPDATE people SET known_since = :since", since=since)
    for person, zone in ZONES.items():
        if zone:
            crm.as_(person).set_summary_settings(settings={"time_zone": zone})
    hour, minute = fionas
    crm.as_(FINANCE).set_summary_settings(settings={"enabled": True, "hour": hour, "minute": minute})


def pass_moment(
    crm: Notifications, clock: WrittenClock, folder: Path, workers: Replicas, moment: datetime, number: int
) -> None:
    """A second before, the moment, and a second after: workers die before it and in the midst of what it set off."""
    clock.set(moment - SECOND)
    ticked(crm, moment - SECOND)
    workers.kill(1)
    (folder / "hold").touch()
    clock.set(moment)
    workers.fill()
    ticked(crm, moment)
    claimed(crm)
    clock.set(moment + SECOND)
    # Now one of them, now two, now all: what they were at is found by others when its lease ends.
    workers.kill(1 + number % 3)
    (folder / "hold").unlink()
    crm.sql("UPDATE jobs SET locked_until = now() WHERE finished_at IS NULL AND locked_until IS NOT NULL")
    workers.fill()


def ticked(crm: Notifications, now: datetime) -> None:
    """The schedule was looked at, at this minute or later."""
    minute = now.replace(second=0, microsecond=0)
    seen = "SELECT 1 FROM scheduled_runs WHERE job = 'order_digests' AND due_at = :minute"
    eventually(lambda: crm.sql(seen, minute=minute), seconds=60, pause=0.01)


def claimed(crm: Notifications) -> None:
    """Somebody collects figures for every summary that was ordered."""
    idle = "SELECT 1 FROM jobs WHERE kind = 'make_digest' AND finished_at IS NULL AND locked_until IS NULL"
    eventually(lambda: not crm.sql(idle), seconds=60, pause=0.01)


def all_mailed(crm: Notifications, due: dict[Any, list[str]], people: list[Any], moment: datetime) -> bool:
    """The mails of this moment have come."""
    came = Counter(str(mail["To"]).partition(" ")[0] for mail in crm.server.mails)
    wanted = {each.name.split()[0]: [utc(at) for at in due[each]].index(moment) + 1 for each in people}
    return all(came[name] == number for name, number in wanted.items())


def check(crm: Notifications, due: dict[Any, list[str]], workers: Replicas) -> None:
    assert workers.killed >= len({each for instants in due.values() for each in instants})
    found = digests(crm)
    assert set(found.values()) == {1} and Counter(user for user, _day in found) == {each.id: 3 for each in due}
    for person in due:
        days = sorted(day for user, day in found if user == person.id)
        assert [later - earlier for earlier, later in pairwise(days)] == [timedelta(days=1)] * 2
    received = Counter(str(mail["Message-ID"]) for mail in crm.server.mails)
    assert len(received) == 12 and set(received.values()) == {1}
    rows = crm.sql("SELECT message_id, status FROM emails")
    assert {row.message_id for row in rows} == set(received)
    assert not crm.sql("SELECT 1 FROM jobs WHERE finished_at IS NULL AND failed_at IS NULL AND kind = 'make_digest'")


@pytest.mark.timeout(300)
def test_a_worker_that_dies_while_the_server_has_the_mail_sends_no_other(crm: Notifications, tmp_path: Path) -> None:
    eight = utc("2025-02-10T13:00")
    clock = WrittenClock(tmp_path)
    clock.set(eight - SECOND)
    crm.sql(
        "UPDATE people SET known_since = :since, active = user_id = :id", since=eight - timedelta(days=1), id=JOHN.id
    )
    with replicas(crm.runtime.settings, tmp_path, 3) as workers:
        taken: list[str] = []

        def kill_all(mail: Any) -> None:
            taken.append(str(mail["Message-ID"]))
            workers.kill(3)

        crm.server.before_answer = kill_all
        clock.set(eight)
        eventually(lambda: taken, seconds=60)
        crm.sql("UPDATE jobs SET locked_until = now() WHERE finished_at IS NULL AND locked_until IS NOT NULL")
        # So much time goes by that nobody can be waiting for the server's answer any more.
        clock.set(eight + timedelta(hours=1))
        workers.fill()
        eventually(lambda: not crm.sql("SELECT 1 FROM emails WHERE settled_at IS NULL"), seconds=90)
    # The server had all of it, and got it once.
    assert len(taken) == 1
    assert crm.sql("SELECT status FROM emails") == [("unknown",)] and set(digests(crm).values()) == {1}


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(utc("2025-02-01T00:00"))


def johns_days(crm: Notifications) -> list[str]:
    rows = crm.sql("SELECT day FROM digests WHERE user_id = :id AND day IS NOT NULL ORDER BY day", id=JOHN.id)
    return [row.day.isoformat() for row in rows]


def every_half_hour(crm: Notifications, first: str, last: str, change: Callable[[datetime], None]) -> None:
    moment = utc(first)
    while moment <= utc(last):
        change(moment)
        crm.at(moment)
        moment += timedelta(minutes=30)


@pytest.mark.parametrize(
    ("zones", "days"),
    [
        # to the east at noon: the next local day begins sooner
        ({"2025-02-10T17:00": "Asia/Tokyo"}, ["2025-02-09", "2025-02-10", "2025-02-11", "2025-02-12", "2025-02-13"]),
        # to the west: the same local day has had its mail
        (
            {"2025-02-01T00:00": "Asia/Tokyo", "2025-02-10T12:00": "America/Los_Angeles"},
            ["2025-02-10", "2025-02-11", "2025-02-12"],
        ),
        # across the date line and back within a day
        (
            {
                "2025-02-10T14:00": "Pacific/Kiritimati",
                "2025-02-10T22:00": "Pacific/Honolulu",
                "2025-02-11T03:00": None,
            },
            ["2025-02-09", "2025-02-10", "2025-02-11", "2025-02-12"],
        ),
    ],
)
def test_who_changes_zones_has_no_day_twice(crm: Notifications, zones: dict[str, str | None], days: list[str]) -> None:
    def change(moment: datetime) -> None:
        name = f"{moment:%Y-%m-%dT%H:%M}"
        if name in zones:
            crm.as_(JOHN).set_summary_settings(settings={"time_zone": zones[name]})

    if "2025-02-01T00:00" in zones:
        change(utc("2025-02-01T00:00"))
    every_half_hour(crm, "2025-02-09T12:00", "2025-02-12T23:30", change)
    assert johns_days(crm) == days


def test_who_changes_the_hour_has_no_day_twice(crm: Notifications) -> None:
    hours = {"2025-02-10T13:30": 10, "2025-02-10T15:30": 7, "2025-02-11T11:00": 9, "2025-02-11T13:30": 8}

    def change(moment: datetime) -> None:
        hour = hours.get(f"{moment:%Y-%m-%dT%H:%M}")
        if hour is not None:
            crm.as_(JOHN).set_summary_settings(settings={"hour": hour})

    every_half_hour(crm, "2025-02-10T12:00", "2025-02-12T16:00", change)
    assert johns_days(crm) == ["2025-02-10", "2025-02-11", "2025-02-12"]
