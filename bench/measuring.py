"""Rounds, percentiles and load from a few threads."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable
from typing import Any


def percentiles(seconds: list[float]) -> dict[str, float]:
    """p50, p95 and p99 in milliseconds."""
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return {f"p{each}_ms": round(cuts[each - 1] * 1000, 2) for each in (50, 95, 99)}


def load(make: Callable[[], Callable[[], Any]], threads: int, seconds: float) -> dict[str, Any]:
    """Call from several threads for a while, each with what ``make`` gave it: requests a second, p50, p95, p99."""
    times: list[float] = []
    lock = threading.Lock()
    end = time.perf_counter() + seconds

    def work() -> None:
        call, mine = make(), []
        while (started := time.perf_counter()) < end:
            call()
            mine.append(time.perf_counter() - started)
        with lock:
            times.extend(mine)

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return {"per_second": round(len(times) / seconds, 1)} | percentiles(times)
