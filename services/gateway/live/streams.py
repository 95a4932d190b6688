"""The streams of one process, and the hub that hands each hint to those who may see it.

A hint is read once and encoded once, whatever the number of streams. A stream has room for so many; whoever reads too
slowly is told of a gap instead, and their page looks anew.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Collection, Sequence
from typing import Protocol

import orjson

from libs.common.identity import Actor
from libs.common.logging import get_logger
from services.gateway.live.reading import MANY, Missed, Undecided
from services.gateway.live.telemetry import GAPS, OPEN, TOLD
from services.gateway.live.topics import Change

log = get_logger(__name__)

# So many frames wait for a slow reader.
ROOM = MANY + 50
POLL_SECONDS = 1.0
# After hints the next are let gather for a moment: a burst costs a few rounds, and a lone hint waits for none.
GATHER_SECONDS = 0.05
BEAT_SECONDS = 15.0


class Source(Protocol):
    """Where the hub reads; the methods are called one at a time."""

    async def bounds(self) -> tuple[int, int]: ...
    async def after(self, number: int) -> list[Change]: ...
    async def missed(self, actor: Actor, number: int) -> Missed: ...
    async def seeing(
        self, changes: Collection[Change], people: Collection[tuple[str, str]]
    ) -> set[tuple[str | None, str]]: ...
    async def still_live(self, session_ids: Collection[str]) -> dict[str, str]: ...


def frame(change: Change) -> bytes:
    """A hint as the stream carries it."""
    named = {"deal_id": change.deal_id, "conversation_id": change.conversation_id, "id": change.subject_id}
    data = {"topic": change.topic, "client_id": change.client_id} | {name: it for name, it in named.items() if it}
    return b"id: %d\nevent: change\ndata: %s\n\n" % (change.id, orjson.dumps(data))


def gap(position: int) -> bytes:
    """Something may be missing up to here: look at everything anew."""
    return b"id: %d\nevent: gap\ndata: {}\n\n" % position


def beat(position: int) -> bytes:
    """Nothing happened, and how far that is true: a stream that comes back begins there."""
    return b": \nid: %d\n\n" % position


class Stream:
    """One open page. after: the last number it is past."""

    def __init__(self, actor: Actor, session_id: str, after: int) -> None:
        self.actor = actor
        self.session_id = session_id
        self.after = after
        self.ended = False
        self._waiting: deque[bytes] = deque()
        self._wake = asyncio.Event()

    def tell(self, piece: bytes, number: int) -> None:
        """Let a frame wait to be sent; where there is no room, nothing waits but word of a gap."""
        self.after = max(self.after, number)
        if len(self._waiting) >= ROOM:
            piece = gap(self.after)
            self._waiting.clear()
            GAPS.inc()
        self._waiting.append(piece)
        self._wake.set()

    def end(self) -> None:
        """Nothing more is said after what waits."""
        self.ended = True
        self._wake.set()

    async def pieces(self) -> AsyncIterator[bytes]:
        """What is to be sent, as much at a time as waits; a beat where nothing happens for a while."""
        while True:
            try:
                async with asyncio.timeout(BEAT_SECONDS):
                    await self._wake.wait()
            except TimeoutError:
                yield beat(self.after)
                continue
            self._wake.clear()
            if self._waiting:
                piece = b"".join(self._waiting)
                self._waiting.clear()
                yield piece
            if self.ended:
                return


class Hub:
    """Follows the hints and hands them on. Everything here runs on the event loop; only the source waits elsewhere."""

    def __init__(self, source: Source, check_seconds: float = 60.0) -> None:
        self._source = source
        self._check_seconds = check_seconds
        self._streams: set[Stream] = set()
        self.position = 0
        self.ready = False
        self.closing = False
        self.wake = asyncio.Event()

    def __len__(self) -> int:
        return len(self._streams)

    async def open(self, actor: Actor, session_id: str, after: int | None) -> Stream:
        """A stream for somebody, with what they missed since a number waiting in it; None: since now."""
        stream = Stream(actor, session_id, self.position)
        # From here on it is told what comes; what was before is read meanwhile and goes first.
        self._streams.add(stream)
        OPEN.set(len(self))
        try:
            if after is not None and after != stream.after:
                await self._catch_up(stream, after, stream.after)
        except BaseException:
            self.close(stream)
            raise
        if self.closing:
            stream.end()
        return stream

    async def _catch_up(self, stream: Stream, after: int, until: int) -> None:
        try:
            missed = await self._source.missed(stream.actor, after)
        except Undecided:
            missed = Missed([], whole=False)
        # What the hub told meanwhile waits behind what was missed before.
        told, stream._waiting = stream._waiting, deque()
        if not missed.whole:
            GAPS.inc()
            stream.tell(gap(max(until, self.position)), until)
        else:
            for change in missed.changes:
                if change.id <= until:
                    stream.tell(frame(change), change.id)
        stream._waiting.extend(told)
        stream._wake.set()

    def close(self, stream: Stream) -> None:
        """The page is gone."""
        self._streams.discard(stream)
        OPEN.set(len(self))

    def end_all(self) -> None:
        """The process stops: pages come back to the next one."""
        self.closing = True
        for stream in self._streams:
            stream.end()

    async def follow(self) -> None:
        """Hand on what is noted, until cancelled; a database that is away is waited for."""
        while True:
            try:
                if not self.ready:
                    await self._begin()
                many = await self._hand_on()
                await self._pause(many)
            except asyncio.CancelledError:
                raise
            except Exception as error:  # whatever is wrong there, streams stay and are told later
                self.ready = False
                log.warning("the live stream waits for the database", error=type(error).__name__)
                await asyncio.sleep(1.0)

    async def _begin(self) -> None:
        oldest, newest = await self._source.bounds()
        if not self.position or not oldest - 1 <= self.position <= newest:
            # The first look, a database that was set back, or one that was away too long: from here on.
            self.position = newest
            self._everybody(gap(newest), newest)
        self.ready = True

    async def _hand_on(self) -> bool:
        """Hand on the hints after the position; whether there may be more at once."""
        self.wake.clear()
        changes = await self._source.after(self.position)
        if not changes:
            return False
        last = changes[-1].id
        if len(changes) > MANY:
            # So many at once are an import or the like: everybody looks anew, and none is weighed.
            self.position = last
            self._everybody(gap(last), last)
            return True
        try:
            await self._weigh_and_tell(changes)
        except Undecided as error:
            log.warning("who may see a client is not known: pages look anew", reason=str(error))
            self._everybody(gap(last), last)
        self.position = last
        TOLD.inc(len(changes))
        return False

    async def _weigh_and_tell(self, changes: Sequence[Change]) -> None:
        seen: set[tuple[str | None, str]] = set()
        asked: set[tuple[str, str]] = set()
        # Whoever came while the database was asked is asked for, too, before anybody is told.
        while missing := {(stream.actor.id, stream.actor.role) for stream in self._streams} - asked:
            seen |= await self._source.seeing(changes, missing)
            asked |= missing
        audience = {
            person: [each for each in changes if each.is_for(*person, (each.client_id, person[0]) in seen)]
            for person in asked
        }
        frames = {each.id: frame(each) for each in changes}
        for stream in self._streams:
            for change in audience[stream.actor.id, stream.actor.role]:
                if change.id > stream.after:
                    stream.tell(frames[change.id], change.id)
            stream.after = max(stream.after, changes[-1].id)
        self.position = changes[-1].id

    def _everybody(self, piece: bytes, number: int) -> None:
        for stream in self._streams:
            stream.tell(piece, number)

    async def _pause(self, many: bool) -> None:
        if many or self.wake.is_set():
            await asyncio.sleep(GATHER_SECONDS)
            return
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self.wake.wait()
        except TimeoutError:
            return

    async def check_sessions(self) -> None:
        """End the streams whose session ended, and judge people by the role they have now, until cancelled."""
        while True:
            await asyncio.sleep(self._check_seconds)
            try:
                await self.check_once()
            except Exception as error:  # asked again the next time
                log.warning("sessions could not be checked", error=type(error).__name__)

    async def check_once(self) -> None:
        """Look at all sessions once."""
        asked = {stream.session_id for stream in self._streams}
        if not asked:
            return
        live = await self._source.still_live(asked)
        for stream in list(self._streams):
            role = live.get(stream.session_id)
            # One that opened meanwhile was not asked for, and has just been checked.
            if stream.session_id in asked and role is None:
                stream.end()
            elif role is not None and role != stream.actor.role:
                stream.actor = Actor(stream.actor.id, role, stream.actor.name)
