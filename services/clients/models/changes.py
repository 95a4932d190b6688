"""Changes of many clients, and clients that may be one."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, SmallInteger, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.clients.models.columns import Id, Instant, metadata

change_sets = Table(
    "change_sets",
    metadata,
    Column("id", Id, primary_key=True),
    Column("action", Text, nullable=False),
    Column("value", Text),
    Column("made_by", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("undone_at", Instant),
    Column("undone_by", Text),
    Column("made_by_role", Text, nullable=False),
    Column("made_by_name", Text, nullable=False),
    Column("undone_by_role", Text),
    Column("undone_by_name", Text),
    Column("about", JSONB, nullable=False, server_default="{}"),
    Column("status", Text, nullable=False),
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
)

change_set_rows = Table(
    "change_set_rows",
    metadata,
    Column("change_set_id", Id, primary_key=True),
    Column("client_id", Id, primary_key=True),
    Column("company_name", Text),
    Column("before", JSONB(none_as_null=True)),
    Column("after", JSONB(none_as_null=True)),
    Column("version_after", Integer),
    Column("state", Text, nullable=False),
    Column("reason", Text),
)

# Kept by the database: how many of a change's rows are in which state.
change_set_counts = Table(
    "change_set_counts",
    metadata,
    Column("change_set_id", Id, ForeignKey("change_sets.id"), primary_key=True),
    Column("state", Text, primary_key=True),
    Column("rows", Integer, nullable=False),
)

duplicate_pairs = Table(
    "duplicate_pairs",
    metadata,
    Column("first_id", Id, ForeignKey("clients.id"), primary_key=True),
    Column("second_id", Id, ForeignKey("clients.id"), primary_key=True),
    Column("score", SmallInteger, nullable=False),
    Column("reasons", ARRAY(Text), nullable=False),
    Column("found_at", Instant, nullable=False),
    Column("dismissed_at", Instant),
    Column("dismissed_by", Text),
)

duplicate_checks = Table(
    "duplicate_checks",
    metadata,
    Column("client_id", Id, ForeignKey("clients.id"), primary_key=True),
    Column("signs", Text, nullable=False),
    Column("checked_at", Instant, nullable=False),
)
