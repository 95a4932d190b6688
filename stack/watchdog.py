"""Keeps the stack alive where supervisord alone does not: `python -m stack.watchdog <state folder>`.

- A process that runs but does not answer its health check is ended; supervisord starts it again.
- A process that supervisord gave up on, or retries ever more slowly, is started at once.
- supervisord itself, when killed: its children end by themselves (the kernel signals them), the watchdog waits for
  that, starts supervisord anew, and ends, because the new supervisord runs a new watchdog.
- `stack.json` names the pids that are true now.

Uses the standard library only.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from stack import processes
from stack.health import broker_answers, problem_of
from stack.paths import StatePaths, write_private
from stack.processes import ProcessId
from stack.supervisor import FAULTS, RUNNING, Supervisor

ROUND_SECONDS = 2.0
# Long: to end what starts slowly on a busy machine makes the machine busier.
GRACE_SECONDS = 150
FAILURES = 3
# Who works is not hung: under a load that leaves no thread for the health check, ending it loses what it is at.
FAILURES_AT_WORK = 20
AT_WORK = 0.2
TERM_SECONDS = 5.0
BACKOFF_SECONDS = 6
ORPHAN_SECONDS = 3.0


@dataclass
class Watched:
    """What is known of one run of a process: `start` is supervisor's start time."""

    start: int
    was_well: bool = False
    failures: int = 0
    spent: float = 0.0
    looked_at: float = 0.0


@dataclass
class Watchdog:
    """Watches the supervisord that started it."""

    paths: StatePaths
    supervisor: Supervisor
    parent: int
    watched: dict[str, Watched] = field(default_factory=dict)
    ending: set[str] = field(default_factory=set)

    def run(self) -> None:
        """Watch until supervisord is gone, then revive it."""
        while os.getppid() == self.parent:
            self.look()
            self._pause()
        self.revive()

    def look(self) -> None:
        """One round: every process once."""
        states = self.supervisor.states()
        specifications = self.supervisor.specifications()
        self._update_info(states)
        self._hasten(states)
        checked = [
            name
            for name, record in states.items()
            if record["statename"] == RUNNING and has_check(specifications.get(name)) and name not in self.ending
        ]
        with ThreadPoolExecutor(max_workers=8) as pool:
            problems = list(pool.map(lambda name: problem_of(specifications[name]["check"]), checked))
        ailing = [
            name for name, problem in zip(checked, problems, strict=True) if self._is_ailing(states[name], problem)
        ]
        # A process that cannot reach its broker is not helped by a restart.
        if ailing and self._broker_answers(specifications):
            for name in ailing:
                self._end_soon(name, problems[checked.index(name)])

    def _is_ailing(self, record: dict[str, Any], problem: str) -> bool:
        """True when a process has failed often enough, in this run, to be ended."""
        name, start = record["name"], record["start"]
        known = self.watched.get(name)
        if known is None or known.start != start:
            known = self.watched[name] = Watched(start)
        if not problem:
            known.was_well, known.failures, known.looked_at = True, 0, 0.0
            return False
        known.failures += 1
        is_starting = not known.was_well and record["now"] - start < GRACE_SECONDS
        is_at_work = self._is_at_work(known, record["pid"]) and "timed out" in problem
        return known.failures >= (FAILURES_AT_WORK if is_at_work else FAILURES) and not is_starting

    def _is_at_work(self, known: Watched, pid: int) -> bool:
        """Whether its processes have used the processor since the last look."""
        now, spent = time.monotonic(), processes.cpu_seconds(pid)
        before, known.looked_at = known.looked_at, now
        share = (spent - known.spent) / (now - before) if before else 0.0
        known.spent = spent
        return share >= AT_WORK

    def _hasten(self, states: dict[str, dict[str, Any]]) -> None:
        """Start what supervisord has given up, or waits ever longer to start."""
        for name, record in states.items():
            waiting = record["statename"] == "BACKOFF" and record["now"] - record["start"] > BACKOFF_SECONDS
            if record["statename"] == "FATAL" or waiting:
                try:
                    if waiting:
                        self.supervisor.call("stopProcess", name)
                    self.supervisor.call("startProcess", name, False)
                except FAULTS as error:
                    self._say(f"{name} could not be started: {error}")

    def _end_soon(self, name: str, problem: str) -> None:
        process = processes.identify(self.supervisor.pid(name) or -1)
        if process is None:
            return
        self._say(f"{name} (pid {process.pid}) is ended: {problem}")
        self.ending.add(name)
        threading.Thread(target=self._end, args=(name, process), daemon=True).start()

    def _end(self, name: str, process: ProcessId) -> None:
        """Ask politely, then kill the process and its children: a hung container hears no SIGTERM."""
        try:
            processes.send([process], signal.SIGTERM)
            if not processes.wait_until(lambda: not processes.is_alive(process), TERM_SECONDS):
                os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        finally:
            self.ending.discard(name)

    def _broker_answers(self, specifications: dict[str, dict[str, Any]]) -> bool:
        urls = {spec["env"]["AMQP_URL"] for spec in specifications.values() if "AMQP_URL" in spec["env"]}
        addresses = [urlsplit(url) for url in urls]
        return all(broker_answers(url.hostname or "", url.port or 5672) for url in addresses)

    def _update_info(self, states: dict[str, dict[str, Any]]) -> None:
        """Put the pids of now into stack.json, once `up` has written it."""
        try:
            info = json.loads(self.paths.info.read_text())
        except (OSError, ValueError):
            return
        current = pids_of(states, self.parent)
        if current != info.get("processes"):
            info["processes"] = current
            write_private(self.paths.info, json.dumps(info, indent=2))

    def _pause(self) -> None:
        """Wait for the next round, but notice within half a second that supervisord is gone."""
        processes.wait_until(lambda: os.getppid() != self.parent, ROUND_SECONDS, pause=0.5)

    def revive(self) -> None:
        """supervisord is gone: unless that was wished for, wait for its children to end and start it again."""
        with held(self.paths.lock):
            if not self.paths.desired.exists() or self.supervisor.process():
                return
            self._say("supervisord is gone: starting it again")
            processes.end(self._orphans, signal.SIGINT, ORPHAN_SECONDS)
            self.supervisor.start()

    def _say(self, text: str) -> None:
        """One line in the watchdog's log: written straight to it, for the pipe to supervisord may be broken."""
        with (self.paths.logs / "watchdog.log").open("a") as log:
            log.write(f"{time.strftime('%Y-%m-%dT%H:%M:%S%z')} {text}\n")

    def _orphans(self) -> list[ProcessId]:
        recorded = processes.recorded(self.paths.pids).values()
        return [process for process in recorded if process.pid != os.getpid()]


def has_check(specification: dict[str, Any] | None) -> bool:
    """True when the program says how to ask for its health."""
    return bool(specification and (specification["check"]["urls"] or specification["check"]["ports"]))


def pids_of(states: dict[str, dict[str, Any]], supervisord: int) -> dict[str, int]:
    """Pid by process name, supervisord included."""
    return {name: record["pid"] for name, record in states.items() if record["pid"]} | {"supervisord": supervisord}


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the stack's lock: `up`, `down` and a revival take turns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def main() -> None:
    """Watch the parent process, which is supervisord."""
    paths = StatePaths(Path(sys.argv[1]))
    Watchdog(paths, Supervisor(paths), os.getppid()).run()


if __name__ == "__main__":
    main()
