"""The database of one service: engine, sessions, and the unit of work that commits once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

import orjson
import psycopg._queries
import psycopg.waiting
from sqlalchemy import create_engine
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.orm import Session

from libs.common.audit import notes
from libs.common.clock import Clock, SystemClock, business_date
from libs.common.context import Context
from libs.common.identity import Actor
from libs.common.jobs import JobQueue
from libs.common.outbox import Outbox
from libs.common.settings import ServiceSettings

# Up to so many characters psycopg remembers how it read a statement. Those of a searched list have a little more than
# its 4,096 and come again and again; each would be read anew for a millisecond or two.
psycopg._queries.MAX_CACHED_STATEMENT_LENGTH = 16_384


@dataclass(frozen=True, slots=True)
class Business:
    """How the business the system is run for counts days and money; who it is, ``libs.common.company`` says."""

    zone: str
    currency: str

    @classmethod
    def of(cls, settings: ServiceSettings) -> Business:
        return cls(settings.business_tz, settings.base_currency)


class UnitOfWork:
    """One transaction and what belongs in it. Handlers use it and never commit.

    session: SQLAlchemy's; outbox: events told by this transaction; jobs: outside work it orders.
    now: the instant of the whole unit; today: its day in the business time zone.
    """

    def __init__(self, session: Session, context: Context, business: Business, now: datetime) -> None:
        self.session = session
        self.context = context
        self.business = business
        self.now = now
        self.outbox = Outbox(session, context, now)
        self.jobs = JobQueue(session, context, now)

    @property
    def actor(self) -> Actor:
        return self.context.actor

    @cached_property
    def today(self) -> date:
        return business_date(self.now, self.business.zone)


class Database:
    """The engine of one service's database."""

    def __init__(self, url: str, business: Business, *, pool: int = 10, clock: Clock | None = None) -> None:
        self.business = business
        self.clock = clock or SystemClock()
        self.engine = _engine(url, pool)
        # A read is one statement or several that need no common snapshot: without BEGIN and ROLLBACK around them it
        # takes a third of the round trips.
        self.reader = self.engine.execution_options(isolation_level="AUTOCOMMIT")

    @classmethod
    def of(cls, settings: ServiceSettings, clock: Clock | None = None) -> Database:
        return cls(settings.sqlalchemy_url, Business.of(settings), pool=settings.database_pool, clock=clock)

    @contextmanager
    def unit_of_work(self, context: Context) -> Iterator[UnitOfWork]:
        """A transaction that commits when the block ends and leaves no trace when it raises."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            notes.carry(session, context)
            yield UnitOfWork(session, context, self.business, self.clock.now())

    @contextmanager
    def rehearsal(self, context: Context) -> Iterator[UnitOfWork]:
        """A unit of work that leaves no trace however the block ends: to see what commands would do."""
        with Session(self.engine, expire_on_commit=False) as session:
            notes.carry(session, context)
            yield UnitOfWork(session, context, self.business, self.clock.now())

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for reads alone; each statement sees what is committed when it begins."""
        with Session(self.reader) as session:
            yield session

    def dispose(self) -> None:
        self.engine.dispose()


def is_outage(error: BaseException) -> bool:
    """Whether the database could not be reached or was going down, so that the work itself is not at fault."""
    if isinstance(error, InterfaceError):
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    if not isinstance(error, OperationalError):
        return False
    # 57P01..57P03: the server is shutting down or starting; 40xxx (deadlock, serialization) may be tried again.
    code = getattr(error.orig, "sqlstate", None) or ""
    return code == "" or code.startswith(("08", "57P", "53", "40"))


def is_deadlock(error: BaseException) -> bool:
    """Whether two transactions waited for each other and this one was given up: done once more, it will pass."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in ("40P01", "40001")


def assert_cooperative() -> None:
    """In an eventlet process psycopg must wait through ``selectors``, or one query stops every green thread."""
    if (
        os.environ.get("PSYCOPG_WAIT_FUNC") != "wait_selector"
        or psycopg.waiting.wait is not psycopg.waiting.wait_selector
    ):
        raise RuntimeError("PSYCOPG_WAIT_FUNC=wait_selector must be set before psycopg is imported")


def _engine(url: str, pool: int) -> Engine:
    return create_engine(
        url,
        pool_size=pool,
        max_overflow=0,
        pool_timeout=5,
        pool_recycle=1800,
        pool_pre_ping=False,
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
        connect_args={
            "connect_timeout": 3,
            # A lost server must not hold a request for minutes.
            "options": "-c statement_timeout=30000 -c idle_in_transaction_session_timeout=60000 -c timezone=UTC",
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 15000,
        },
    )


def _dumps(value: Any) -> str:
    # Column names are a subclass of str, which orjson takes as a key only when told to.
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()
