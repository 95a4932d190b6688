"""Brings a service's database to the newest version: alembic, one tree per service, under a lock."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command, context
from alembic.config import Config
from sqlalchemy import create_engine, pool, text

_SCHEMA = Path(__file__).parent / "schema"
# Two that migrate at once take turns; alembic itself has no lock.
_LOCK = text("SELECT pg_advisory_lock(hashtext('migrate'))")


def upgrade(service: str, sqlalchemy_url: str, revision: str = "head") -> None:
    """Apply what is missing; does nothing when nothing is."""
    command.upgrade(configuration(service, sqlalchemy_url), revision)


def downgrade(service: str, sqlalchemy_url: str, revision: str = "base") -> None:
    """Take revisions back."""
    command.downgrade(configuration(service, sqlalchemy_url), revision)


def configuration(service: str, sqlalchemy_url: str) -> Config:
    """The alembic configuration of one service."""
    config = Config()
    config.set_main_option("script_location", str(Path("services") / service / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = sqlalchemy_url
    return config


def run_environment(target_metadata: Any) -> None:
    """What every ``migrations/env.py`` does."""
    engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.execute(_LOCK)
        connection.commit()
        context.configure(connection=connection, target_metadata=target_metadata, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


def mechanism(version: int) -> str:
    """The SQL of the tables that libs/common owns, for a service's own migration to execute."""
    return (_SCHEMA / f"{version:04d}.sql").read_text()


def drop_mechanism() -> str:
    """The SQL that takes the mechanism's tables away again."""
    names = "outbox, inbox, commands, jobs, scheduled_runs, dead_letters"
    return f"DROP TABLE {names}; DROP FUNCTION wake_worker();"
