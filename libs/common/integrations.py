"""A service's ways to the outside: how they stand by the service's own rows, and checks that ask the outside itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from libs.common.logging import get_logger
from libs.common.problems import NotFound

log = get_logger(__name__)

CHECK_SECONDS = 8.0

Mode = Literal["live", "test", "sandbox", "built-in", "off"]
# One question to the outside: what was found in plain words, or CheckFailed.
Check = Callable[[], str]


class CheckFailed(Exception):
    """The outside did not answer as it should. The message says why in plain words and holds no secret."""


@dataclass(frozen=True, slots=True)
class Integration:
    """How one way to the outside stands.

    mode: live (the real thing), test (the real thing's test account), sandbox (a stand-in), built-in (nothing outside
    is asked) or off. detail: what that means here. last_success, last_error: what went well or wrong last, and when.
    """

    name: str
    label: str
    configured: bool
    mode: Mode
    detail: str
    last_success_at: datetime | None = None
    last_success: str | None = None
    last_error_at: datetime | None = None
    last_error: str | None = None
    counts: dict[str, int] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """As plain JSON."""
        return asdict(self)


def tested(name: str, checks: Mapping[str, Check], seconds: float = CHECK_SECONDS) -> dict[str, Any]:
    """Ask the outside now: ``{ok, message, ms}`` after at most ``seconds``. NotFound when there is no such check.

    Never called inside a transaction. A check that does not come to its end is left to its own time-outs.
    """
    if name not in checks:
        raise NotFound("there is no such integration here")
    started = time.perf_counter()
    asking = _Asking(checks[name])
    threading.Thread(target=asking.run, name=f"check {name}", daemon=True).start()
    ended = asking.done.wait(seconds)
    ok, message = (asking.ok, asking.message) if ended else (False, f"no answer within {seconds:g} seconds")
    return {"ok": ok, "message": message, "ms": round((time.perf_counter() - started) * 1000)}


class _Asking:
    """One check under way."""

    def __init__(self, check: Check) -> None:
        self._check = check
        self.done = threading.Event()
        self.ok, self.message = False, ""

    def run(self) -> None:
        try:
            self.message, self.ok = self._check(), True
        except CheckFailed as error:
            self.message = str(error)
        except Exception as error:  # the page that asked still gets its answer
            log.exception("a check failed in a way nobody expected")
            self.message = f"the check itself failed ({type(error).__name__})"
        finally:
            self.done.set()
