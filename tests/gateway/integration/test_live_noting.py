"""Hints as the worker writes them and the live process reads them, on a real database."""

from __future__ import annotations

import importlib
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from libs.common import row_access
from libs.common.identity import Actor
from libs.common.ids import new_id
from libs.common.problems import NotFound, Unavailable
from libs.common.worker import WorkerTable
from services.gateway import wiring
from services.gateway.live import noting
from services.gateway.live.reading import MANY, Reading, Undecided
from services.gateway.live.topics import Change
from tests.gateway.conftest import Services
from tests.support.delivering import deliver

WRITERS, EACH = 6, 40


@pytest.fixture
def reading(runtime: Any) -> Reading:
    return Reading(runtime, runtime.database)


@pytest.fixture
def table(runtime: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[WorkerTable]:
    """What the worker does, made on the runtime of this test."""
    name = "services.gateway.worker"
    monkeypatch.setattr(wiring, "runtime", lambda: runtime)
    sys.modules.pop(name, None)
    yield importlib.import_module(name).TABLE
    sys.modules.pop(name)


def note(runtime: Any, *rows: dict[str, Any]) -> None:
    with runtime.database.unit_of_work(runtime.own_context()) as uow:
        noting.note(uow, *rows)


def access(client_id: str, owner: str | None = None, **more: Any) -> dict[str, Any]:
    state = {"record_id": client_id, "owner_id": owner, "label": "x", "is_open": False, "closed": False, "version": 1}
    return state | {"readers": []} | more


def test_whoever_reads_after_a_number_misses_nothing_while_many_write(runtime: Any, reading: Reading) -> None:
    done = threading.Event()
    seen: list[int] = []

    def read() -> None:
        while True:
            finished = done.is_set()
            found = reading.after(seen[-1] if seen else 0)
            seen.extend(each.id for each in found)
            if finished and not found:
                return

    def write() -> None:
        for _ in range(EACH):
            note(runtime, {"topic": "deals"}, {"topic": "activity"})

    reader = threading.Thread(target=read)
    writers = [threading.Thread(target=write) for _ in range(WRITERS)]
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join(60)
    done.set()
    reader.join(60)
    with runtime.database.read() as session:
        there = list(session.execute(text("SELECT id FROM live_changes ORDER BY id")).scalars())
    assert len(there) == WRITERS * EACH * 2 and seen == there


def test_each_event_is_the_hint_it_should_be(runtime: Any, table: WorkerTable, reading: Reading) -> None:
    client, deal, activity, john = (new_id() for _ in range(4))
    of_deal = {"client_id": client, "deal_id": deal}
    deliver(runtime, table, "deal.created", stage="lead", **of_deal)
    event_id = new_id()
    for _repeat in range(2):
        deliver(runtime, table, "deal.won", event_id, stage="won", previous_stage="lead", **of_deal)
    deliver(runtime, table, "deal.reopened", stage="lead", previous_stage="won", **of_deal)
    deliver(runtime, table, "deal.reopened", stage="lead", previous_stage="lost", **of_deal)
    of_activity = {"client_id": client, "deal_id": None, "activity_id": activity}
    deliver(runtime, table, "activity.logged", type="note", **of_activity)
    deliver(runtime, table, "activity.changed", type="task", won=True, **of_activity)
    deliver(runtime, table, "activity.logged", type="note", brought=True, **of_activity)
    deliver(runtime, table, "people.notified", user_ids=[john])
    deliver(runtime, table, "client.created", client_id=client)
    deliver(runtime, table, "client.access_changed", **access(client, john))
    deliver(runtime, table, "clients.access_changed", accesses=[access(new_id(), john), access(new_id())])
    hint = {"client_id": client, "deal_id": deal}
    told = {"client_id": client, "subject_id": activity}
    expected = [
        Change(0, "deals", **hint),
        Change(0, "deals", won=True, **hint),
        Change(0, "deals", won=True, **hint),
        Change(0, "deals", **hint),
        Change(0, "activity", **told),
        Change(0, "activity", won=True, **told),
        Change(0, "task", won=True, **told),
        Change(0, "notification", user_ids=frozenset({john})),
        Change(0, "clients", client),
        Change(0, "clients", client),
        Change(0, "clients", user_ids=frozenset({john})),
    ]
    found = reading.after(0)
    assert [each.id for each in found] == sorted(each.id for each in found)
    assert [replace(each, id=0) for each in found] == expected


def test_a_transaction_that_fails_leaves_no_hint(runtime: Any, reading: Reading) -> None:
    with pytest.raises(ZeroDivisionError), runtime.database.unit_of_work(runtime.own_context()) as uow:
        noting.note(uow, {"topic": "deals"})
        _ = 1 / 0
    note(runtime, {"topic": "deals"})
    assert len(reading.after(0)) == 1
    # The number that was given and is gone makes no gap of what follows it.
    assert reading.missed(Actor(new_id(), "admin"), reading.after(0)[0].id - 1).whole


def test_what_is_old_is_forgotten_and_the_edge_of_it_known(runtime: Any, reading: Reading) -> None:
    for _ in range(5):
        note(runtime, {"topic": "deals"})
    numbers = [each.id for each in reading.after(0)]
    old = runtime.clock.now() - noting.KEPT - timedelta(minutes=1)
    with runtime.database.unit_of_work(runtime.own_context()) as uow:
        uow.session.execute(
            text("UPDATE live_changes SET created_at = :old WHERE id <= :last"), {"old": old, "last": numbers[2]}
        )
        noting.forget(uow, uow.now)
    assert [each.id for each in reading.after(0)] == numbers[2:]
    admin = Actor(new_id(), "admin")
    assert not reading.missed(admin, numbers[0]).whole
    assert [each.id for each in reading.missed(admin, numbers[1]).changes] == numbers[2:]
    assert reading.missed(admin, numbers[4]).whole and not reading.missed(admin, numbers[4] + 1).whole


def test_too_much_to_be_told_one_by_one_is_a_gap(runtime: Any, reading: Reading) -> None:
    note(runtime, *({"topic": "deals"} for _ in range(MANY + 1)))
    first = reading.after(0)[0].id
    admin = Actor(new_id(), "admin")
    assert not reading.missed(admin, first - 1).whole
    assert len(reading.missed(admin, first).changes) == MANY


def test_who_sees_a_client_is_found_for_all_at_once(runtime: Any, reading: Reading) -> None:
    john, jessica, max_ = new_id(), new_id(), new_id()
    mine, lent, ended, open_, hers = (new_id() for _ in range(5))
    now = runtime.clock.now()
    states = [
        access(mine, john),
        access(lent, jessica, readers=[{"user_id": john, "until": now + timedelta(hours=1)}]),
        access(ended, jessica, readers=[{"user_id": john, "until": now - timedelta(seconds=1)}]),
        access(open_, is_open=True),
        access(hers, jessica),
    ]
    with runtime.database.unit_of_work(runtime.own_context()) as uow:
        row_access.apply(uow.session, *map(row_access.AccessChanged.model_validate, states))
    changes = [Change(number, "deals", each) for number, each in enumerate((mine, lent, ended, open_, hers), 1)]
    found = reading.seeing(changes, {(john, "sales"), (jessica, "sales"), (max_, "admin")})
    assert found == {
        (mine, john), (lent, john), (open_, john), (open_, jessica), (lent, jessica), (ended, jessica), (hers, jessica)
    }  # fmt: skip


def test_a_client_that_is_not_known_is_asked_for_once(runtime: Any, reading: Reading, rpc: Services) -> None:
    client, john = new_id(), new_id()
    rpc.answers["clients.client_access"] = access(client, john)
    asked = [Change(1, "deals", client)]
    for _ in range(2):
        assert reading.seeing(asked, {(john, "sales")}) == {(client, john)}
    assert len(rpc.asked) == 1
    # Nobody is asked for those who see everything.
    assert reading.seeing([Change(1, "deals", new_id())], {(john, "admin")}) == set() and len(rpc.asked) == 1


def test_a_client_that_is_nowhere_is_for_nobody_and_silence_is_no_answer(
    runtime: Any, reading: Reading, rpc: Services
) -> None:
    asked, john = [Change(1, "deals", new_id())], {(new_id(), "sales")}
    rpc.answers["clients.client_access"] = NotFound("there is no such client")
    assert reading.seeing(asked, john) == set()
    rpc.answers["clients.client_access"] = Unavailable("clients is not running")
    with pytest.raises(Undecided):
        reading.seeing(asked, john)
