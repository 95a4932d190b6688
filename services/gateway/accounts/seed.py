"""The people of a demonstration, from the environment; those who are there already stay as they are."""

from __future__ import annotations

from sqlalchemy import func, select

from libs.common.database import UnitOfWork
from services.gateway.accounts import passwords, users
from services.gateway.models import users as table
from services.gateway.settings import DemoUser
from services.gateway.wiring import runtime


def seed_users() -> None:
    """Create each demo user who is not there."""
    current = runtime()
    for person in current.settings.demo_users:
        with current.database.unit_of_work(current.own_context()) as uow:
            _seed(uow, person)


def _seed(uow: UnitOfWork, person: DemoUser) -> None:
    known = select(table.c.id).where(func.lower(table.c.email) == person.email.lower())
    if uow.session.execute(known).first() is None:
        users.create(uow, person.email, person.name, person.role, passwords.hashed(person.password))
