"""What made tasks that nobody wrote, and of which due times was reminded."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Table, Text

from services.clients.models.columns import Id, Instant, metadata

task_causes = Table(
    "task_causes",
    metadata,
    Column("cause", Text, primary_key=True),
    Column("activity_id", Id, ForeignKey("activities.id"), nullable=False),
    Column("created_at", Instant, nullable=False),
)

task_reminders = Table(
    "task_reminders",
    metadata,
    Column("activity_id", Id, ForeignKey("activities.id"), primary_key=True),
    Column("due_at", Instant, primary_key=True),
    Column("told_at", Instant, nullable=False),
)
