from __future__ import annotations

from typing import Any

import pytest

from tests.deals.reports.playing import World


@pytest.fixture
def world(deals: Any, runtime: Any, clock: Any, directory: Any, hear: Any) -> World:
    """A company whose history is played, and remembered by the test in its own way."""
    return World(deals, runtime, clock, directory, hear)
