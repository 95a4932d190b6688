"""What clients are searched for in, and saved filters."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, Table, Text
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

from services.clients.models.columns import Id, Instant, metadata

# Written by the database, by what stands in the other tables.
search_documents = Table(
    "search_documents",
    metadata,
    Column("client_id", Id, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("source_id", Id, primary_key=True),
    Column("content", Text, nullable=False),
    Column("words", TSVECTOR, nullable=False),
    Column("written_at", Instant, nullable=False),
)

search_words = Table("search_words", metadata, Column("word", Text, primary_key=True))

segments = Table(
    "segments",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False),
    Column("filters", JSONB, nullable=False),
    Column("sort", Text),
    Column("shared", Boolean, nullable=False),
    Column("owner_id", Id, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("version", Integer, nullable=False),
)
