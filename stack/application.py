"""The stack as an object: what `make up`, `make down` and the tests drive."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from stack import health, jobs, processes
from stack.composition import Composition, ports_of
from stack.credentials import Credentials
from stack.databases import create_databases
from stack.environment import Environments, settings_of_caller
from stack.infrastructure import Infrastructure
from stack.infrastructure.choice import choose
from stack.paths import OWN_FILES, StatePaths, write_private
from stack.ports import Ports
from stack.processes import ProcessId
from stack.programs import TABLE, Row
from stack.supervisor import RUNNING, Supervisor
from stack.watchdog import held, pids_of

HEALTHY_SECONDS = 240.0
HEAL_SECONDS = 30.0
END_SECONDS = 15.0


class StackError(Exception):
    """The stack could not be brought up; the text says what failed, with its last log lines."""


@dataclass(frozen=True)
class Options:
    """How a stack differs from what `make up` brings up.

    fast: no fsync, for tests. http_port: where the gateway listens. settings: environment variables for every process.
    demo_data: fill it with `stack.demo_data`. rows: the processes. say: where progress lines go.
    """

    fast: bool = False
    http_port: int | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    demo_data: bool = True
    rows: Sequence[Row] = TABLE
    say: Callable[[str], None] = lambda line: None


class Stack:
    """One stack, keyed by its state folder. Two of them run side by side."""

    def __init__(self, state_dir: str | Path | None = None, options: Options = Options()) -> None:
        self.options = options
        self.paths = StatePaths(Path(state_dir).resolve()) if state_dir else StatePaths.choose()
        self.paths.state.mkdir(mode=0o755, parents=True, exist_ok=True)
        self.supervisor = Supervisor(self.paths)
        self._caller = settings_of_caller() | ({"CRM_STACK_FAST": "1"} if options.fast else {})

    # -- its parts

    @cached_property
    def credentials(self) -> Credentials:
        """Generated at the first use."""
        return Credentials.load(self.paths.secrets)

    @cached_property
    def ports(self) -> Ports:
        """Chosen at the first start."""
        wanted = self.options.http_port or int(self._caller.get("CRM_PORT") or 0) or None
        return Ports.of(self.paths, [row.name for row in self.options.rows], wanted)

    @cached_property
    def infrastructure(self) -> Infrastructure:
        """PostgreSQL and RabbitMQ. The native one has methods that inject faults."""
        return choose(self.paths, self.ports, self.credentials, self.supervisor, self._caller)

    @property
    def environments(self) -> Environments:
        """What each process finds in its environment."""
        urls, settings = self.infrastructure.urls, self.options.settings
        return Environments(self.paths, self.ports, self.credentials, urls, self._caller, settings)

    @property
    def _composition(self) -> Composition:
        return Composition(self.environments, self.options.rows)

    @property
    def base_url(self) -> str:
        """Where the gateway listens."""
        return self.environments.base_url

    # -- up

    def up(self) -> None:
        """Bring everything up and wait until all of it is healthy. Changes nothing when that holds already."""
        with held(self.paths.lock):
            if self._is_current() and not self.problems():
                self.options.say("everything runs and is healthy")
                return
            self._prepare()
            self._migrate()
            self._start_services()
            self._write_info()
            self._fill()
            write_private(self._mark, self._digest)

    def prepare(self) -> None:
        """PostgreSQL, RabbitMQ and the databases with their roles, without any process of the CRM."""
        with held(self.paths.lock):
            self._prepare()

    def _prepare(self) -> None:
        say = self.options.say
        say(f"infrastructure: {self.infrastructure.kind}")
        if not self.infrastructure.urls.own_users:
            say("the broker's one user is used by every service: senders on the bus cannot be told apart")
        if not self.supervisor.is_running():
            self._sweep()
        self._settle_ports()
        write_private(self.paths.desired, "")
        self.infrastructure.ensure()
        say("databases and roles")
        create_databases(self.infrastructure.urls.postgres, self.credentials)
        self.paths.objects.mkdir(exist_ok=True)
        self.paths.logs.mkdir(exist_ok=True)

    def _settle_ports(self) -> None:
        """Choose ports; whatever of ours listens already keeps its own."""
        own = list(self.infrastructure.port_names)
        self.ports.settle(own, running=bool(own) and self.infrastructure.is_running())
        supervised = self.supervisor.states()
        for row in self.options.rows:
            self.ports.settle(ports_of(row), running=row.name in supervised)

    def _migrate(self) -> None:
        """Stop what runs older code, then bring every schema up to date and make the demo people."""
        parts, known = self._composition, self.supervisor.specifications()
        programs = [program for program in parts.programs() if program.name in known]
        changed = [program.name for program in programs if program.digest != known[program.name]["digest"]]
        if changed and self.supervisor.is_running():
            self.supervisor.stop(changed)
        names = parts.databases()
        self.options.say(f"migrations: {', '.join(names)}")
        jobs.run_all([parts.job(name, "migrate") for name in names], self.paths.logs)
        if "gateway" in names:
            jobs.run_all([parts.job("gateway", "seed-users")], self.paths.logs)

    def _start_services(self) -> None:
        programs = self._composition.programs()
        names = [program.name for program in programs]
        self.options.say(f"processes: {', '.join(names)}")
        self.supervisor.apply(programs)
        self.supervisor.start_processes(names)
        self.wait_healthy()

    def _fill(self) -> None:
        if self.options.demo_data and find_spec("stack.demo_data"):
            self.options.say("demo data")
            jobs.run_all([self._composition.demo_data()], self.paths.logs)

    # -- is it well?

    def problems(self) -> dict[str, str]:
        """Why each unhealthy process is so; empty when all is well, `/ready` of the gateway included."""
        states, found = self.supervisor.states(), {}
        specifications = self.supervisor.specifications()
        expected = {row.name for row in self.options.rows} | {"watchdog"} | set(specifications)
        for name in sorted(expected):
            if states.get(name, {}).get("statename") != RUNNING:
                found[name] = states.get(name, {}).get("statename", "not started").lower()
            elif problem := health.problem_of(specifications[name]["check"]):
                found[name] = problem
        if "gateway-http" in expected - set(found) and (problem := health.problem_at(f"{self.base_url}/ready")):
            found["gateway-http"] = problem
        return found

    def wait_healthy(self, seconds: float = HEALTHY_SECONDS) -> None:
        """Wait until every process is healthy; StackError with the last log lines of those that are not."""
        if not processes.wait_until(lambda: not self.problems(), seconds, pause=0.3):
            found = self.problems()
            raise StackError(
                f"not healthy after {seconds:.0f} s:\n"
                + "\n".join(f"{name}: {problem}\n{self.last_lines(name)}" for name, problem in found.items())
            )

    def last_lines(self, name: str, count: int = 15) -> str:
        """The end of a process's log."""
        return jobs.last_lines(self.paths.logs / f"{name}.log", count)

    def _is_current(self) -> bool:
        return self.paths.info.exists() and self._mark.exists() and self._mark.read_text() == self._digest

    @property
    def _digest(self) -> str:
        return " ".join(f"{program.name}={program.digest}" for program in self._composition.programs())

    @property
    def _mark(self) -> Path:
        return self.paths.state / "up"

    # -- down

    def down(self) -> None:
        """Stop everything this stack started and nothing else. Safe to call at any time."""
        with held(self.paths.lock):
            self.paths.desired.unlink(missing_ok=True)
            self._mark.unlink(missing_ok=True)
            if self.supervisor.is_running():
                infrastructure = {n for n, s in self.supervisor.specifications().items() if s["is_infrastructure"]}
                self.supervisor.stop(["watchdog"])
                self.supervisor.stop(set(self.supervisor.states()) - infrastructure)
            if self._was_started:
                self.infrastructure.stop()
            self.supervisor.shutdown()
            self.supervisor.forget_programs()
            self._sweep()
            self.paths.info.unlink(missing_ok=True)

    @property
    def _was_started(self) -> bool:
        return self.paths.ports.exists()

    def _sweep(self) -> None:
        """End what outlived its supervisor: PostgreSQL first in good order, then whatever carries our mark."""
        processes.end(self._left_of_postgres, signal.SIGINT, END_SECONDS)
        processes.end(self._left, signal.SIGTERM, END_SECONDS)
        if self.paths.socket.parent != self.paths.state:
            shutil.rmtree(self.paths.socket.parent, ignore_errors=True)
        shutil.rmtree(self.paths.pids, ignore_errors=True)

    def _left_of_postgres(self) -> list[ProcessId]:
        return processes.working_in(self.paths.postgres)

    def _left(self) -> list[ProcessId]:
        return [process for process in processes.marked(self.paths.state) if process.pid != os.getppid()]

    def reset(self) -> None:
        """`down`, and forget all data, secrets and chosen ports."""
        known = self._was_started
        self.down()
        if known:
            if self.infrastructure.kind == "environment":
                self.options.say("dropping the CRM's databases and roles; queues of the given broker stay")
            self.infrastructure.forget()
        for path in self.paths.state.iterdir() if self.paths.state.exists() else []:
            if path.name in OWN_FILES:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        for name in ("credentials", "ports", "infrastructure"):
            self.__dict__.pop(name, None)
        self.paths.__dict__.pop("instance", None)

    # -- one process

    def pid(self, name: str) -> int:
        """Pid of a running process, 0 when it has none; also of `supervisord`, `watchdog`, `postgres`, `rabbitmq`."""
        return self.supervisor.pid(name)

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> int:
        """Signal a running process; returns its pid."""
        pid = self.pid(name)
        if not pid:
            raise StackError(f"{name} does not run")
        os.kill(pid, number)
        return pid

    def stop_process(self, name: str) -> None:
        """Stop a process and leave it stopped."""
        self.supervisor.stop([name])

    def start_process(self, name: str) -> None:
        """Start a stopped process."""
        self.supervisor.start_processes([name])

    def restart(self, name: str, seconds: float = HEAL_SECONDS) -> None:
        """Stop a process in good order, start it, and wait until it is healthy."""
        self.stop_process(name)
        self.start_process(name)
        self.wait_process(name, seconds=seconds)

    def wait_process(self, name: str, other_than: int = 0, seconds: float = HEAL_SECONDS) -> int:
        """Wait until `name` runs under a pid other than the given one and is healthy; its pid."""

        def is_back() -> bool:
            return self.pid(name) not in (0, other_than) and name not in self.problems()

        if not processes.wait_until(is_back, seconds, pause=0.2):
            raise StackError(f"{name} is not back after {seconds:.0f} s\n{self.last_lines(name)}")
        return self.pid(name)

    # -- what others read

    @property
    def info(self) -> dict[str, Any]:
        """The content of stack.json, which programs outside drive the stack by."""
        data: dict[str, Any] = json.loads(self.paths.info.read_text())
        return data

    def _write_info(self) -> None:
        pids = pids_of(self.supervisor.states(), self.pid("supervisord"))
        write_private(self.paths.info, json.dumps(self._composition.description(pids), indent=2))
