"""How long a page waits for a service: as long as is fair, and hardly at all for one that just did not answer.

Without a memory every page would wait out the whole time for a service that is down, again and again. Each process
remembers for itself; a service that answers is trusted again at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

SECONDS, SUSPECT_SECONDS = 4.0, 1.0
# How long a service that did not answer is left alone.
REST_SECONDS = 2.0


@dataclass
class Patience:
    """Which services did not answer when they were asked last, and since when. One for each process."""

    clock: Callable[[], float] = time.monotonic
    _silent: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def seconds(self, service: str) -> float:
        """How long to wait for it now; 0: do not ask."""
        with self._lock:
            since = self._silent.get(service)
            if since is None:
                return SECONDS
            if self.clock() - since < REST_SECONDS:
                return 0.0
            # One page tries; those beside it need not wait, too.
            self._silent[service] = self.clock()
            return SUSPECT_SECONDS

    def note(self, service: str, answered: bool) -> None:
        """What came of asking it."""
        with self._lock:
            if answered:
                self._silent.pop(service, None)
            else:
                self._silent[service] = self.clock()
