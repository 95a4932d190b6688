"""Meetings that somebody of ours holds."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, Table, Text

from services.clients.models.columns import Id, Instant, metadata

meetings = Table(
    "meetings",
    metadata,
    Column("activity_id", Id, ForeignKey("activities.id"), primary_key=True),
    Column("host_id", Id, nullable=False),
    Column("host_name", Text, nullable=False),
    Column("begins_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("zone", Text, nullable=False),
    Column("conversation_id", Id),
    Column("sequence", Integer, nullable=False),
    Column("cancelled_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("version", Integer, nullable=False),
)
