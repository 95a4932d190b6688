from __future__ import annotations

import pytest

from libs.common.clock import FixedClock
from tests.notifications.integration.daily_summary.morning import EARLY


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(EARLY)
