"""Deals are won while everything around them dies; what follows from each happens exactly once."""

from __future__ import annotations

import secrets
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests

from stack.application import Stack
from stack.driver import Crm, Person, Refused
from tests.e2e.conftest import FULL
from tests.support.waiting import eventually

DEALS = 300 if FULL else 100
WORKERS = ("clients", "deals", "billing", "notifications", "ai", "gateway")
VALUE = 1234.5


@dataclass
class Faults:
    """Kills one thing after the other, and keeps what it really did."""

    stack: Stack
    fired: list[str] = field(default_factory=list)

    def run(self) -> None:
        native: Any = self.stack.infrastructure
        for round_ in (1, 2):
            self._gone("rabbitmq", native.kill_rabbitmq())
            for service in WORKERS:
                self._gone(f"{service}-worker", self.stack.kill(f"{service}-worker"))
            native.wait_for_rabbitmq()
            if round_ == 1:
                self._gone("postgres", native.restart_postgres_immediately())

    def _gone(self, name: str, pid: int) -> None:
        """The process that had this pid is dead, and another took its place."""

        def replaced() -> bool:
            now = self.stack.pid(name)
            return now not in (0, pid) and is_dead(pid)

        eventually(replaced, 60)
        self.fired.append(name)


def is_dead(pid: int) -> bool:
    """Whether no process of this pid runs; one that waits to be reaped counts as dead."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def insist(person: Person, path: str, body: Any, key: str) -> Any:
    """Send a write with its key until it is answered, as a careful client does."""

    def sent() -> Any:
        try:
            return person.post(path, body, key)
        except Refused as refused:
            assert refused.status in (500, 502, 503, 504), refused
            raise ConnectionError from refused
        except requests.RequestException as error:
            raise ConnectionError from error

    return eventually(sent, 120, pause=0.3)


def test_deals_won_while_everything_dies(crm: Crm, people: dict[str, Any], running_stack: Stack) -> None:
    if running_stack.infrastructure.kind != "native":
        pytest.skip("only servers that the tests themselves run may be killed")
    rep, mark = people["sales"], secrets.token_hex(3)

    def prepare(number: int) -> str:
        client = insist(rep, "/clients", {"company_name": f"Fault {mark} {number}"}, f"c-{mark}-{number}")
        deal = {"deal_name": f"Fault {mark} {number}", "client_id": client["id"], "deal_value": VALUE}
        return insist(rep, "/deals", deal, f"d-{mark}-{number}")["id"]

    with ThreadPoolExecutor(4) as pool:
        deals = list(pool.map(prepare, range(DEALS)))

    faults = Faults(running_stack)
    killer = threading.Thread(target=faults.run)
    killer.start()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda each: insist(rep, f"/deals/{each}/stage", {"stage": "won"}, f"won-{each}"), deals))
    killer.join(180)
    assert not killer.is_alive()
    assert sorted(faults.fired) == sorted(["rabbitmq", *(f"{name}-worker" for name in WORKERS)] * 2 + ["postgres"])

    eventually(lambda: all_settled(crm, mark), 60, pause=0.5)
    running_stack.wait_healthy()
    eventually(lambda: outboxes_empty(crm), 60, pause=0.5)
    assert people["admin"].get("/dead-letters")["total"] == 0
    # Nothing comes late either: the counts still hold when all queues are empty.
    assert all_settled(crm, mark)


def all_settled(crm: Crm, mark: str) -> bool:
    like = f"Fault {mark}%"
    drafts = one(
        crm, "billing", "SELECT count(*), count(DISTINCT deal_id), min(amount_minor), max(amount_minor) FROM invoices"
        " WHERE status = 'draft' AND company_name LIKE %s", like,
    )  # fmt: skip
    assert drafts == (DEALS, DEALS, 123450, 123450), f"drafts {drafts}"
    values = one(
        crm, "clients", "SELECT count(*), min(lifetime_value_minor), max(lifetime_value_minor) FROM clients"
        " WHERE company_name LIKE %s", like,
    )  # fmt: skip
    assert values == (DEALS, 123450, 123450), f"lifetime values {values}"
    mails = one(
        crm, "notifications", "SELECT count(*), count(*) FILTER (WHERE status = 'sent') FROM emails"
        " WHERE kind = 'deal_won' AND (subject LIKE %s OR refs::text LIKE %s)", f"%{mark}%", f"%{mark}%",
    )  # fmt: skip
    assert mails == (DEALS, DEALS), f"congratulations by mail {mails}"
    seen = one(
        crm, "notifications", "SELECT count(*) FROM notifications WHERE kind = 'deal_won' AND user_id = %s"
        " AND (title LIKE %s OR message LIKE %s)", crm.sign_in("sales").user["id"], f"%{mark}%", f"%{mark}%",
    )  # fmt: skip
    assert seen == (DEALS,), f"congratulations in the app {seen}"
    return True


def outboxes_empty(crm: Crm) -> bool:
    unsent = {name: one(crm, name, "SELECT count(*) FROM outbox WHERE sent_at IS NULL")[0] for name in WORKERS}
    assert not any(unsent.values()), unsent
    return True


def one(crm: Crm, service: str, query: str, *arguments: Any) -> tuple[Any, ...]:
    try:
        with psycopg.connect(crm.info["databases"][service]) as database:
            row = database.execute(query, arguments).fetchone()
    except psycopg.OperationalError as error:
        raise ConnectionError from error
    assert row is not None
    return row
