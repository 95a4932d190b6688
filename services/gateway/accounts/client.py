"""From where somebody talks to us, and what the gateway does on its own account."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass

from libs.common.context import Context
from libs.common.database import Database, UnitOfWork
from libs.common.identity import system_actor


@dataclass(frozen=True, slots=True)
class Client:
    """From where somebody talks to us."""

    address: str
    user_agent: str


def own_unit(database: Database) -> AbstractContextManager[UnitOfWork]:
    """A transaction of the gateway itself: nobody is signed in yet."""
    return database.unit_of_work(Context(actor=system_actor("gateway")))
