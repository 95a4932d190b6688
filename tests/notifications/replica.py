"""One worker of notifications as a process of its own, on a clock that the test sets, to be killed at any moment."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any, cast

from libs.common.runtime import Runtime
from libs.common.schedule import Scheduler
from services.notifications import settings, wiring
from services.notifications.settings import NotificationsSettings
from services.notifications.worker import TABLE
from tests.notifications.harness import Notifications

_TICK_SECONDS = 0.02


class WrittenClock:
    """A clock that shows what stands in a file: the same in all processes."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"

    def now(self) -> datetime:
        return datetime.fromisoformat(self._file.read_text())

    def set(self, moment: datetime) -> None:
        """Every process sees the old time or the new one, never half of it."""
        written = self._file.with_suffix(".new")
        written.write_text(moment.isoformat())
        written.replace(self._file)


def work(configured: NotificationsSettings, folder: Path) -> None:
    """Schedule and do jobs until killed. While the file ``hold`` is there, nobody gets an answer about figures."""
    clock, pause = WrittenClock(folder), threading.Event()
    runtime: Runtime[NotificationsSettings] = Runtime("notifications", configured, clock)
    settings.current = lambda: configured  # type: ignore[assignment]  # as the fixture does in the test's own process
    wiring.runtime = lambda: runtime  # type: ignore[assignment]  # the same
    crm = Notifications(runtime, cast(Any, None))
    # Pictures are not what this is about, and take each new process a second.
    crm.outside = replace(crm.outside, painter=None)

    def wait_while_held() -> None:
        while (folder / "hold").exists():
            pause.wait(_TICK_SECONDS)

    crm.answers.meanwhile = wait_while_held
    ours = [job for job in TABLE.schedule if job.name in ("order_digests", "order_scheduled")]
    scheduler = Scheduler("notifications", runtime.database, ours, every=_TICK_SECONDS)
    threading.Thread(target=scheduler.run, daemon=True).start()
    crm.runner().run()


class Replicas:
    """Some workers; one that is killed is replaced."""

    def __init__(self, configured: NotificationsSettings, folder: Path, number: int) -> None:
        self._context = cast(ForkServerContext, multiprocessing.get_context("forkserver"))
        # What every worker loads is loaded once: a restart takes no second.
        self._context.set_forkserver_preload([__name__])
        self._arguments = (configured, folder)
        self._running: list[ForkServerProcess] = []
        self._number = number
        self.killed = 0

    def fill(self) -> None:
        """Start as many as are missing."""
        while len(self._running) < self._number:
            process = self._context.Process(target=work, args=self._arguments, daemon=True)
            process.start()
            self._running.append(process)

    def kill(self, number: int) -> None:
        """Kill the oldest ones, whatever they are at."""
        for _ in range(min(number, len(self._running))):
            process = self._running.pop(0)
            process.kill()
            process.join()
            self.killed += 1


@contextmanager
def replicas(configured: NotificationsSettings, folder: Path, number: int) -> Iterator[Replicas]:
    """So many workers as long as the block lasts."""
    made = Replicas(configured, folder, number)
    made.fill()
    try:
        yield made
    finally:
        made.kill(number)
