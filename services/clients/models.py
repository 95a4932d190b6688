"""Tables of the clients service and the mapping of its domain."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    Numeric,
    SmallInteger,
    Table,
    Text,
)  # fmt: skip
from sqlalchemy import Uuid as SqlUuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlalchemy.orm import registry

from services.clients.domain import Activity, Client, Contact

metadata = MetaData()
mapper = registry(metadata=metadata)

_Id = SqlUuid(as_uuid=False)
_Instant = DateTime(timezone=True)

clients = Table(
    "clients",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("company_name", Text, nullable=False),
    Column("match_name", Text, nullable=False),
    Column("email", Text),
    Column("phone", Text),
    Column("website", Text),
    Column("industry", Text),
    Column("status", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("address", Text),
    Column("city", Text),
    Column("state", Text),
    Column("country", Text),
    Column("notes", Text),
    Column("tags", ARRAY(Text), nullable=False),
    Column("owner_id", _Id),
    Column("lifetime_value_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("last_activity_at", _Instant),
    Column("waiting_since", _Instant),
    Column("custom", JSONB, nullable=False, server_default="{}"),
    Column("access_version", Integer, nullable=False),
    Column("created_at", _Instant, nullable=False),
    Column("updated_at", _Instant, nullable=False),
    Column("deleted_at", _Instant),
    Column("version", Integer, nullable=False),
)

client_keys = Table(
    "client_keys",
    metadata,
    Column("key", Text, primary_key=True),
    Column("client_id", _Id, ForeignKey("clients.id"), nullable=False),
)

contacts = Table(
    "contacts",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("client_id", _Id, ForeignKey("clients.id"), nullable=False),
    Column("first_name", Text, nullable=False),
    Column("last_name", Text, nullable=False),
    Column("email", Text),
    Column("phone", Text),
    Column("job_title", Text),
    Column("is_primary", Boolean, nullable=False),
    Column("custom", JSONB, nullable=False, server_default="{}"),
    Column("created_at", _Instant, nullable=False),
    Column("updated_at", _Instant, nullable=False),
    Column("version", Integer, nullable=False),
)

activities = Table(
    "activities",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("client_id", _Id, ForeignKey("clients.id"), nullable=False),
    Column("contact_id", _Id),
    Column("deal_id", _Id),
    Column("type", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("details", JSONB, nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("occurred_at", _Instant, nullable=False),
    Column("due_at", _Instant),
    Column("assignee_id", _Id),
    Column("done_at", _Instant),
    Column("created_at", _Instant, nullable=False),
    Column("updated_at", _Instant, nullable=False),
    Column("version", Integer, nullable=False),
)

tags = Table("tags", metadata, Column("name", Text, primary_key=True), Column("created_at", _Instant, nullable=False))

documents = Table(
    "documents",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("client_id", _Id, ForeignKey("clients.id"), nullable=False),
    Column("filename", Text, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("size", BigInteger),
    Column("sha256", Text),
    Column("uploaded_by", Text, nullable=False),
    Column("created_at", _Instant, nullable=False),
    Column("updated_at", _Instant, nullable=False),
    Column("stored_at", _Instant),
    Column("version", Integer, nullable=False),
)

assignments = Table(
    "assignments",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("client_id", _Id, ForeignKey("clients.id"), nullable=False),
    Column("owner_id", _Id),
    Column("previous_owner_id", _Id),
    Column("assigned_by", Text, nullable=False),
    Column("assigned_at", _Instant, nullable=False),
)

access_grants = Table(
    "access_grants",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("client_id", _Id, ForeignKey("clients.id"), nullable=False),
    Column("user_id", _Id, nullable=False),
    Column("ends_at", _Instant),
    Column("granted_by", Text, nullable=False),
    Column("created_at", _Instant, nullable=False),
    Column("revoked_at", _Instant),
)

client_deals = Table(
    "client_deals",
    metadata,
    Column("deal_id", _Id, primary_key=True),
    Column("client_id", _Id, nullable=False),
    Column("deal_name", Text, nullable=False),
    Column("description", Text),
    Column("stage", Text, nullable=False),
    Column("value_minor", BigInteger),
    Column("currency", Text, nullable=False),
    Column("closed_on", Date),
    Column("base_minor", BigInteger),
    Column("version", Integer, nullable=False),
)

exchange_rates = Table(
    "exchange_rates",
    metadata,
    Column("currency", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("rate", Numeric(24, 12), nullable=False),
    Column("set_by", Text),
    Column("set_at", _Instant),
    Column("version", Integer, nullable=False, server_default="1"),
)

change_sets = Table(
    "change_sets",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("action", Text, nullable=False),
    Column("value", Text),
    Column("made_by", Text, nullable=False),
    Column("created_at", _Instant, nullable=False),
    Column("undone_at", _Instant),
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
    Column("change_set_id", _Id, primary_key=True),
    Column("client_id", _Id, primary_key=True),
    Column("company_name", Text),
    Column("before", JSONB(none_as_null=True)),
    Column("after", JSONB(none_as_null=True)),
    Column("version_after", Integer),
    Column("state", Text, nullable=False),
    Column("reason", Text),
)

duplicate_pairs = Table(
    "duplicate_pairs",
    metadata,
    Column("first_id", _Id, ForeignKey("clients.id"), primary_key=True),
    Column("second_id", _Id, ForeignKey("clients.id"), primary_key=True),
    Column("score", SmallInteger, nullable=False),
    Column("reasons", ARRAY(Text), nullable=False),
    Column("found_at", _Instant, nullable=False),
    Column("dismissed_at", _Instant),
    Column("dismissed_by", Text),
)

duplicate_checks = Table(
    "duplicate_checks",
    metadata,
    Column("client_id", _Id, ForeignKey("clients.id"), primary_key=True),
    Column("signs", Text, nullable=False),
    Column("checked_at", _Instant, nullable=False),
)

erasures = Table(
    "erasures",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("contact_id", _Id, nullable=False),
    Column("client_id", _Id, ForeignKey("clients.id"), nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_by_name", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("sealed", Text),
    Column("parts", JSONB, nullable=False),
    Column("asked_at", _Instant, nullable=False),
    Column("erased_at", _Instant),
    Column("settled_at", _Instant),
    Column("version", Integer, nullable=False),
)

imports = Table(
    "imports",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("filename", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("size", BigInteger),
    Column("state", Text, nullable=False),
    Column("problem", Text),
    Column("sheets", JSONB, nullable=False),
    Column("answers", JSONB, nullable=False),
    Column("found", JSONB, nullable=False),
    Column("people", JSONB, nullable=False),
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
    Column("created_at", _Instant, nullable=False),
    Column("updated_at", _Instant, nullable=False),
    Column("committed_at", _Instant),
    Column("finished_at", _Instant),
    Column("version", Integer, nullable=False),
)

import_rows = Table(
    "import_rows",
    metadata,
    Column("import_id", _Id, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("sheet", SmallInteger, nullable=False),
    Column("line", Integer, nullable=False),
    Column("cells", ARRAY(Text), nullable=False),
    Column("state", Text, nullable=False),
    Column("problems", JSONB(none_as_null=True)),
    Column("notes", JSONB(none_as_null=True)),
)

import_keys = Table(
    "import_keys",
    metadata,
    Column("entity", Text, primary_key=True),
    Column("system", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("row_id", _Id, nullable=False),
    Column("import_id", _Id, nullable=False),
)

import_changes = Table(
    "import_changes",
    metadata,
    Column("import_id", _Id, primary_key=True),
    Column("entity", Text, primary_key=True),
    Column("row_id", _Id, primary_key=True),
    Column("n", Integer, nullable=False),
    Column("client_id", _Id, nullable=False),
    Column("name", Text, nullable=False),
    Column("created", Boolean, nullable=False),
    Column("before", JSONB, nullable=False),
    Column("after", JSONB, nullable=False),
    Column("version_after", Integer, nullable=False),
    Column("refused", Text),
)

# Written by the database, by what stands in the other tables.
search_documents = Table(
    "search_documents",
    metadata,
    Column("client_id", _Id, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("source_id", _Id, primary_key=True),
    Column("content", Text, nullable=False),
    Column("words", TSVECTOR, nullable=False),
    Column("written_at", _Instant, nullable=False),
)

search_words = Table("search_words", metadata, Column("word", Text, primary_key=True))

segments = Table(
    "segments",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("name", Text, nullable=False),
    Column("filters", JSONB, nullable=False),
    Column("sort", Text),
    Column("shared", Boolean, nullable=False),
    Column("owner_id", _Id, nullable=False),
    Column("created_at", _Instant, nullable=False),
    Column("updated_at", _Instant, nullable=False),
    Column("version", Integer, nullable=False),
)

mapper.map_imperatively(Client, clients, version_id_col=clients.c.version, version_id_generator=False)
mapper.map_imperatively(Contact, contacts, version_id_col=contacts.c.version, version_id_generator=False)
mapper.map_imperatively(Activity, activities)
