"""Tasks that run once and end: migrations, demo people, demo data."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from stack.paths import ROOT

AT_ONCE = 2
LIMIT_SECONDS = 600
DEFAULT_PORTS = {"postgresql": 5432, "postgres": 5432, "amqp": 5672, "amqps": 5671}


class JobFailed(Exception):
    """A task did not end with 0; the text has its last lines."""


@dataclass(frozen=True)
class Job:
    """One task; its output goes to `<name>.log`."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]


def run_all(tasks: Sequence[Job], logs: Path) -> None:
    """Run tasks, two at a time; JobFailed names the first that failed."""
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        list(pool.map(lambda job: run(job, logs), tasks))


def run(job: Job, logs: Path) -> None:
    """Run one task to its end."""
    path = logs / f"{job.name.replace(' ', '-')}.log"
    with path.open("w") as log:
        try:
            code = subprocess.run(
                job.argv,
                cwd=ROOT,
                env=dict(job.env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                timeout=LIMIT_SECONDS,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired as error:
            raise JobFailed(f"{job.name} did not end within {LIMIT_SECONDS} s\n{last_lines(path)}") from error
    if code:
        raise JobFailed(f"{job.name} failed (exit {code}):\n{last_lines(path)}")


def last_lines(path: Path, count: int = 20) -> str:
    """The end of a log, indented; empty when there is none."""
    lines = path.read_text(errors="replace").splitlines() if path.exists() else []
    return "\n".join(f"    {line}" for line in lines[-count:])


def address_of(url: str) -> tuple[str, int]:
    """Host and port that a database or broker URL names."""
    parts = urlsplit(url)
    return parts.hostname or "127.0.0.1", parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
