"""Where one stack keeps what it writes. Everything hangs on the state folder, so that two stacks never meet."""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SYSTEM_DATA = Path("/var/lib/amo-crm")
# Linux allows 107 bytes in a socket's path, and supervisor binds a sibling with its pid appended first.
SOCKET_PATH_LIMIT = 90
# What `reset` removes from a state folder.
OWN_FILES = frozenset(
    """
    desired infrastructure instance log metrics objects pids ports.json postgres programs rabbitmq sandbox secrets.json
    stack.json supervisor.sock supervisord.conf supervisord.pid up
    """.split()
)


@dataclass(frozen=True)
class StatePaths:
    """The layout of one state folder (an absolute path)."""

    state: Path

    @classmethod
    def choose(cls, environment: Mapping[str, str] = os.environ) -> StatePaths:
        """The folder named by CRM_STATE_DIR (relative to the checkout), else `var` in the checkout."""
        return cls((ROOT / (environment.get("CRM_STATE_DIR") or "var")).resolve())

    @property
    def is_default(self) -> bool:
        """True for the checkout's own `var`."""
        return self.state == ROOT / "var"

    @cached_property
    def instance(self) -> str:
        """Random name, made once: a checkout deleted and made again at the same place is another stack."""
        self.state.mkdir(parents=True, exist_ok=True)
        path = self.state / "instance"
        if not path.exists():
            write_private(path, secrets.token_hex(5))
        return path.read_text().strip()

    @property
    def key(self) -> str:
        """Short number of the folder's path: spreads port choices."""
        return hashlib.sha256(str(self.state).encode()).hexdigest()[:8]

    @property
    def logs(self) -> Path:
        return self.state / "log"

    @property
    def programs(self) -> Path:
        """One JSON file per program: what the launcher starts."""
        return self.state / "programs"

    @property
    def pids(self) -> Path:
        """One JSON file per started program: its pid and start time."""
        return self.state / "pids"

    @property
    def rabbitmq(self) -> Path:
        return self.state / "rabbitmq"

    @property
    def objects(self) -> Path:
        return self.state / "objects"

    @property
    def metrics(self) -> Path:
        """Where the gateway's HTTP workers count together."""
        return self.state / "metrics"

    @property
    def secrets(self) -> Path:
        return self.state / "secrets.json"

    @property
    def ports(self) -> Path:
        return self.state / "ports.json"

    @property
    def info(self) -> Path:
        return self.state / "stack.json"

    @property
    def desired(self) -> Path:
        """Present while the stack is meant to run: the watchdog revives nothing without it."""
        return self.state / "desired"

    @property
    def lock(self) -> Path:
        return self.state / "lock"

    @property
    def supervisor_config(self) -> Path:
        return self.state / "supervisord.conf"

    @property
    def supervisor_pid(self) -> Path:
        return self.state / "supervisord.pid"

    @property
    def socket(self) -> Path:
        """supervisord's control socket, in a short temporary folder when the state folder's path is too long."""
        path = self.state / "supervisor.sock"
        if len(os.fsencode(path)) <= SOCKET_PATH_LIMIT:
            return path
        return Path(tempfile.gettempdir()) / f"amo-crm-{self.instance}" / "s.sock"

    @property
    def postgres(self) -> Path:
        """PostgreSQL's data: as root in a folder that user `postgres` can reach, whatever the checkout's mode is."""
        if os.geteuid() == 0:
            return SYSTEM_DATA / self.instance / "postgres"
        return self.state / "postgres"


def write_private(path: Path, text: str) -> None:
    """Write a file atomically, readable by its owner only."""
    draft = path.with_name(path.name + ".draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(path)
