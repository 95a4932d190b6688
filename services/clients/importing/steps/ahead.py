"""The rows that come next are fetched and read while the database still writes those before them."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from services.clients.importing.committing import Line
from services.clients.importing.steps.batching import next_batch
from services.clients.importing.steps.run import Tools

_Read = tuple[Sequence[Any], list[Line]]


class Ahead:
    """One batch ahead of a slice of work. While an import is committed nobody but its own batches changes its rows, and
    each of them its own, so that what is fetched early is what would be fetched later."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._hand = ThreadPoolExecutor(1, thread_name_prefix="rows-ahead")
        # After which row of which phase, and what is there.
        self._coming: tuple[str, int, Future[_Read]] | None = None

    def __enter__(self) -> Ahead:
        return self

    def __exit__(self, *_failure: object) -> None:
        self._hand.shutdown(cancel_futures=True)

    def take(self, now: Any, phase: str) -> _Read:
        """The rows after the import's position, as rows and as what they say; none at the end of the phase."""
        coming, self._coming = self._coming, None
        if coming is not None and coming[:2] == (phase, now.position):
            return coming[2].result()
        return self._read(now, phase, now.position)

    def start(self, now: Any, phase: str, position: int) -> None:
        """Begin with the rows after this one."""
        self._coming = (phase, position, self._hand.submit(self._read, now, phase, position))

    def _read(self, now: Any, phase: str, position: int) -> _Read:
        with self._tools.database.read() as session:
            return next_batch(self._tools, session, now, phase, position)
