"""Tables of the ai service."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, Integer, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData()

_Id = Uuid(as_uuid=False)
_Instant = DateTime(timezone=True)

generations = Table(
    "generations",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("client_id", _Id, nullable=False),
    Column("deal_id", _Id),
    Column("brief_id", _Id),
    Column("status", Text, nullable=False),
    Column("provider", Text),
    Column("model", Text),
    Column("prompt_version", Text),
    Column("stands_in_because", Text),
    Column("input_tokens", Integer),
    Column("output_tokens", Integer),
    Column("milliseconds", Integer),
    Column("score", Integer),
    Column("input", JSONB, nullable=False),
    Column("output", JSONB(none_as_null=True)),
    Column("problem", Text),
    Column("created_at", _Instant, nullable=False),
    Column("updated_at", _Instant, nullable=False),
    Column("version", Integer, nullable=False),
)
