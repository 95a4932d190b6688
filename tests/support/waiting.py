"""Waiting for what happens elsewhere: bounded, and with the last reason when it never came."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
_pause = threading.Event()


def eventually(check: Callable[[], T], seconds: float = 20.0, pause: float = 0.05) -> T:
    """Call ``check`` until it returns something true without an AssertionError; its last failure otherwise."""
    end = time.monotonic() + seconds
    while True:
        failure: BaseException | None = None
        result: T | None = None
        try:
            result = check()
            if result:
                return result
        except (AssertionError, LookupError, ConnectionError) as error:
            failure = error
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {failure or result!r}") from failure
        _pause.wait(pause)
