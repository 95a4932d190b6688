"""Open pages on one live process: how long from a commit to the page, how much memory, and whether a kill loses any."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import requests

from bench.measuring import percentiles, pid
from stack.driver import Crm, Person, wait_for

PEOPLE = ("admin", "sales")
STREAMS, CHANGES, KILLED_CHANGES = 1000, 100, 40
_PAUSE_SECONDS = 0.1
_AGAIN_SECONDS = 1.0


@dataclass
class Page:
    """One open page: what it was told and when, and the number it would come back from."""

    address: str
    cookie: str
    after: int
    came: dict[int, float] = field(default_factory=dict)
    gaps: int = 0

    async def stay(self) -> None:
        """Read the stream, and come back as browsers do when it ends."""
        parts = urlsplit(self.address)
        while True:
            try:
                reader, writer = await asyncio.open_connection(parts.hostname, parts.port, limit=2**16)
            except OSError:
                await asyncio.sleep(_AGAIN_SECONDS)
                continue
            try:
                writer.write(
                    f"GET /live/events HTTP/1.1\r\nHost: {parts.netloc}\r\nCookie: crm_session={self.cookie}\r\n"
                    f"Last-Event-ID: {self.after}\r\n\r\n".encode()
                )
                await self._read(reader)
            except (OSError, asyncio.IncompleteReadError):
                pass
            finally:
                writer.close()
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        event = ""
        while line := await reader.readline():
            if line.startswith(b"id: "):
                self.after = int(line[4:])
            elif line.startswith(b"event: "):
                event = line[7:].strip().decode()
            elif line.startswith(b"data: "):
                if event == "gap":
                    self.gaps += 1
                else:
                    self.came.setdefault(self.after, time.time())


class Pages:
    """Many open pages in one thread of their own."""

    def __init__(self, crm: Crm, count: int) -> None:
        after = newest(crm)
        cookies = [_cookie(crm, who) for who in PEOPLE]
        self.all = [Page(crm.info["live_url"], cookies[number % len(cookies)], after) for number in range(count)]
        self._loop = asyncio.new_event_loop()
        self._end: Callable[[], Any] = self._loop.stop
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        open_ = asyncio.gather(*(page.stay() for page in self.all))
        self._end = open_.cancel
        with contextlib.suppress(asyncio.CancelledError):
            self._loop.run_until_complete(open_)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._end)
        self._thread.join(10)

    def have(self, numbers: set[int]) -> bool:
        return all(numbers <= page.came.keys() for page in self.all)


def run(crm: Crm) -> Iterator[dict[str, Any]]:
    yield from measured(crm, STREAMS, CHANGES)


def measured(crm: Crm, streams: int, changes: int) -> Iterator[dict[str, Any]]:
    """The figures for so many pages and changes."""
    admin = crm.sign_in("admin")
    deal, client_id = _deal(crm, admin)
    pages = Pages(crm, streams)
    try:
        wait_for(lambda: _ready(crm).get("streams", 0) >= streams, "all pages are open")
        memory = _memory(crm)
        first = newest(crm)
        committed = _move(admin, deal, changes)
        numbers = _numbers(crm, first, client_id, changes)
        wait_for(lambda: pages.have(set(numbers)), "every page has every change")
        # Told in the order of the moves; each is timed from before it was sent, which is before its commit.
        deals = [number for number, topic in numbers.items() if topic == "deals"]
        times = [page.came[number] - at for number, at in zip(deals, committed, strict=True) for page in pages.all]
        figure = {"figure": f"commit to {streams} pages", "changes": changes}
        yield figure | percentiles(times) | {"max_ms": _ms(max(times))}
        yield {"figure": f"memory with {streams} pages", "mib": memory, "after_mib": _memory(crm)}
        yield _killed(crm, admin, deal, client_id, pages)
    finally:
        pages.close()


def _killed(crm: Crm, admin: Person, deal: str, client_id: str, pages: Pages) -> dict[str, Any]:
    first = newest(crm)
    _move(admin, deal, KILLED_CHANGES // 2)
    os.kill(pid(crm, "gateway", "live"), signal.SIGKILL)
    died = time.time()
    _move(admin, deal, KILLED_CHANGES // 2)
    numbers = set(_numbers(crm, first, client_id, KILLED_CHANGES))
    wait_for(lambda: pages.have(numbers), "every page caught up")
    caught_up = max(page.came[number] for page in pages.all for number in numbers)
    seconds = round(caught_up - died, 2)
    lost = sum(len(numbers - page.came.keys()) for page in pages.all)
    gaps = sum(page.gaps for page in pages.all)
    figure = {"figure": "killed, started anew, all caught up", "changes": KILLED_CHANGES, "pages": len(pages.all)}
    return figure | {"lost": lost, "gaps": gaps, "seconds_from_kill": seconds}


def _move(admin: Person, deal: str, count: int) -> list[float]:
    """Move the deal to and fro; when each move had not yet been committed."""
    stages, times = ("qualified", "lead"), []
    for number in range(count):
        times.append(time.time())
        admin.post(f"/deals/{deal}/stage", {"stage": stages[number % 2]})
        time.sleep(_PAUSE_SECONDS)
    return times


def _deal(crm: Crm, admin: Person) -> tuple[str, str]:
    owner = crm.sign_in("sales").user["id"]
    client_id = admin.post("/clients", {"company_name": f"Bench {time.time_ns()}", "owner_id": owner})["id"]
    return admin.post("/deals", {"client_id": client_id, "deal_name": "Live", "deal_value": 1})["id"], client_id


def _numbers(crm: Crm, first: int, client_id: str, moves: int) -> dict[int, str]:
    """The hints about the client since, when those of all moves are there, each with its topic."""
    asked = "SELECT id, topic FROM live_changes WHERE id > %s AND client_id = %s ORDER BY id"

    def found() -> dict[int, str] | None:
        rows = dict(_rows(crm, asked, first, client_id))
        return rows if sum(topic == "deals" for topic in rows.values()) >= moves else None

    return wait_for(found, "the hints are noted")


def newest(crm: Crm) -> int:
    """The number of the newest hint, when none has come for a while."""
    asked, last = "SELECT COALESCE(max(id), 0) FROM live_changes", -1
    while (now := int(_rows(crm, asked)[0][0])) != last:
        last = now
        time.sleep(0.5)
    return last


def _rows(crm: Crm, statement: str, *values: Any) -> list[Any]:
    with psycopg.connect(crm.info["databases"]["gateway"], autocommit=True) as connection:
        return connection.execute(statement.encode(), values).fetchall()


def _cookie(crm: Crm, who: str) -> str:
    session = requests.Session()
    session.post(f"{crm.info['base_url']}/login", data=crm.info["users"][who], timeout=30).raise_for_status()
    return str(session.cookies["crm_session"])


def _ready(crm: Crm) -> dict[str, Any]:
    found: dict[str, Any] = requests.get(f"{crm.info['live_url']}/ready", timeout=30).json()
    return found


def _memory(crm: Crm) -> float:
    """Its resident memory in MiB."""
    pages = int(Path(f"/proc/{pid(crm, 'gateway', 'live')}/statm").read_text().split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, 1)


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)
