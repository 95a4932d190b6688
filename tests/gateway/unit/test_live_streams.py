"""Who is told of what, in which order, and what a slow reader gets; the database is a list in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest

from libs.common.identity import Actor
from libs.common.rights import PEOPLE, RIGHTS
from services.gateway.live.reading import MANY, Missed, Undecided
from services.gateway.live.streams import ROOM, Hub, Stream, frame
from services.gateway.live.topics import TOPICS, Change

JOHN, ANA, MAX = Actor("john", "sales"), Actor("ana", "admin"), Actor("max", "manager")


@dataclass
class Table:
    """What the hub reads from, as far as a test fills it. undecided: who may see a client cannot be found out."""

    changes: list[Change] = field(default_factory=list)
    sees: set[tuple[str | None, str]] = field(default_factory=set)
    live: dict[str, str] = field(default_factory=dict)
    undecided: bool = False
    weighing: asyncio.Event | None = None

    def add(self, topic: str, client_id: str | None = None, **more: Any) -> Change:
        last = self.changes[-1].id if self.changes else 0
        self.changes.append(Change(last + 1, topic, client_id, **more))
        return self.changes[-1]

    async def bounds(self) -> tuple[int, int]:
        return (self.changes[0].id, self.changes[-1].id) if self.changes else (0, 0)

    async def after(self, number: int) -> list[Change]:
        return [each for each in self.changes if each.id > number][: MANY + 1]

    async def seeing(
        self, _changes: Collection[Change], _people: Collection[tuple[str, str]]
    ) -> set[tuple[str | None, str]]:
        if self.undecided:
            raise Undecided("nobody knows")
        if self.weighing is not None:
            await self.weighing.wait()
        return self.sees

    async def missed(self, actor: Actor, number: int) -> Missed:
        oldest, newest = await self.bounds()
        if number < oldest - 1 or number > newest:
            return Missed([], whole=False)
        found = await self.after(number)
        mine = [each for each in found if each.is_for(actor.id, actor.role, (each.client_id, actor.id) in self.sees)]
        return Missed(mine, whole=True)

    async def still_live(self, session_ids: Collection[str]) -> dict[str, str]:
        return {each: role for each, role in self.live.items() if each in session_ids}


@pytest.fixture
def table() -> Table:
    return Table()


def run(work: Any) -> Any:
    return asyncio.run(asyncio.wait_for(work, 10))


async def following(table: Table, **settings: Any) -> tuple[Hub, asyncio.Task[None]]:
    hub = Hub(table, **settings)
    task = asyncio.create_task(hub.follow())
    while not hub.ready:
        await asyncio.sleep(0)
    return hub, task


async def told(stream: Stream) -> AsyncIterator[tuple[int, str]]:
    """Number and kind of each event as a browser would read them: ``change`` events by their topic."""
    async for piece in stream.pieces():
        for event in piece.decode().split("\n\n"):
            lines = dict(line.split(": ", 1) for line in event.splitlines() if line.strip(": "))
            if "event" in lines:
                data = orjson.loads(lines["data"])
                yield int(lines["id"]), data.get("topic", lines["event"])


async def first(stream: Stream, count: int) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    async for each in told(stream):
        found.append(each)
        if len(found) == count:
            break
    return found


def test_a_hint_names_what_changed_and_never_how() -> None:
    change = Change(7, "deals", "c", deal_id="d", won=True, user_ids=frozenset({"john"}))
    assert frame(change) == b'id: 7\nevent: change\ndata: {"topic":"deals","client_id":"c","deal_id":"d"}\n\n'


@pytest.mark.parametrize(
    ("change", "sees", "people"),
    [
        (Change(1, "deals", "c"), False, {"admin", "finance"}),
        (Change(1, "deals", "c"), True, {"admin", "finance", "sales"}),
        (Change(1, "deals", "c", won=True), False, {"admin", "finance", "manager"}),
        (Change(1, "activity", "c"), True, {"admin", "finance", "sales"}),
        (Change(1, "activity", "c", won=True), False, {"admin", "finance", "manager"}),
        (Change(1, "clients", user_ids=frozenset({"somebody"})), False, {"admin", "finance", "sales"}),
        (Change(1, "notification", user_ids=frozenset({"somebody"})), True, {"admin", "finance", "sales", "manager"}),
        (Change(1, "notification", user_ids=frozenset({"other"})), True, set()),
    ],
)
def test_the_table_of_rights_decides(change: Change, sees: bool, people: set[str]) -> None:
    assert {role for role in PEOPLE if change.is_for("somebody", role, sees)} == people


def test_messages_are_for_nobody_while_no_right_reads_them_else_for_whom_the_table_says() -> None:
    named = {(right.service, right.name): right for right in RIGHTS}
    for client_id, name in (("c", "whatsapp.read"), (None, "whatsapp.triage")):
        right = named.get(("notifications", name))
        for role in PEOPLE:
            assert Change(1, "message", client_id).rows_of(role) == (right.of(role) if right else "no")


def test_every_topic_but_messages_has_a_right() -> None:
    for topic in {topic for topics in TOPICS.values() for topic in topics} | {"task"}:
        assert topic == "message" or Change(1, topic, "c").rows_of("admin") != "no"


def test_everybody_is_told_in_order_of_what_is_theirs(table: Table) -> None:
    async def scenario() -> None:
        hub, task = await following(table)
        streams = [await hub.open(each, each.id, None) for each in (JOHN, ANA, MAX)]
        table.sees = {("mine", "john")}
        table.add("deals", "mine")
        table.add("deals", "other", won=True)
        table.add("activity", "mine")
        table.add("notification", user_ids=frozenset({"john"}))
        hub.wake.set()
        assert await first(streams[0], 3) == [(1, "deals"), (3, "activity"), (4, "notification")]
        assert await first(streams[1], 3) == [(1, "deals"), (2, "deals"), (3, "activity")]
        assert await first(streams[2], 1) == [(2, "deals")]
        task.cancel()

    run(scenario())


def test_who_comes_back_gets_what_was_missed_once_and_then_what_comes(table: Table) -> None:
    async def scenario() -> None:
        for _ in range(5):
            table.add("deals", "c")
        hub, task = await following(table)
        stream = await hub.open(ANA, "s", 2)
        table.add("deals", "c")
        hub.wake.set()
        assert await first(stream, 4) == [(3, "deals"), (4, "deals"), (5, "deals"), (6, "deals")]
        task.cancel()

    run(scenario())


def test_who_comes_while_a_hint_is_weighed_is_weighed_too(table: Table) -> None:
    async def scenario() -> None:
        hub, task = await following(table)
        table.weighing = asyncio.Event()
        table.sees = {("mine", "john")}
        early = await hub.open(ANA, "a", None)
        table.add("deals", "mine")
        hub.wake.set()
        while hub.wake.is_set():
            await asyncio.sleep(0)
        late = await hub.open(JOHN, "j", 0)
        table.weighing.set()
        assert await first(early, 1) == await first(late, 1) == [(1, "deals")]
        task.cancel()

    run(scenario())


@pytest.mark.parametrize("after", [3, 99])
def test_what_is_no_longer_kept_and_what_never_was_are_gaps(table: Table, after: int) -> None:
    async def scenario() -> None:
        table.changes = [Change(number, "deals", "c") for number in (10, 11)]
        hub, task = await following(table)
        assert await first(await hub.open(ANA, "s", after), 1) == [(11, "gap")]
        # Right before the oldest nothing is missing.
        assert await first(await hub.open(ANA, "s", 9), 2) == [(10, "deals"), (11, "deals")]
        task.cancel()

    run(scenario())


def test_a_flood_is_a_gap_for_everybody(table: Table) -> None:
    async def scenario() -> None:
        hub, task = await following(table)
        stream = await hub.open(JOHN, "s", None)
        for _ in range(MANY + 1):
            table.add("deals", "other")
        hub.wake.set()
        assert await first(stream, 1) == [(MANY + 1, "gap")]
        task.cancel()

    run(scenario())


def test_where_nobody_knows_who_may_see_it_pages_look_anew(table: Table) -> None:
    async def scenario() -> None:
        hub, task = await following(table)
        stream = await hub.open(JOHN, "s", None)
        table.undecided = True
        table.add("deals", "new")
        hub.wake.set()
        assert await first(stream, 1) == [(1, "gap")]
        table.undecided = False
        table.sees = {("new", "john")}
        table.add("deals", "new")
        hub.wake.set()
        assert await first(stream, 1) == [(2, "deals")]
        task.cancel()

    run(scenario())


def test_a_slow_reader_costs_no_more_than_the_room_it_has() -> None:
    async def scenario() -> None:
        stream = Stream(ANA, "s", 0)
        for number in range(1, ROOM * 3):
            stream.tell(frame(Change(number, "deals", "c")), number)
            assert len(stream._waiting) <= ROOM
        found = await first(stream, 1)
        assert found[0][1] == "gap" and found[0][0] % ROOM == 1

    run(scenario())


def test_nothing_happens_and_the_page_still_learns_how_far(monkeypatch: pytest.MonkeyPatch, table: Table) -> None:
    monkeypatch.setattr("services.gateway.live.streams.BEAT_SECONDS", 0.01)

    async def scenario() -> None:
        hub, task = await following(table)
        stream = await hub.open(JOHN, "s", None)
        pieces = stream.pieces()
        assert await anext(pieces) == b": \nid: 0\n\n"
        table.add("deals", "not his")
        hub.wake.set()
        while stream.after == 0:
            await asyncio.sleep(0)
        assert await anext(pieces) == b": \nid: 1\n\n"
        task.cancel()

    run(scenario())


def test_a_session_that_ended_ends_its_stream_and_a_new_role_counts(table: Table) -> None:
    async def scenario() -> None:
        hub, task = await following(table)
        table.live = {"kept": "sales", "other": "sales"}
        kept, other, gone = [await hub.open(Actor(each, "sales"), each, None) for each in ("kept", "other", "gone")]
        table.live["other"] = "admin"
        await hub.check_once()
        assert (kept.ended, other.ended, gone.ended) == (False, False, True)
        assert [each async for each in gone.pieces()] == []
        assert other.actor.role == "admin" and kept.actor.role == "sales"
        table.add("deals", "c")
        hub.wake.set()
        assert await first(other, 1) == [(1, "deals")]
        task.cancel()

    run(scenario())


def test_the_end_of_the_process_ends_streams_after_what_waits(table: Table) -> None:
    async def scenario() -> None:
        hub, task = await following(table)
        stream = await hub.open(ANA, "s", None)
        stream.tell(frame(Change(1, "deals")), 1)
        hub.end_all()
        assert [each async for each in told(stream)] == [(1, "deals")]
        late = await hub.open(ANA, "s", None)
        assert [each async for each in told(late)] == []
        task.cancel()

    run(scenario())
