"""Rounds, percentiles and load from a few threads."""

from __future__ import annotations

import http.client
import statistics
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson

from stack.driver import Crm, Person


def percentiles(seconds: list[float]) -> dict[str, float]:
    """p50, p95 and p99 in milliseconds."""
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return {f"p{each}_ms": round(cuts[each - 1] * 1000, 2) for each in (50, 95, 99)}


def pid(crm: Crm, service: str, process: str) -> int:
    """A process of the stack as it runs now: it may have been started anew since the stack was described."""
    command, database = f"services.{service}\0{process}\0", f"DATABASE_URL={crm.info['databases'][service]}\0"
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            found, environment = (folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()
        except OSError:
            continue
        if found.endswith(command.encode()) and database.encode() in environment + b"\0":
            return int(folder.name)
    raise LookupError(f"{service}-{process} does not run")


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


class Connection:
    """One open connection of somebody who is signed in, with as little of its own in each answer's time as may be."""

    def __init__(self, person: Person) -> None:
        address = urlsplit(person.base_url)
        self._path = address.path
        self._headers = {"Authorization": str(person.session.headers["Authorization"])}
        self._http = http.client.HTTPConnection(str(address.hostname), address.port, timeout=30)

    def get(self, path: str, query: Mapping[str, Any]) -> Any:
        """The JSON of an answer, which has to be 200."""
        self._http.request("GET", f"{self._path}{path}?{urlencode(query)}", headers=self._headers)
        answer = self._http.getresponse()
        content = answer.read()
        assert answer.status == 200, content[:500]
        return orjson.loads(content)
