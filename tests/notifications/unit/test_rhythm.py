"""On which days a schedule falls."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from services.notifications.domain import Rhythm


def days(rhythm: Rhythm, first: str, last: str) -> list[str]:
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    every = (begin + timedelta(days=at) for at in range((end - begin).days + 1))
    return [each.isoformat() for each in every if rhythm.falls_on(each)]


def test_daily_weekly_and_monthly() -> None:
    assert len(days(Rhythm("daily", 8), "2025-02-01", "2025-02-28")) == 28
    assert days(Rhythm("weekly", 8, weekday=0), "2025-02-01", "2025-02-20") == [
        "2025-02-03",
        "2025-02-10",
        "2025-02-17",
    ]
    assert days(Rhythm("monthly", 8, monthday=31), "2025-01-01", "2025-04-30") == [
        "2025-01-31",
        "2025-02-28",
        "2025-03-31",
        "2025-04-30",
    ]
    assert days(Rhythm("monthly", 8, monthday=1), "2024-02-01", "2024-03-01") == ["2024-02-01", "2024-03-01"]


@pytest.mark.parametrize(
    ("rhythm", "now", "then"),
    [
        (Rhythm("daily", 8), "2025-02-10T12:59", "2025-02-10T13:00"),
        (Rhythm("daily", 8), "2025-02-10T13:00", "2025-02-11T13:00"),
        (Rhythm("weekly", 8, weekday=6), "2025-03-08T00:00", "2025-03-09T12:00"),
        (Rhythm("monthly", 2, monthday=9), "2025-03-01T00:00", "2025-03-09T07:00"),
        (Rhythm("monthly", 8, monthday=31), "2025-01-31T14:00", "2025-02-28T13:00"),
    ],
)
def test_when_it_comes_next(rhythm: Rhythm, now: str, then: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    found = rhythm.after(at, (at - timedelta(hours=5)).date(), "America/New_York")
    assert found == datetime.fromisoformat(then).replace(tzinfo=UTC)
