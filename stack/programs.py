"""The table of everything that runs, and the shape of one running program."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from stack.paths import ROOT, StatePaths

SERVICES = ("clients", "deals", "billing", "notifications", "ai")
DATABASES = (*SERVICES, "gateway")
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class HealthCheck:
    """How a program shows that it works: every URL answers 2xx, every loopback port accepts."""

    urls: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()


@dataclass(frozen=True)
class Program:
    """One process under supervisord. `digest` changes when it has to be started anew."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: Path = ROOT
    check: HealthCheck = HealthCheck()
    user: str | None = None
    waits_for: tuple[tuple[str, int], ...] = ()
    data_folder: Path | None = None
    death_signal: str | None = "TERM"
    stop_signal: str = "TERM"
    code: str = ""
    is_infrastructure: bool = False
    inherited: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Fingerprint of all that the process depends on, except what it inherits from the caller's shell."""
        parts = [self.argv, sorted(self.env.items()), str(self.cwd), self.user, self.waits_for, self.code]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]

    def specification(self, paths: StatePaths) -> dict[str, Any]:
        """What the launcher and the watchdog read."""
        return {
            "name": self.name,
            "argv": list(self.argv),
            "env": {**self.inherited, **self.env},
            "cwd": str(self.cwd),
            "user": self.user,
            "waits_for": [list(address) for address in self.waits_for],
            "data_folder": str(self.data_folder) if self.data_folder else None,
            "death_signal": self.death_signal,
            "stop_signal": self.stop_signal,
            "is_infrastructure": self.is_infrastructure,
            "digest": self.digest,
            "check": {"urls": list(self.check.urls), "ports": list(self.check.ports)},
            "record": str(paths.pids / f"{self.name}.json"),
        }


@dataclass(frozen=True)
class Row:
    """One line of the table: `python -m <module> <arguments>`, and whether it starts only once the broker accepts."""

    name: str
    module: str
    arguments: tuple[str, ...]
    needs_broker: bool = True

    @property
    def service(self) -> str:
        """Whose environment it gets: a service's name, `gateway` or `sandbox`."""
        return self.name.rpartition("-")[0] or self.name

    @property
    def argv(self) -> tuple[str, ...]:
        """The command, under the Python that runs this. Somebody waits for an answer and nobody for a worker: where
        both want the processor, the answer comes first."""
        yields = ("nice", "-n", "5") if self.arguments == ("worker",) else ()
        return (*yields, sys.executable, "-m", self.module, *self.arguments)


TABLE: tuple[Row, ...] = (
    *(Row(f"{name}-{kind}", f"services.{name}", (kind,)) for name in SERVICES for kind in ("rpc", "worker")),
    # Forms are accepted while the broker is down: the gateway does not wait for it.
    Row("gateway-http", "services.gateway", ("http",), needs_broker=False),
    Row("gateway-live", "services.gateway", ("live",), needs_broker=False),
    Row("gateway-worker", "services.gateway", ("worker",)),
    Row("sandbox", "sandbox", (), needs_broker=False),
)


def code_digest(root: Path = ROOT) -> str:
    """Fingerprint of everything the processes load: source, templates, migrations, the lock."""
    total = hashlib.sha256((root / "requirements.lock").read_bytes())
    for folder in ("libs", "sandbox", "services", "stack"):
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and path.suffix not in (".pyc", ".md") and "__pycache__" not in path.parts:
                total.update(f"{path.relative_to(root)}\0".encode() + path.read_bytes())
    return total.hexdigest()[:16]
