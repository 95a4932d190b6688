"""An import of 100,000 rows with two faults in a hundred, as a person does it: how fast, and with how much memory.

Then the same once more with other companies, its worker killed twice on the way: nothing lost, nothing twice.
"""

from __future__ import annotations

import io
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.measuring import pid
from stack.driver import Crm, Person, wait_for

ROWS = int(os.environ.get("CRM_BENCH_ROWS", "100000"))
# Seconds from one look at the progress to the next, as its page looks.
PAUSE = 1.0
# People of one company, and every which row has a fault.
PER_COMPANY, FAULTY = 5, 50
# How far it is, in a hundred, when its worker is killed.
KILLED_AT = (25, 60)
_HEAD = "Company name,Industry,City,Country,First name,Last name,Email,Phone,Title\n"


def run(crm: Crm) -> Iterator[dict[str, Any]]:
    """Rows a second from the end of the upload to the last row that is in, and the worker's largest memory."""
    admin = crm.sign_in("admin")
    worker = int(crm.info["processes"]["clients-worker"])
    before = _memory(worker)
    made = admin.upload("/imports", "people.csv", _file().encode())["id"]
    begun = time.perf_counter()
    ready = _until(admin, made, "ready")
    checked = time.perf_counter()
    assert ready["bad"] == ROWS // FAULTY, ready["bad"]
    admin.post(f"/imports/{made}/commit", {"only_good": True})
    done = _until(admin, made, "done")
    ended = time.perf_counter()
    good = ROWS - ready["bad"]
    assert done["states"] == {"created": good, "bad": ready["bad"]}, done["states"]
    yield {"figure": "rows read and checked a second", "value": round(ROWS / (checked - begun))}
    yield {"figure": "rows committed a second", "value": round(good / (ended - checked))}
    yield {"figure": "rows a second in all", "value": round(ROWS / (ended - begun)), "wanted": 2000, "rows": ROWS}
    yield {"figure": "memory of the worker before, MB", "value": before}
    yield {"figure": "largest memory of the worker, MB", "value": _memory(worker, "VmHWM")}
    yield _killed(crm, admin)


def _killed(crm: Crm, admin: Person) -> dict[str, Any]:
    made = admin.upload("/imports", "others.csv", _file("Other").encode())["id"]
    bad = _until(admin, made, "ready")["bad"]
    begun, killed = time.perf_counter(), list[int]()
    admin.post(f"/imports/{made}/commit", {"only_good": True})
    while (found := admin.get(f"/imports/{made}"))["state"] == "committing":
        if len(killed) < len(KILLED_AT) and found["progress"]["percent"] >= KILLED_AT[len(killed)]:
            killed.append(pid(crm, "clients", "worker"))
            os.kill(killed[-1], signal.SIGKILL)
        time.sleep(PAUSE)
    companies = admin.get("/clients", q='"other"', limit=1)["total"]
    listed = admin.get(f"/imports/{made}/rows", state="bad", limit=1)["total"]
    figure = {"figure": "killed on the way", "times": len(set(killed)), "rows": ROWS, "states": found["states"]}
    once = {"created": ROWS - bad} | ({"bad": bad} if bad else {})
    right = found["states"] == once and companies == -(-ROWS // PER_COMPANY) and listed == bad == ROWS // FAULTY
    seconds = round(time.perf_counter() - begun, 1)
    return figure | {"companies": companies, "bad_listed": listed, "each_once": right, "seconds": seconds}


def _file(name: str = "Firm") -> str:
    text = io.StringIO()
    text.write(_HEAD)
    for number in range(ROWS):
        company = number // PER_COMPANY
        address = "nobody at all" if number % FAULTY == 7 else f"p{number}@{name.lower()}{company}.example"
        text.write(
            f"{name} {company} Ltd,Retail,Town {company % 300},US,Given{number % 1999},Family{number},{address},"
            f"+1 212 555 {number % 10000:04d},Buyer\n"
        )
    return text.getvalue()


def _until(admin: Person, import_id: str, state: str) -> dict[str, Any]:
    def reached() -> dict[str, Any] | None:
        found: dict[str, Any] = admin.get(f"/imports/{import_id}")
        assert found["state"] != "failed", found["problem"]
        return found if found["state"] == state else None

    return wait_for(reached, f"an import that is {state}", 3600, pause=PAUSE)


def _memory(pid: int, name: str = "VmRSS") -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return round(int(next(line for line in lines if line.startswith(name)).split()[1]) / 1024, 1)
