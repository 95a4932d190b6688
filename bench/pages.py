"""Time to the first byte of pages at 100,000 clients, as an admin and as a sales rep who has 500 of them."""

from __future__ import annotations

import os
import re
import statistics
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import requests

from bench import filling
from stack.driver import Crm

TIMES = 100
_SECONDS = 30.0


@dataclass(frozen=True)
class Visit:
    """One page: its name, its address, and whether a script of ours asks for a part of it."""

    name: str
    path: str
    part: bool = False


@dataclass(frozen=True)
class Seen:
    """One answer: seconds until its headers were here, its RPC calls and milliseconds spent on them, its size."""

    seconds: float
    calls: int
    rpc_ms: float
    size: int


def run(crm: Crm) -> Iterator[dict[str, Any]]:
    filling.fill(crm)
    yield {"figure": "machine", "cpus": os.cpu_count(), "load": round(os.getloadavg()[0], 1)}
    for who in ("admin", "sales"):
        browser = _sign_in(crm, who)
        for visit in _visits(browser, crm):
            for _ in range(3):  # what a process keeps, it has after its first page
                _look(browser, crm, visit)
            for at_once in (1, 4):
                seen = _many(lambda visit=visit, browser=browser: _look(browser, crm, visit), at_once)  # type: ignore[misc]  # mypy cannot type a lambda with defaults
                yield {"figure": visit.name, "as": who, "at_once": at_once, **_figures(seen)}


def _sign_in(crm: Crm, who: str) -> dict[str, str]:
    """The cookies of somebody who sent the log-in form."""
    account = crm.info["users"][who]
    form = {"email": account["email"], "password": account["password"], "next": "/"}
    base = crm.info["base_url"]
    answer = requests.post(
        f"{base}/login", data=form, headers={"Origin": base}, timeout=_SECONDS, allow_redirects=False
    )
    assert answer.status_code == 303, answer.text[:300]
    return answer.cookies.get_dict()


def _visits(browser: dict[str, str], crm: Crm) -> list[Visit]:
    return [
        Visit("clients", "/clients"),
        Visit("clients by status", "/clients?status=inactive"),
        Visit("clients by tag", "/clients?tag=vip"),
        Visit("clients searched", "/clients?q=granite+rob"),
        Visit("clients by value", "/clients?sort=-lifetime_value"),
        Visit("clients page 20", _page_20(browser, crm), part=True),
        Visit("deals", "/deals"),
        Visit("board", "/deals/board"),
        Visit("invoices", "/invoices"),
        Visit("home", "/"),
        Visit("client", f"/clients/{filling.REPS_CLIENT}"),
        Visit("deal", f"/deals/{filling.REPS_DEAL}"),
        Visit("search", "/search?q=granite", part=True),
    ]


def _page_20(browser: dict[str, str], crm: Crm) -> str:
    """Where the twentieth page is, found as a reader finds it: by going to the end nineteen times."""
    path = "/clients"
    for _ in range(19):
        text = _get(requests.Session(), browser, crm, Visit("", path, part="cursor" in path)).text
        found = re.search(r'hx-get="([^"]*cursor=[^"]*)"', text)
        assert found, f"{path} has no next page"
        path = found.group(1).replace("&amp;", "&")
    return path


def _many(look: Callable[[], Seen], at_once: int) -> list[Seen]:
    """A hundred visits by so many readers."""
    seen: list[Seen] = []
    faults: list[BaseException] = []
    turns, lock = count(), threading.Lock()

    def read() -> None:
        try:
            while next(turns) < TIMES:
                found = look()
                with lock:
                    seen.append(found)
        except BaseException as fault:
            faults.append(fault)

    readers = [threading.Thread(target=read) for _ in range(at_once)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    if faults:
        raise faults[0]
    return seen


_sessions = threading.local()


def _look(browser: dict[str, str], crm: Crm, visit: Visit) -> Seen:
    """One visit over a connection that stays open; a page with a part missing does not count."""
    if not hasattr(_sessions, "mine"):
        _sessions.mine = requests.Session()
    answer = _get(_sessions.mine, browser, crm, visit)
    assert "plug-connected-x" not in answer.text, f"{visit.path}: a part is missing"
    timing = re.search(r'rpc;desc="(\d+)";dur=([\d.]+)', answer.headers["Server-Timing"])
    assert timing
    return Seen(answer.elapsed.total_seconds(), int(timing[1]), float(timing[2]), len(answer.content))


def _get(session: requests.Session, browser: dict[str, str], crm: Crm, visit: Visit) -> requests.Response:
    headers = {"Accept": "text/html", "Accept-Encoding": "gzip"} | ({"HX-Request": "true"} if visit.part else {})
    session.cookies.clear()
    answer = session.get(
        crm.info["base_url"] + visit.path, headers=headers, cookies=browser, timeout=_SECONDS, allow_redirects=False
    )
    assert answer.status_code == 200, f"{visit.path}: {answer.status_code}"
    return answer


def _figures(seen: list[Seen]) -> dict[str, Any]:
    cuts = statistics.quantiles([each.seconds * 1000 for each in seen], n=100, method="inclusive")
    middle = statistics.median(each.rpc_ms for each in seen)
    calls = max(each.calls for each in seen)
    return {
        "p50_ms": round(cuts[49], 1), "p95_ms": round(cuts[94], 1), "rpc_calls": calls, "rpc_p50_ms": round(middle, 1),
        "bytes": int(statistics.median(each.size for each in seen)),
    }  # fmt: skip
