"""Counters of requests in the gateway's database, so that they survive a restart and count across processes."""

from __future__ import annotations

import time
from typing import Any

from limits.storage import Storage
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from libs.common.database import Database

_HIT = text("""
    INSERT INTO rate_limits AS counter (key, hits, expires_at)
    VALUES (:key, :amount, now() + make_interval(secs => :expiry))
    ON CONFLICT (key) DO UPDATE SET
        hits = CASE WHEN counter.expires_at <= now() THEN :amount ELSE counter.hits + :amount END,
        expires_at = CASE WHEN counter.expires_at <= now() THEN EXCLUDED.expires_at ELSE counter.expires_at END
    RETURNING hits
""")
_GET = text("""
    SELECT hits, extract(epoch FROM expires_at) AS ends FROM rate_limits WHERE key = :key AND expires_at > now()
""")


class DatabaseStorage(Storage):
    """What ``limits`` needs of a storage, in one table."""

    STORAGE_SCHEME = ["crm+database"]  # noqa: RUF012  (as the base class declares it)

    def __init__(self, database: Database) -> None:
        super().__init__(None)
        self._database = database

    @property
    def base_exceptions(self) -> type[Exception]:
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        with self._database.engine.begin() as connection:
            return int(connection.execute(_HIT, {"key": key, "amount": amount, "expiry": expiry}).scalar_one())

    def get(self, key: str) -> int:
        row = self._row(key)
        return int(row.hits) if row else 0

    def get_expiry(self, key: str) -> float:
        row = self._row(key)
        return float(row.ends) if row else time.time()

    def check(self) -> bool:
        with self._database.engine.connect() as connection:
            return connection.execute(text("SELECT true")).scalar_one() is True

    def reset(self) -> int | None:
        with self._database.engine.begin() as connection:
            return int(connection.execute(text("DELETE FROM rate_limits")).rowcount)

    def clear(self, key: str) -> None:
        with self._database.engine.begin() as connection:
            connection.execute(text("DELETE FROM rate_limits WHERE key = :key"), {"key": key})

    def _row(self, key: str) -> Any:
        with self._database.engine.connect() as connection:
            return connection.execute(_GET, {"key": key}).first()
