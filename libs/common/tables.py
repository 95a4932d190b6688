"""The mechanism's tables as SQLAlchemy sees them; ``schema`` creates them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    FetchedValue,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()


def _instant(name: str, *, nullable: bool = True, filled: bool = False) -> Column[object]:
    default = FetchedValue() if filled else None
    return Column(name, DateTime(timezone=True), nullable=nullable, server_default=default)


def _id(name: str, *, primary: bool = False) -> Column[str]:
    return Column(name, Uuid(as_uuid=False), primary_key=primary)


outbox = Table(
    "outbox",
    metadata,
    _id("event_id", primary=True),
    Column("position", BigInteger, server_default=FetchedValue()),
    Column("type", Text),
    _id("aggregate_id"),
    Column("aggregate_version", Integer),
    Column("correlation_id", Text),
    Column("envelope", JSONB),
    Column("mandatory", Boolean),
    _instant("created_at", filled=True),
    _instant("sent_at"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("consumer", Text, primary_key=True),
    _id("event_id", primary=True),
    Column("type", Text),
    Column("correlation_id", Text),
    _instant("occurred_at"),
    _instant("received_at"),
    _instant("handled_at", filled=True),
)

commands = Table(
    "commands",
    metadata,
    Column("actor_id", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("method", Text, primary_key=True),
    Column("request_hash", Text),
    Column("correlation_id", Text),
    _instant("started_at", filled=True),
    _instant("finished_at"),
    Column("response", JSONB(none_as_null=True)),
)

jobs = Table(
    "jobs",
    metadata,
    _id("id", primary=True),
    Column("kind", Text),
    Column("dedupe_key", Text),
    Column("payload", JSONB),
    Column("correlation_id", Text),
    Column("causation_id", Text),
    _instant("due_at"),
    Column("attempts", Integer, server_default=FetchedValue()),
    _instant("locked_until"),
    Column("last_error", Text),
    _instant("created_at", filled=True),
    _instant("started_at"),
    _instant("finished_at"),
    _instant("failed_at"),
)

erasure_parts = Table(
    "erasure_parts",
    metadata,
    _id("erasure_id", primary=True),
    _id("contact_id"),
    Column("sealed", Text),
    _instant("swept_at"),
    _instant("again_at"),
    _instant("settled_at"),
    Column("version", Integer),
)

scheduled_runs = Table(
    "scheduled_runs",
    metadata,
    Column("job", Text, primary_key=True),
    Column("due_at", DateTime(timezone=True), primary_key=True),
    _instant("ran_at", filled=True),
)

dead_letters = Table(
    "dead_letters",
    metadata,
    _id("id", primary=True),
    Column("queue", Text),
    Column("event_id", Text),
    Column("type", Text),
    Column("correlation_id", Text),
    Column("body", Text),
    Column("error", Text),
    Column("attempts", Integer),
    _instant("created_at", filled=True),
    _instant("replayed_at"),
)
