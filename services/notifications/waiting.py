"""Waiting for what a worker does, in a process that has others to answer.

In an rpc process sleeping lets the others run; what is bounded is how many wait, so that a worker that is down takes
no more of them than that.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from libs.common.problems import Unavailable

T = TypeVar("T")

_FIRST_PAUSE, _LONGEST_PAUSE = 0.015, 0.12


class WaitingRoom:
    """Room for so many at once."""

    def __init__(self, seats: int) -> None:
        self._seats = threading.BoundedSemaphore(max(1, seats))

    def wait(self, look: Callable[[], T | None], seconds: float) -> T | None:
        """What ``look`` finds, None when it finds nothing in so many seconds. Unavailable where all seats are taken."""
        if not self._seats.acquire(blocking=False):
            raise Unavailable("too many wait for the worker already; try again in a moment")
        try:
            return _look_until(look, time.monotonic() + seconds)
        finally:
            self._seats.release()


def _look_until(look: Callable[[], T | None], end: float) -> T | None:
    pause = _FIRST_PAUSE
    while (found := look()) is None and time.monotonic() + pause < end:
        time.sleep(pause)
        pause = min(pause * 1.3, _LONGEST_PAUSE)
    return found
