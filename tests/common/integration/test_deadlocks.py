"""Two commands that wait for each other: the database gives one up, and it is run again."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text

from libs.common.audit.plan import AuditPlan
from libs.common.database import UnitOfWork
from libs.common.rpc.server import RpcService, method
from tests.support.calling import Caller

pytestmark = pytest.mark.infrastructure

_MORE = text("UPDATE stock SET copies = copies + 1 WHERE title = :title")


class Both:
    """Adds a copy of each title, in the order given; the first run of each command waits until both hold one."""

    def __init__(self, meetings: int) -> None:
        self.barrier, self.runs = threading.Barrier(2), 0
        self._meetings = meetings

    def restock(self, uow: UnitOfWork, titles: list[str]) -> list[str]:
        self.runs += 1
        uow.session.execute(_MORE, {"title": titles[0]})
        if self.runs <= self._meetings:
            self.barrier.wait(10)
        uow.session.execute(_MORE, {"title": titles[1]})
        return titles


def service_of(both: Both) -> type[RpcService]:
    class ShopRpc(RpcService):
        name = "bookshop"
        permissions = {"stock.write": frozenset({"system"})}  # noqa: RUF012  (as every service declares it)
        errors = {}  # noqa: RUF012  (as above)
        audit = AuditPlan("bookshop", watched={})

        @method("stock.write")
        def restock(self, titles: list[str]) -> list[str]:
            return self.execute(both.restock, titles=titles)

    return ShopRpc


def test_the_one_that_was_given_up_is_run_again(shop: Any, rows: Any) -> None:
    with shop.database.engine.begin() as connection:
        connection.execute(text("INSERT INTO stock VALUES ('Emma', 0), ('Persuasion', 0)"))
    both = Both(meetings=2)
    caller = Caller(service_of(both), shop)
    with ThreadPoolExecutor(2) as pool:
        orders = (["Emma", "Persuasion"], ["Persuasion", "Emma"])
        answers = [each.result(30) for each in [pool.submit(caller.restock, titles=order) for order in orders]]
    assert sorted(answers) == sorted(orders)
    assert both.runs == 3
    assert {row.title: row.copies for row in rows("SELECT * FROM stock")} == {"Emma": 2, "Persuasion": 2}
