"""How a service's process starts: ``python -m services.<name> migrate | rpc | worker``.

An rpc process is an eventlet program, so it patches the standard library before anything else is imported;
this module therefore imports nothing but the standard library at its top. A worker is never patched.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import os
import signal
import sys
import time
import warnings
from typing import Any

_PING_EVERY_SECONDS = 5.0
_PING_PATIENCE = 4


def main(service: str) -> None:
    """Run the command named on the command line."""
    command = sys.argv[1] if len(sys.argv) == 2 else ""
    if command == "rpc":
        _become_cooperative()
        _run_rpc(service)
    elif command == "worker":
        _run_worker(service)
    elif command == "migrate":
        _migrate(service)
    elif command in (own := _own_commands(service)):
        own[command](_start(service, command))
    else:
        sys.exit(f"usage: python -m services.{service} {'|'.join(['migrate', 'rpc', 'worker', *own])}")


def keep_what_is_loaded() -> None:
    """Have the garbage collector leave alone what was loaded, which stays; and look less often at what comes and goes.

    To be called once all of it is there: looking through it takes as long as many an answer.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def _own_commands(service: str) -> dict[str, Any]:
    """What a service's ``commands.py`` has a person start by hand, by name."""
    name = f"services.{service}.commands"
    if importlib.util.find_spec(name) is None:
        return {}
    commands: dict[str, Any] = importlib.import_module(name).COMMANDS
    return commands


def _become_cooperative() -> None:
    os.environ["PSYCOPG_WAIT_FUNC"] = "wait_selector"
    # A log is one JSON object a line; which framework nameko stands on is known.
    warnings.filterwarnings("ignore", message="(?s).*Eventlet is deprecated")
    import eventlet

    eventlet.monkey_patch()


def _start(service: str, process: str) -> Any:
    """The runtime of this process, with logs and metrics set up."""
    from libs.common import logging, telemetry

    runtime = importlib.import_module(f"services.{service}.wiring").runtime()
    logging.configure(service, process, runtime.settings.log_level)
    telemetry.configure(service, process)
    runtime.guard.announce()
    return runtime


def _migrate(service: str) -> None:
    runtime = _start(service, "migrate")
    from libs.common import migrate
    from libs.common.worker import subscriber

    migrate.upgrade(service, runtime.settings.sqlalchemy_url)
    subscriber(runtime, importlib.import_module(f"services.{service}.worker").TABLE).declare()


def _run_worker(service: str) -> None:
    runtime = _start(service, "worker")
    from libs.common import worker

    worker.run(runtime, importlib.import_module(f"services.{service}.worker").TABLE)


def _run_rpc(service: str) -> None:
    runtime = _start(service, "rpc")
    import eventlet
    from nameko.runners import ServiceRunner

    from libs.common import health
    from libs.common.database import assert_cooperative
    from libs.common.logging import get_logger
    from libs.common.rpc import wire
    from libs.common.rpc.serializer import use_orjson

    assert_cooperative()
    use_orjson()
    log = get_logger(__name__)
    while not health.broker_answers(runtime.settings.amqp_url):
        log.warning("waiting for the broker")
        time.sleep(1)

    config = {
        "AMQP_URI": runtime.settings.amqp_url,
        "HEARTBEAT": 15,
        "max_workers": runtime.settings.database_pool,
        wire.RUNTIME: runtime,
    }
    runner = ServiceRunner(config)
    runner.add_service(importlib.import_module(f"services.{service}.rpc").SERVICE)
    signal.signal(signal.SIGTERM, lambda *_: eventlet.spawn_n(runner.stop))
    signal.signal(signal.SIGINT, lambda *_: eventlet.spawn_n(runner.stop))
    runner.start()
    pinging = _SelfPing(runtime)
    eventlet.spawn_n(pinging.run)
    if runtime.settings.health_port:
        health.serve(runtime, runtime.settings.health_port, lambda: pinging.alive)
    keep_what_is_loaded()
    log.info("rpc started")
    code = 70
    try:
        eventlet.spawn(runner.wait).wait()
        code = 0
        log.info("rpc stopped")
    finally:
        # A container that died, or a library's thread, must not keep a process alive that serves nobody.
        os._exit(code)


class _SelfPing:
    """Asks its own service over the bus; a process that does not answer while the broker does ends itself.

    nameko's container can outlive its consumer after a broker outage: the process looks alive and serves nobody.
    """

    def __init__(self, runtime: Any) -> None:
        self._runtime = runtime
        self.alive = True

    def run(self) -> None:
        from libs.common import health
        from libs.common.logging import get_logger

        misses = 0
        while True:
            time.sleep(_PING_EVERY_SECONDS)
            if self._answers():
                misses, self.alive = 0, True
                continue
            if not health.broker_answers(self._runtime.settings.amqp_url):
                misses = 0
                continue
            misses += 1
            self.alive = misses < 2
            if misses >= _PING_PATIENCE:
                get_logger(__name__).error("this process does not answer on the bus; ending it")
                os._exit(70)

    def _answers(self) -> bool:
        from libs.common.problems import Problem

        try:
            self._runtime.rpc.call(self._runtime.own_context(), self._runtime.service, "ping", seconds=3.0)
        except Problem:
            return False
        return True
