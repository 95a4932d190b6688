"""Ids that sort by time, and days in the business time zone."""

from __future__ import annotations

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from typing import Any

import pytest

from libs.common.clock import FixedClock, SystemClock, business_date
from libs.common.ids import is_id, new_id


def test_ids_are_version_7_and_carry_the_time() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid.UUID(new_id())
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert before - 1 <= made.int >> 80 <= time.time_ns() // 1_000_000 + 1_000


def test_ids_of_a_process_sort_in_the_order_they_were_made() -> None:
    made = [new_id() for _ in range(20_000)]  # several times what fits into one millisecond's counter
    assert made == sorted(made) and len(set(made)) == len(made)


def test_ids_are_unique_over_threads() -> None:
    with ThreadPoolExecutor(8) as pool:
        batches = list(pool.map(lambda _: [new_id() for _ in range(2_000)], range(16)))
    assert len({each for batch in batches for each in batch}) == 32_000
    assert all(batch == sorted(batch) for batch in batches)


def test_a_clock_that_is_set_back_makes_no_older_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    first = new_id()
    monkeypatch.setattr("libs.common.ids.time.time_ns", lambda: 1_000_000_000)
    assert new_id() > first


@pytest.mark.parametrize(
    ("text", "right"),
    [
        (new_id(), True),
        ("0194AAAA-7A00-7000-8000-000000000001", True),
        ("{0194aaaa-7a00-7000-8000-000000000001}", True),
        ("", False),
        ("none", False),
        ("0194aaaa-7a00-7000-8000-00000000000g", False),
        (None, False),
        (5, False),
        (["x"], False),
    ],
)
def test_what_is_an_id(text: Any, right: bool) -> None:
    assert is_id(text) is right


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2025, 1, 1, 4, 59, tzinfo=UTC), date(2024, 12, 31)),
        (datetime(2025, 1, 1, 5, 0, tzinfo=UTC), date(2025, 1, 1)),
        (datetime(2025, 7, 1, 3, 59, tzinfo=UTC), date(2025, 6, 30)),
        (datetime(2025, 7, 1, 4, 0, tzinfo=UTC), date(2025, 7, 1)),
    ],
)
def test_a_day_is_the_business_day(instant: datetime, day: date) -> None:
    assert business_date(instant, "America/New_York") == day


def test_clocks() -> None:
    at = datetime(2025, 1, 1, tzinfo=UTC)
    assert FixedClock(at).now() is at
    assert abs((datetime.now(UTC) - SystemClock().now()).total_seconds()) < 5
