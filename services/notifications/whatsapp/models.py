"""Tables of WhatsApp; rows are locked and changed by SQL, so there are no mapped classes."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    Table,
    Text,
    Uuid,
    false,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.notifications.models import metadata

_Id = Uuid(as_uuid=False)
_Instant = DateTime(timezone=True)

deliveries = Table(
    "whatsapp_deliveries",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("body_hash", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("note", Text),
    Column("received_at", _Instant, nullable=False),
    Column("applied_at", _Instant),
)

conversations = Table(
    "whatsapp_conversations",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("client_id", _Id),
    Column("contact_id", _Id),
    Column("state", Text, nullable=False),
    Column("number", Text),
    Column("bsuid", Text),
    Column("phone", Text),
    Column("number_at", _Instant),
    Column("profile_name", Text),
    Column("last_inbound_at", _Instant),
    Column("last_message_at", _Instant),
    Column("last_text", Text),
    Column("unread", Integer, nullable=False),
    Column("mailed_at", _Instant),
    Column("handed_at", _Instant),
    Column("blocked_reason", Text),
    Column("returned_at", _Instant),
    Column("lead_key", Text),
    Column("lead_by", Text),
    Column("lead_at", _Instant),
    Column("created_at", _Instant, nullable=False),
    Column("updated_at", _Instant, nullable=False),
    Column("version", Integer, nullable=False),
)

identities = Table(
    "whatsapp_identities",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("conversation_id", _Id, ForeignKey("whatsapp_conversations.id"), nullable=False),
    Column("given_up_at", _Instant),
    Column("passed_on", Boolean, nullable=False, server_default=false()),
)

messages = Table(
    "whatsapp_messages",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("conversation_id", _Id, ForeignKey("whatsapp_conversations.id"), nullable=False),
    Column("position", BigInteger, Identity(always=True)),
    Column("direction", Text, nullable=False),
    Column("contact_id", _Id),
    Column("provider_id", Text),
    Column("type", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("template", JSONB(none_as_null=True)),
    Column("status", Text, nullable=False),
    Column("occurred_at", _Instant, nullable=False),
    Column("reply_to", Text),
    Column("sent_by", _Id),
    Column("sent_by_name", Text),
    Column("error", JSONB(none_as_null=True)),
    Column("media", JSONB(none_as_null=True)),
    Column("reactions", JSONB, nullable=False),
    Column("edited_at", _Instant),
    Column("revoked_at", _Instant),
    Column("handed_at", _Instant),
    Column("doubted_at", _Instant),
    Column("attempts", Integer, nullable=False),
    Column("announced_at", _Instant),
    Column("created_at", _Instant, nullable=False),
    Column("updated_at", _Instant, nullable=False),
    Column("version", Integer, nullable=False),
)

early = Table(
    "whatsapp_early",
    metadata,
    Column("provider_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("data", JSONB, nullable=False),
    Column("received_at", _Instant, nullable=False),
)

templates = Table(
    "whatsapp_templates",
    metadata,
    Column("name", Text, primary_key=True),
    Column("language", Text, primary_key=True),
    Column("status", Text, nullable=False),
    Column("category", Text),
    Column("body", Text, nullable=False),
    Column("places", Integer, nullable=False),
    Column("problem", Text),
    Column("synced_at", _Instant, nullable=False),
)

numbers = Table(
    "whatsapp_numbers",
    metadata,
    Column("phone_number_id", Text, primary_key=True),
    Column("next_at", _Instant),
    Column("blocked_reason", Text),
    Column("blocked_at", _Instant),
    Column("blocked_hash", Text),
    Column("well_at", _Instant),
)
