"""supervisord's configuration, and the watchdog's judgement."""

from __future__ import annotations

import configparser
import itertools
import os
import shlex
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from stack import processes
from stack.paths import StatePaths
from stack.programs import HealthCheck, Program
from stack.supervisor import Supervisor, head, section
from stack.watchdog import FAILURES, FAILURES_AT_WORK, GRACE_SECONDS, Watchdog
from tests.support.waiting import eventually


def read(text: str) -> configparser.RawConfigParser:
    """Parse as supervisor does: `;` after a space starts a comment."""
    parser = configparser.RawConfigParser(inline_comment_prefixes=(" ;",))
    parser.read_string(text)
    return parser


@pytest.mark.parametrize("folder", ["plain", "with space", 'quote" and \\ slash', "50% off", "it's"])
def test_any_folder_name_survives_the_configuration(tmp_path: Path, folder: str) -> None:
    paths = StatePaths(tmp_path / folder)
    program = Program("billing-rpc", ("python", "-m", "x"), {"A": "1"})
    parser = read(head(paths) + section(paths, "billing-rpc", program.specification(paths)))
    command = parser["program:billing-rpc"]["command"] % {}
    assert shlex.split(command)[-2:] == [str(paths.programs / "billing-rpc.json"), program.digest]
    assert parser["supervisord"]["pidfile"] % {} == str(paths.supervisor_pid)
    assert parser["program:billing-rpc"]["stdout_logfile"] % {} % {} == str(paths.logs / "billing-rpc.log")


def test_a_path_that_supervisor_cannot_take_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot take this path"):
        head(StatePaths(tmp_path / "a ;b"))


def test_the_socket_moves_when_the_path_is_too_long_for_one(tmp_path: Path) -> None:
    near, far = StatePaths(Path("/tmp/x")), StatePaths(tmp_path / ("y" * 100))
    assert near.socket == Path("/tmp/x/supervisor.sock")
    assert len(str(far.socket)) < 80


def test_the_digest_follows_what_the_process_depends_on_and_nothing_else() -> None:
    program = Program("a", ("python",), {"A": "1"}, code="one", inherited={"PATH": "/bin"})
    assert Program("a", ("python",), {"A": "1"}, code="one", inherited={"PATH": "/other"}).digest == program.digest
    assert Program("a", ("python",), {"A": "1"}, code="two").digest != program.digest
    assert Program("a", ("python",), {"A": "2"}, code="one").digest != program.digest


class OneProcess(Supervisor):
    """A supervisor with one process, `deals-rpc`, whose check asks a closed port."""

    def __init__(self, paths: StatePaths, age: int) -> None:
        super().__init__(paths)
        self.age, self.calls = age, list[tuple[str, str]]()

    def states(self) -> dict[str, dict[str, Any]]:
        return {"deals-rpc": {"name": "deals-rpc", "statename": "RUNNING", "start": 1, "now": 1 + self.age, "pid": 0}}

    def specifications(self) -> dict[str, dict[str, Any]]:
        check = HealthCheck(ports=(1,))
        return {"deals-rpc": Program("deals-rpc", (), {}, check=check).specification(self._paths)}


@dataclass
class Recorder(Watchdog):
    """Notes whom it would end, in place of ending anybody."""

    broker: bool = True
    ended: list[str] = field(default_factory=list)

    def _end_soon(self, name: str, problem: str) -> None:
        self.ended.append(name)

    def _broker_answers(self, specifications: dict[str, dict[str, Any]]) -> bool:
        return self.broker


def watch(tmp_path: Path, age: int, broker: bool = True) -> Recorder:
    """A watchdog over a process that fails all its checks."""
    paths = StatePaths(tmp_path)
    watchdog = Recorder(paths, OneProcess(paths, age), parent=0, broker=broker)
    for _ in range(FAILURES):
        watchdog.look()
    return watchdog


def test_a_process_that_keeps_failing_is_ended(tmp_path: Path) -> None:
    assert watch(tmp_path, age=GRACE_SECONDS + 1).ended == ["deals-rpc"]


def test_a_process_that_is_still_starting_is_left_alone(tmp_path: Path) -> None:
    assert watch(tmp_path, age=1).ended == []


def test_who_works_and_has_no_thread_left_for_the_check_is_given_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spent = itertools.count()
    monkeypatch.setattr("stack.watchdog.problem_of", lambda _check: "http://127.0.0.1:1/health: timed out")
    monkeypatch.setattr("stack.processes.cpu_seconds", lambda _group: float(next(spent)))
    watchdog = watch(tmp_path, age=GRACE_SECONDS + 1)
    assert watchdog.ended == []
    for _ in range(FAILURES_AT_WORK - FAILURES):
        watchdog.look()
    assert watchdog.ended == ["deals-rpc"]
    monkeypatch.setattr("stack.processes.cpu_seconds", lambda _group: 7.0)
    assert watch(tmp_path, age=GRACE_SECONDS + 1).ended == ["deals-rpc"]


def test_the_time_of_a_server_is_that_of_its_workers_too() -> None:
    busy = "import os\nif not os.fork():\n    while True: pass\nwhile True: pass"
    server = subprocess.Popen([sys.executable, "-c", busy], start_new_session=True)
    try:
        began = time.monotonic()
        eventually(lambda: processes.cpu_seconds(server.pid) > 0.5, 30)
        # Two that work, each for no longer than the clock says.
        assert processes.cpu_seconds(server.pid) <= 2 * (time.monotonic() - began) + 1
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
    # The worker of a killed server is nobody's until the system takes it away.
    assert eventually(lambda: processes.cpu_seconds(server.pid) == 0.0, 30)


def test_nobody_is_restarted_while_the_broker_is_down(tmp_path: Path) -> None:
    assert watch(tmp_path, age=GRACE_SECONDS + 1, broker=False).ended == []
