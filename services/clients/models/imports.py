"""Files that people bring in, row by row."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, SmallInteger, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.clients.models.columns import Id, Instant, metadata

imports = Table(
    "imports",
    metadata,
    Column("id", Id, primary_key=True),
    Column("filename", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("size", BigInteger),
    Column("state", Text, nullable=False),
    Column("problem", Text),
    Column("sheets", JSONB, nullable=False),
    Column("chosen", JSONB, nullable=False),
    Column("answers", JSONB, nullable=False),
    Column("found", JSONB, nullable=False),
    Column("people", JSONB, nullable=False),
    Column("directory", JSONB, nullable=False),
    Column("system", Text, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("bad", Integer, nullable=False),
    Column("phase", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("only_good", Boolean, nullable=False),
    Column("results", JSONB, nullable=False),
    Column("custom", JSONB, nullable=False),
    Column("states", JSONB(none_as_null=True)),
    Column("made_by", Text, nullable=False),
    Column("made_by_role", Text, nullable=False),
    Column("made_by_name", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("committed_at", Instant),
    Column("finished_at", Instant),
    Column("version", Integer, nullable=False),
)

import_rows = Table(
    "import_rows",
    metadata,
    Column("import_id", Id, ForeignKey("imports.id"), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("sheet", SmallInteger, nullable=False),
    Column("line", Integer, nullable=False),
    Column("cells", ARRAY(Text), nullable=False),
    Column("state", Text, nullable=False),
    Column("problems", JSONB(none_as_null=True)),
    Column("notes", JSONB(none_as_null=True)),
    Column("faults", JSONB(none_as_null=True)),
)

# Kept by the database: how many rows of a file are in which state.
import_counts = Table(
    "import_counts",
    metadata,
    Column("import_id", Id, ForeignKey("imports.id"), primary_key=True),
    Column("state", Text, primary_key=True),
    Column("rows", Integer, nullable=False),
)

import_keys = Table(
    "import_keys",
    metadata,
    Column("entity", Text, primary_key=True),
    Column("system", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("row_id", Id, nullable=False),
    Column("import_id", Id, nullable=False),
)

import_changes = Table(
    "import_changes",
    metadata,
    Column("import_id", Id, ForeignKey("imports.id"), primary_key=True),
    Column("entity", Text, primary_key=True),
    Column("row_id", Id, primary_key=True),
    Column("n", Integer, nullable=False),
    # None of a field or a segment.
    Column("client_id", Id),
    Column("name", Text, nullable=False),
    Column("created", Boolean, nullable=False),
    Column("before", JSONB, nullable=False),
    Column("after", JSONB, nullable=False),
    Column("version_after", Integer, nullable=False),
    Column("refused", Text),
)
