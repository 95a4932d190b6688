"""Tables of the notifications service and the mapping of its domain."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, DateTime, ForeignKey, Integer, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry

from services.notifications.domain import Email

metadata = MetaData()
mapper = registry(metadata=metadata)

_Id = Uuid(as_uuid=False)
_Instant = DateTime(timezone=True)

people = Table(
    "people",
    metadata,
    Column("user_id", _Id, primary_key=True),
    # Null: no address is known yet, and nothing is told.
    Column("email", Text),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("locale", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("known_since", _Instant, nullable=False),
)

preferences = Table(
    "preferences",
    metadata,
    Column("user_id", _Id, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("email", Boolean, nullable=False),
    Column("updated_at", _Instant, nullable=False),
)

guides = Table(
    "guides",
    metadata,
    Column("user_id", _Id, primary_key=True),
    Column("client_id", _Id),
    Column("company_name", Text),
    Column("review_at", _Instant),
    Column("meeting_at", _Instant),
    Column("activity_at", _Instant),
    Column("deal_at", _Instant),
    Column("stage_at", _Instant),
    Column("closed_at", _Instant),
    Column("created_at", _Instant, nullable=False),
    Column("updated_at", _Instant, nullable=False),
    Column("version", Integer, nullable=False),
)

notifications = Table(
    "notifications",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("user_id", _Id, nullable=False),
    Column("event_id", _Id, nullable=False),
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("action_label", Text),
    Column("action_path", Text),
    Column("read_at", _Instant),
    Column("created_at", _Instant, nullable=False),
    Column("updated_at", _Instant, nullable=False),
    Column("version", Integer, nullable=False),
)

emails = Table(
    "emails",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("user_id", _Id),
    Column("client_id", _Id),
    Column("contact_id", _Id),
    Column("address", Text),
    Column("name", Text),
    Column("subject", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("context", JSONB, nullable=False),
    Column("refs", JSONB, nullable=False),
    Column("attachments", JSONB, nullable=False),
    Column("status", Text, nullable=False),
    Column("recipients", JSONB, nullable=False),
    Column("text", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("handing_attempt", Integer),
    Column("handed_over_at", _Instant),
    Column("answer", JSONB(none_as_null=True)),
    Column("last_error", Text),
    Column("settled_at", _Instant),
    Column("created_at", _Instant, nullable=False),
    Column("updated_at", _Instant, nullable=False),
    Column("version", Integer, nullable=False),
)

renderings = Table(
    "renderings",
    metadata,
    Column("fingerprint", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("data", JSONB(none_as_null=True)),
    Column("svg", Text),
    Column("alt", Text),
    Column("width", Integer),
    Column("height", Integer),
    Column("milliseconds", Integer),
    Column("problem", Text),
    Column("created_at", _Instant, nullable=False),
)

summary_times = Table(
    "summary_times",
    metadata,
    Column("user_id", _Id, primary_key=True),
    Column("hour", Integer, nullable=False),
    Column("minute", Integer, nullable=False),
    Column("time_zone", Text),
    Column("updated_at", _Instant, nullable=False),
)

digests = Table(
    "digests",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("user_id", _Id, nullable=False),
    Column("day", Date),
    Column("email_id", _Id, ForeignKey("emails.id")),
    Column("created_at", _Instant, nullable=False),
    Column("updated_at", _Instant, nullable=False),
    Column("version", Integer, nullable=False),
)

reports = Table(
    "reports",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("user_id", _Id, nullable=False),
    Column("kind", Text, nullable=False),
    Column("params", JSONB, nullable=False),
    Column("format", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("filename", Text),
    Column("key", Text),
    Column("content_type", Text),
    Column("size", Integer),
    Column("problem", Text),
    Column("schedule_id", _Id),
    Column("due_on", Date),
    Column("email_id", _Id, ForeignKey("emails.id")),
    Column("created_at", _Instant, nullable=False),
    Column("updated_at", _Instant, nullable=False),
    Column("version", Integer, nullable=False),
)

report_schedules = Table(
    "report_schedules",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("user_id", _Id, nullable=False),
    Column("kind", Text, nullable=False),
    Column("params", JSONB, nullable=False),
    Column("format", Text, nullable=False),
    Column("cadence", Text, nullable=False),
    Column("weekday", Integer),
    Column("monthday", Integer),
    Column("hour", Integer, nullable=False),
    Column("recipients", JSONB, nullable=False),
    Column("since", _Instant, nullable=False),
    Column("created_at", _Instant, nullable=False),
    Column("updated_at", _Instant, nullable=False),
    Column("version", Integer, nullable=False),
)

mapper.map_imperatively(Email, emails, version_id_col=emails.c.version, version_id_generator=False)
