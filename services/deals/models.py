"""Tables of the deals service and the mapping of its domain."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import registry

from services.deals.domain import Deal

metadata = MetaData()
mapper = registry(metadata=metadata)

_Id = Uuid(as_uuid=False)
_Instant = DateTime(timezone=True)

deals = Table(
    "deals",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("deal_name", Text, nullable=False),
    Column("client_id", _Id, nullable=False),
    Column("deal_value_minor", BigInteger),
    Column("currency", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("stage_since", _Instant, nullable=False),
    Column("source", Text, nullable=False),
    Column("description", Text),
    Column("expected_close_date", Date),
    Column("actual_close_date", Date),
    Column("lost_reason", Text),
    Column("owner_id", _Id),
    Column("tags", ARRAY(Text), nullable=False),
    Column("ai_score", SmallInteger),
    Column("ai_insights", JSONB(none_as_null=True)),
    Column("ai_generation_id", _Id),
    Column("score_probability", Double),
    Column("score", JSONB(none_as_null=True)),
    Column("score_version", Integer, nullable=False, server_default="0"),
    Column("created_at", _Instant, nullable=False),
    Column("updated_at", _Instant, nullable=False),
    Column("version", Integer, nullable=False),
)

briefs = Table(
    "briefs",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("deal_id", _Id, ForeignKey("deals.id"), nullable=False),
    Column("client_id", _Id, nullable=False),
    Column("contact_id", _Id),
    Column("contact_name", Text),
    Column("contact_email", Text),
    Column("vision_title", Text, nullable=False),
    Column("vision_summary", Text, nullable=False),
    Column("audience", Text, nullable=False),
    Column("features", ARRAY(Text), nullable=False),
    Column("design", Text, nullable=False),
    Column("timeline_weeks", Integer, nullable=False),
    Column("budget_min_minor", BigInteger, nullable=False),
    Column("budget_max_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("created_at", _Instant, nullable=False),
    Column("updated_at", _Instant, nullable=False),
    Column("version", Integer, nullable=False),
)

stage_history = Table(
    "stage_history",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("deal_id", _Id, ForeignKey("deals.id"), nullable=False),
    Column("from_stage", Text),
    Column("to_stage", Text, nullable=False),
    Column("lost_reason", Text),
    Column("deal_value_minor", BigInteger),
    Column("currency", Text, nullable=False),
    Column("moved_at", _Instant, nullable=False),
    Column("moved_by", Text, nullable=False),
    Column("moved_by_name", Text, nullable=False),
)

deal_invoices = Table(
    "deal_invoices",
    metadata,
    Column("invoice_id", _Id, primary_key=True),
    Column("deal_id", _Id, nullable=False),
    Column("invoice_number", Text, nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("version", Integer, nullable=False),
)

stage_weights = Table(
    "stage_weights",
    metadata,
    Column("stage", Text, primary_key=True),
    Column("weight", SmallInteger, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("set_at", _Instant, nullable=False),
)

# What ai tells of a deal's chances is kept beside it, and is no part of the deal that people change.
_TOLD = {"score_probability", "score", "score_version"}
mapper.map_imperatively(
    Deal, deals, version_id_col=deals.c.version, version_id_generator=False, exclude_properties=_TOLD
)
