"""Processes of this machine as /proc shows them: which are ours, are they alive, end them and nothing else."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

# Set in the environment of everything a stack starts; its value is the state folder.
MARKER = "AMO_CRM_STACK"


@dataclass(frozen=True)
class ProcessId:
    """A pid with its start time (clock ticks since boot), so that a pid used again is not mistaken for the old one."""

    pid: int
    started: int


def identify(pid: int) -> ProcessId | None:
    """The living process with this pid, or None; a zombie is dead."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else ProcessId(pid, int(fields[19]))


def cpu_seconds(group: int) -> float:
    """Processor time that a process group has used so far: a server's and that of its workers."""
    spent = 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        fields = read_bytes(int(entry.name), "stat").rpartition(b")")[2].split()
        if len(fields) > 14 and fields[0] not in (b"Z", b"X") and int(fields[2]) == group:
            spent += int(fields[11]) + int(fields[12])
    return spent / os.sysconf("SC_CLK_TCK")


def is_alive(process: ProcessId) -> bool:
    """True while this very process lives."""
    return identify(process.pid) == process


def recorded(folder: Path) -> dict[str, ProcessId]:
    """Programs that the launcher started and that still live, by name."""
    found: dict[str, ProcessId] = {}
    for path in folder.glob("*.json"):
        try:
            process = ProcessId(**json.loads(path.read_text()))
        except (OSError, ValueError, TypeError):
            continue
        if is_alive(process):
            found[path.stem] = process
    return found


def marked(state: Path) -> list[ProcessId]:
    """Every living process that carries this stack's mark in its environment, whoever its parent is by now."""
    mark = f"{MARKER}={state}".encode()
    return [process for process in living() if mark in read_bytes(process.pid, "environ").split(b"\0")]


def working_in(folder: Path) -> list[ProcessId]:
    """Every living process whose current folder is `folder` (PostgreSQL's processes sit in their data folder)."""
    return [process for process in living() if link_of(process.pid, "cwd") == str(folder)]


def living() -> list[ProcessId]:
    """All processes but this one."""
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [process for pid in pids if pid != os.getpid() and (process := identify(pid))]


def read_bytes(pid: int, name: str) -> bytes:
    """A file below /proc/<pid>, empty when the process is gone or another user's."""
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:
        return b""


def link_of(pid: int, name: str) -> str:
    """Target of a link below /proc/<pid>, empty when the process is gone or another user's."""
    try:
        return str(Path(f"/proc/{pid}/{name}").readlink())
    except OSError:
        return ""


def send(processes: Iterable[ProcessId], number: signal.Signals) -> None:
    """Send a signal to those that still live."""
    for process in processes:
        if is_alive(process):
            try:
                os.kill(process.pid, number)
            except ProcessLookupError:
                continue


def end(find: Callable[[], list[ProcessId]], polite: signal.Signals, patience: float) -> None:
    """Signal what `find` finds, wait up to `patience` seconds until it finds nothing, then kill the rest."""
    send(find(), polite)
    if not wait_until(lambda: not find(), patience):
        send(find(), signal.SIGKILL)
        wait_until(lambda: not find(), 5)


def wait_until(holds: Callable[[], bool], seconds: float, pause: float = 0.05) -> bool:
    """Poll until `holds()` or the time is over; the last answer."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True
