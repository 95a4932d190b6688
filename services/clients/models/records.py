"""Clients and all that hangs on them; the mapping of the domain."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, Integer, Numeric, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.clients.domain import Activity, Client, Contact
from services.clients.models.columns import Id, Instant, mapper, metadata

clients = Table(
    "clients",
    metadata,
    Column("id", Id, primary_key=True),
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
    Column("owner_id", Id),
    Column("lifetime_value_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    # Kept by the database, like the lifetime value: what the client's deals come to, amounts in the base currency.
    Column("open_deals", Integer, nullable=False, server_default="0"),
    Column("deal_stages", ARRAY(Text), nullable=False, server_default="{}"),
    Column("least_deal_minor", BigInteger),
    Column("greatest_deal_minor", BigInteger),
    Column("last_activity_at", Instant),
    Column("waiting_since", Instant),
    Column("custom", JSONB, nullable=False, server_default="{}"),
    Column("access_version", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("deleted_at", Instant),
    Column("version", Integer, nullable=False),
)

# The columns that only the database writes, by what stands in client_deals.
DEAL_FIGURES = ("open_deals", "deal_stages", "least_deal_minor", "greatest_deal_minor")

client_keys = Table(
    "client_keys",
    metadata,
    Column("key", Text, primary_key=True),
    Column("client_id", Id, ForeignKey("clients.id"), nullable=False),
)

contacts = Table(
    "contacts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("client_id", Id, ForeignKey("clients.id"), nullable=False),
    Column("first_name", Text, nullable=False),
    Column("last_name", Text, nullable=False),
    Column("email", Text),
    Column("phone", Text),
    Column("job_title", Text),
    Column("is_primary", Boolean, nullable=False),
    Column("custom", JSONB, nullable=False, server_default="{}"),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("version", Integer, nullable=False),
)

activities = Table(
    "activities",
    metadata,
    Column("id", Id, primary_key=True),
    Column("client_id", Id, ForeignKey("clients.id"), nullable=False),
    Column("contact_id", Id),
    Column("deal_id", Id),
    Column("type", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("details", JSONB, nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("actor_name", Text, nullable=False),
    Column("occurred_at", Instant, nullable=False),
    Column("due_at", Instant),
    Column("assignee_id", Id),
    Column("done_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("version", Integer, nullable=False),
)

tags = Table("tags", metadata, Column("name", Text, primary_key=True), Column("created_at", Instant, nullable=False))

documents = Table(
    "documents",
    metadata,
    Column("id", Id, primary_key=True),
    Column("client_id", Id, ForeignKey("clients.id"), nullable=False),
    Column("filename", Text, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("size", BigInteger),
    Column("sha256", Text),
    Column("uploaded_by", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("stored_at", Instant),
    Column("version", Integer, nullable=False),
)

assignments = Table(
    "assignments",
    metadata,
    Column("id", Id, primary_key=True),
    Column("client_id", Id, ForeignKey("clients.id"), nullable=False),
    Column("owner_id", Id),
    Column("previous_owner_id", Id),
    Column("assigned_by", Text, nullable=False),
    Column("assigned_at", Instant, nullable=False),
)

access_grants = Table(
    "access_grants",
    metadata,
    Column("id", Id, primary_key=True),
    Column("client_id", Id, ForeignKey("clients.id"), nullable=False),
    Column("user_id", Id, nullable=False),
    Column("ends_at", Instant),
    Column("granted_by", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)

client_deals = Table(
    "client_deals",
    metadata,
    Column("deal_id", Id, primary_key=True),
    Column("client_id", Id, nullable=False),
    Column("deal_name", Text, nullable=False),
    Column("description", Text),
    Column("custom", JSONB(none_as_null=True)),
    Column("custom_text", Text),
    Column("stage", Text, nullable=False),
    Column("value_minor", BigInteger),
    Column("currency", Text, nullable=False),
    Column("closed_on", Date),
    Column("base_minor", BigInteger),
    Column("version", Integer, nullable=False),
)

deal_fields = Table(
    "deal_fields",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("options", JSONB, nullable=False),
    Column("position", Integer, nullable=False),
    Column("archived", Boolean, nullable=False),
    Column("removed", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
)

exchange_rates = Table(
    "exchange_rates",
    metadata,
    Column("currency", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("rate", Numeric(24, 12), nullable=False),
    Column("set_by", Text),
    Column("set_at", Instant),
    Column("version", Integer, nullable=False, server_default="1"),
)

erasures = Table(
    "erasures",
    metadata,
    Column("id", Id, primary_key=True),
    Column("contact_id", Id, nullable=False),
    Column("client_id", Id, ForeignKey("clients.id"), nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("asked_by_name", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("sealed", Text),
    Column("parts", JSONB, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("erased_at", Instant),
    Column("settled_at", Instant),
    Column("version", Integer, nullable=False),
)

mapper.map_imperatively(
    Client,
    clients,
    version_id_col=clients.c.version,
    version_id_generator=False,
    exclude_properties=DEAL_FIGURES,
)
mapper.map_imperatively(Contact, contacts, version_id_col=contacts.c.version, version_id_generator=False)
mapper.map_imperatively(Activity, activities)
