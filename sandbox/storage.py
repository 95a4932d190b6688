"""SQLite, one file per stand-in: what was accepted is on disk before the answer leaves."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

Row = sqlite3.Row
Value = str | int | float | bytes | None


class Storage:
    """One connection behind a lock. `transaction()` nests: the outermost block commits, an exception rolls back."""

    def __init__(self, path: Path, schema: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._depth = 0
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")  # a 250 or a 200 must survive a power cut too
        self._connection.executescript(schema)

    @contextmanager
    def transaction(self) -> Iterator[Storage]:
        """All statements of the block, or none; blocks of other threads wait."""
        with self._lock:
            if self._depth == 0:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield self
            except BaseException:
                self._end("ROLLBACK")
                raise
            self._end("COMMIT")

    def execute(self, statement: str, values: Sequence[Value] = ()) -> int:
        """Run one statement; answers the number of rows it touched."""
        with self.transaction():
            return self._connection.execute(statement, values).rowcount

    def insert(self, statement: str, values: Sequence[Value] = ()) -> int:
        """Run one INSERT; answers the new row's number."""
        with self.transaction():
            return self._connection.execute(statement, values).lastrowid or 0

    def rows(self, query: str, values: Sequence[Value] = ()) -> list[Row]:
        """Every row of a query."""
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    def row(self, query: str, values: Sequence[Value] = ()) -> Row | None:
        """The first row of a query."""
        with self._lock:
            found: Row | None = self._connection.execute(query, values).fetchone()
            return found

    def close(self) -> None:
        """Wait for the running transaction, then close the file."""
        with self._lock:
            self._connection.close()

    def _end(self, verb: str) -> None:
        self._depth -= 1
        if self._depth == 0:
            self._connection.execute(verb)
