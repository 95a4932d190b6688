"""supervisord: its configuration, its start, and its XML-RPC interface over a unix socket."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import xmlrpc.client
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from stack import processes
from stack.paths import ROOT, StatePaths, write_private
from stack.processes import MARKER, ProcessId
from stack.programs import Program

STOP_SECONDS = 30
CALL_SECONDS = 10.0
RUNNING, STOPPED = "RUNNING", ("STOPPED", "EXITED", "FATAL", "UNKNOWN")
FAULTS = (OSError, http.client.HTTPException, xmlrpc.client.Error)


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket's path in place of a host."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class UnixTransport(xmlrpc.client.Transport):
    """XML-RPC over a unix socket, a new connection for each call."""

    def __init__(self, path: str, timeout: float) -> None:
        super().__init__()
        self._path, self._timeout = path, timeout

    def make_connection(self, host: Any) -> http.client.HTTPConnection:
        """A connection to the socket; the host is not used."""
        return UnixConnection(self._path, self._timeout)

    def single_request(self, *arguments: Any, **options: Any) -> Any:
        """Call, and close whatever happened."""
        try:
            return super().single_request(*arguments, **options)
        finally:
            self.close()


class Supervisor:
    """The supervisord of one state folder. Process names are those of the table of programs."""

    def __init__(self, paths: StatePaths) -> None:
        self._paths = paths

    def call(self, method: str, *arguments: Any, timeout: float = CALL_SECONDS) -> Any:
        """One XML-RPC call in supervisor's namespace; raises one of FAULTS."""
        transport = UnixTransport(str(self._paths.socket), timeout)
        proxy = xmlrpc.client.ServerProxy("http://localhost", transport=transport)
        return getattr(proxy.supervisor, method)(*arguments)

    def is_running(self) -> bool:
        """True when it answers."""
        try:
            self.call("getState")
        except FAULTS:
            return False
        return True

    def states(self) -> dict[str, dict[str, Any]]:
        """supervisor's record of every process by name, empty when it does not run."""
        try:
            records = cast(list[dict[str, Any]], self.call("getAllProcessInfo"))
        except FAULTS:
            return {}
        return {record["name"]: record for record in records}

    def pid(self, name: str) -> int:
        """Pid of a running process, 0 when it has none; `supervisord` names supervisord itself."""
        if name == "supervisord":
            process = self.process()
            return process.pid if process else 0
        return int(self.states().get(name, {}).get("pid", 0))

    def process(self) -> ProcessId | None:
        """supervisord's own process, when it lives."""
        try:
            pid = int(self._paths.supervisor_pid.read_text())
        except (OSError, ValueError):
            return None
        command = processes.read_bytes(pid, "cmdline").decode(errors="replace")
        return processes.identify(pid) if str(self._paths.supervisor_config) in command else None

    def apply(self, programs: Iterable[Program]) -> None:
        """Run these programs beside those applied before; restart the ones that changed, leave the others alone."""
        self._write_specifications(programs)
        self._write_config()
        if not self.is_running():
            self.start()
            return
        added, changed, removed = self.call("reloadConfig")[0]
        self.stop([*changed, *removed])
        for name in [*changed, *removed]:
            self.call("removeProcessGroup", name)
        for name in [*added, *changed]:
            self.call("addProcessGroup", name)

    def start(self) -> None:
        """Start supervisord in the background with the configuration as it stands; RuntimeError when it fails."""
        self._paths.socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._paths.socket.unlink(missing_ok=True)
        command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(self._paths.supervisor_config)]
        environment = {**os.environ, MARKER: str(self._paths.state)}
        for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS"):
            environment.pop(name, None)
        answer = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=30, check=False
        )
        if answer.returncode or not processes.wait_until(self.is_running, 15):
            raise RuntimeError(f"supervisord did not start: {answer.stderr.strip() or answer.stdout.strip()}")

    def stop(self, names: Iterable[str]) -> None:
        """Stop processes at once and wait for all of them; those not running are left alone."""
        names = list(names)
        for name in names:
            self._quietly("stopProcess", name, False)
        if not processes.wait_until(lambda: self._are_stopped(names), STOP_SECONDS + 10, pause=0.1):
            raise RuntimeError(f"still running: {', '.join(name for name in names if not self._are_stopped([name]))}")

    def start_processes(self, names: Iterable[str]) -> None:
        """Start stopped processes without waiting for them."""
        for name in names:
            self._quietly("startProcess", name, False)

    def _quietly(self, method: str, name: str, wait: bool) -> None:
        try:
            self.call(method, name, wait)
        except xmlrpc.client.Fault as fault:
            if fault.faultCode not in (10, 60, 70):  # BAD_NAME, ALREADY_STARTED, NOT_RUNNING
                raise

    def _are_stopped(self, names: Iterable[str]) -> bool:
        states = self.states()
        return all(states.get(name, {}).get("statename", STOPPED[0]) in STOPPED for name in names)

    def shutdown(self) -> None:
        """End supervisord and with it every process; does nothing when it does not run."""
        process = self.process()
        with suppress(*FAULTS):
            self.call("shutdown")
        if process and not processes.wait_until(lambda: not processes.is_alive(process), STOP_SECONDS + 10):
            processes.send([process], signal.SIGKILL)
            processes.wait_until(lambda: not processes.is_alive(process), 5)

    def specifications(self) -> dict[str, dict[str, Any]]:
        """What was applied, by program name."""
        files = sorted(self._paths.programs.glob("*.json"))
        return {path.stem: json.loads(path.read_text()) for path in files}

    def forget_programs(self) -> None:
        """Drop all specifications: the next start begins with the infrastructure alone."""
        for path in self._paths.programs.glob("*.json"):
            path.unlink()

    def _write_specifications(self, programs: Iterable[Program]) -> None:
        for folder in (self._paths.programs, self._paths.pids, self._paths.logs):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for program in programs:
            text = json.dumps(program.specification(self._paths), indent=2)
            write_private(self._paths.programs / f"{program.name}.json", text)

    def _write_config(self) -> None:
        parts = [head(self._paths)]
        parts += [section(self._paths, name, spec) for name, spec in self.specifications().items()]
        write_private(self._paths.supervisor_config, "\n".join(parts))


def escape(value: str | Path) -> str:
    """A value in supervisor's configuration, where `%` starts an expansion and ` ;` a comment."""
    text = str(value).replace("%", "%%")
    if "\n" in text or " ;" in text:
        raise ValueError(f"supervisor cannot take this path: {text}")
    return text


def quote(value: str | Path) -> str:
    """One word of a command line in supervisor's configuration, which it splits like a POSIX shell."""
    return '"' + escape(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def head(paths: StatePaths) -> str:
    """The sections that configure supervisord itself."""
    user = "user=root\n" if os.geteuid() == 0 else ""
    return (
        f"[supervisord]\nlogfile={escape(paths.logs / 'supervisord.log')}\nlogfile_maxbytes=5MB\nlogfile_backups=1\n"
        f"pidfile={escape(paths.supervisor_pid)}\nchildlogdir={escape(paths.logs)}\ndirectory={escape(paths.state)}\n"
        f"umask=077\nminfds=4096\nidentifier=amo-crm\n{user}\n"
        f"[unix_http_server]\nfile={escape(paths.socket)}\nchmod=0600\n\n"
        "[rpcinterface:supervisor]\n"
        "supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\n"
    )


def section(paths: StatePaths, name: str, spec: dict[str, Any]) -> str:
    """One program. The digest on the command line makes supervisor notice a changed specification."""
    launcher: list[str | Path] = [
        sys.executable,
        "-I",
        "-S",
        ROOT / "stack" / "launch.py",
        paths.programs / f"{name}.json",
    ]
    command = " ".join([*(quote(word) for word in launcher), spec["digest"]])
    # This one setting is expanded twice.
    log = escape(escape(paths.logs / f"{name}.log"))
    return (
        f"[program:{name}]\ncommand={command}\nautostart=true\nautorestart=true\nstartsecs=1\nstartretries=1000000\n"
        f"stopsignal={spec['stop_signal']}\nstopwaitsecs={STOP_SECONDS}\nkillasgroup=true\n"
        f"redirect_stderr=true\nstdout_logfile={log}\n"
        f"stdout_logfile_maxbytes=10MB\nstdout_logfile_backups=1\n"
    )
