"""Starts one program for supervisord: `python -I -S launch.py <program>.json`.

Run as a script with the standard library only (it starts in 30 ms and twenty times). The JSON file holds `name`,
`argv`, `env`, `cwd`, and may hold `user`, `waits_for` (list of [host, port]), `data_folder` (no older process may
still work there), `death_signal` (sent by the kernel when supervisord dies). The program replaces the launcher, so
that its pid is the one supervisord knows.
"""

from __future__ import annotations

import ctypes
import json
import os
import pwd
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG = 1
LEFTOVER_SECONDS = 6.0
WAIT_SECONDS = 15.0


def main(path: str) -> None:
    """Prepare and become the program."""
    parent = os.getppid()
    program: dict[str, Any] = json.loads(Path(path).read_text())
    record = Path(program["record"])
    end_leftovers(record)
    if program.get("data_folder"):
        clear_data_folder(Path(program["data_folder"]))
    wait_for(program.get("waits_for", []))
    record.write_text(json.dumps({"pid": os.getpid(), "started": start_time(os.getpid())}))
    if program.get("user"):
        become(program["user"])
    os.chdir(program["cwd"])
    if program.get("death_signal"):
        # After the change of user, which clears it.
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.Signals["SIG" + program["death_signal"]]))
        if os.getppid() != parent:
            sys.exit(f"{program['name']}: supervisord died meanwhile")
    os.execvpe(program["argv"][0], program["argv"], program["env"])  # noqa: S606 - no shell is wanted


def start_time(pid: int) -> int:
    """Start of a process in clock ticks since boot, 0 when it is gone or a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return 0 if fields[0] in "ZX" else int(fields[19])


def end_leftovers(record: Path) -> None:
    """Children of the program's last run (gunicorn's workers, say) hold its ports: wait, then kill their group."""
    try:
        last = json.loads(record.read_text())
        group, started = int(last["pid"]), int(last["started"])
    except (OSError, ValueError, KeyError):
        return
    if start_time(group) not in (0, started):
        return  # the number was used again by a stranger

    def left() -> list[int]:
        return [pid for pid in all_pids() if group_of(pid) == group and start_time(pid)]

    wait_then_kill(left)


def clear_data_folder(folder: Path) -> None:
    """Wait for PostgreSQL's processes of a killed postmaster, kill what stays, and drop its stale pid file.

    Such backends end by themselves at their next wait; a new postmaster refuses to start while one is attached to
    the shared memory. Killing them is safe: memory is thrown away and the write-ahead log is replayed.
    """

    def left() -> list[int]:
        return [pid for pid in all_pids() if works_in(pid, folder)]

    wait_then_kill(left)
    if not left():
        (folder / "postmaster.pid").unlink(missing_ok=True)


def wait_then_kill(left: Callable[[], list[int]]) -> None:
    """Wait up to LEFTOVER_SECONDS until `left()` is empty, then kill what it names."""
    deadline = time.monotonic() + LEFTOVER_SECONDS
    while pids := left():
        if time.monotonic() > deadline:
            for pid in pids:
                try:
                    os.kill(pid, signal.SIGKILL)
                except OSError:
                    continue
        if time.monotonic() > deadline + 5:
            return
        time.sleep(0.1)


def all_pids() -> list[int]:
    """All processes but this one."""
    return [
        int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and int(entry.name) != os.getpid()
    ]


def group_of(pid: int) -> int:
    """Process group of a pid, 0 when it is gone."""
    try:
        return os.getpgid(pid)
    except OSError:
        return 0


def works_in(pid: int, folder: Path) -> bool:
    """True when the process's current folder is `folder`."""
    try:
        return Path(f"/proc/{pid}/cwd").readlink() == folder
    except OSError:
        return False


def wait_for(addresses: list[list[Any]]) -> None:
    """Wait until each [host, port] accepts a connection; after WAIT_SECONDS the program has to cope by itself."""
    deadline = time.monotonic() + WAIT_SECONDS
    for host, port in addresses:
        while time.monotonic() < deadline:
            try:
                socket.create_connection((host, port), timeout=2).close()
                break
            except OSError:
                time.sleep(0.2)


def become(user: str) -> None:
    """Give up root for `user`, its groups included."""
    entry = pwd.getpwnam(user)
    os.initgroups(user, entry.pw_gid)
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


if __name__ == "__main__":
    main(sys.argv[1])
