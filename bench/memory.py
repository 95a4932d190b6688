"""Resident memory of every process of the stack."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stack.driver import Crm


def run(crm: Crm) -> Iterator[dict[str, Any]]:
    total = 0.0
    for name, pid in sorted(crm.info["processes"].items()):
        megabytes = sum(_resident(each) for each in _family(pid))
        total += megabytes
        yield {"figure": name, "resident_mb": round(megabytes, 1)}
    yield {"figure": "all", "resident_mb": round(total, 1)}


def _family(pid: int) -> list[int]:
    """A process and its children."""
    children = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        children += [int(child) for child in task.read_text().split()]
    return [pid, *(each for child in children for each in _family(child))]


def _resident(pid: int) -> float:
    """Megabytes that no other process shares in full: PSS where the kernel tells it, else RSS."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
