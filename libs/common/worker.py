"""The worker process: relay, subscriber, jobs and schedule, each on threads of its own."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from libs.common import health
from libs.common.audit.plan import AuditPlan
from libs.common.audit.sealing import Sealer
from libs.common.job_runner import JobRunner
from libs.common.jobs import JobHandler
from libs.common.logging import get_logger
from libs.common.relay import Listener, Relay
from libs.common.runtime import Runtime
from libs.common.schedule import ScheduledJob, Scheduler
from libs.common.subscriber import Subscriber, Subscription

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class WorkerTable:
    """What a service's worker does: what it subscribes to, the outside work it performs, its schedule; and what the
    audit log that it seals covers.

    warm_up: loads what the first piece of work would wait for, beside the work; a fault of it is only noted.
    """

    subscriptions: Sequence[Subscription] = ()
    jobs: Mapping[str, JobHandler] = field(default_factory=dict)
    schedule: Sequence[ScheduledJob] = ()
    audit: AuditPlan | None = None
    warm_up: Callable[[], None] | None = None


def subscriber(runtime: Runtime[Any], table: WorkerTable) -> Subscriber:
    """The subscriber of a service, not yet running."""
    settings = runtime.settings
    return Subscriber(runtime.service, settings.amqp_url, runtime.database, table.subscriptions, settings.event_threads)


def run(runtime: Runtime[Any], table: WorkerTable) -> None:
    """Run until SIGTERM; a part that dies ends the process, so that its supervisor starts it anew."""
    settings = runtime.settings
    relay = Relay(settings.database_url, settings.amqp_url, runtime.service)
    jobs = JobRunner(runtime.service, runtime.database, table.jobs, settings.job_threads)
    parts: dict[str, Any] = {
        "relay": relay,
        "subscriber": subscriber(runtime, table),
        "jobs": jobs,
        "schedule": Scheduler(runtime.service, runtime.database, table.schedule),
        "listener": Listener(settings.database_url, {"outbox": relay.wake, "jobs": jobs.wake}),
    }
    if table.audit is not None:
        parts["audit"] = Sealer(runtime.database, table.audit)
    needed = {name for name in parts if name not in _idle(table)}
    stopping = threading.Event()
    threads = {name: threading.Thread(target=parts[name].run, name=name, daemon=True) for name in needed}
    for thread in threads.values():
        thread.start()
    if table.warm_up is not None:
        threading.Thread(target=_warm, args=(table.warm_up,), name="warm-up", daemon=True).start()
    if settings.health_port:
        health.serve(runtime, settings.health_port, lambda: all(thread.is_alive() for thread in threads.values()))

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    log.info("worker started")
    while not stopping.wait(1.0):
        dead = [name for name, thread in threads.items() if not thread.is_alive()]
        if dead:
            log.error("a part of the worker ended", parts=dead)
            os._exit(70)
    for name in needed:
        parts[name].stop()
    for thread in threads.values():
        thread.join(20)
    log.info("worker stopped")


def _warm(warm_up: Callable[[], None]) -> None:
    try:
        warm_up()
    except Exception:  # the first piece of work meets the same, and says so
        log.warning("the warm-up failed", exc_info=True)


def _idle(table: WorkerTable) -> set[str]:
    return ({"jobs"} if not table.jobs else set()) | ({"schedule"} if not table.schedule else set())
