"""Tables of the deals service and the mapping of its domain."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Computed,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Integer,
    MetaData,
    Numeric,
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
    Column("custom", JSONB, nullable=False, server_default="{}"),
    Column("ai_score", SmallInteger),
    Column("ai_insights", JSONB(none_as_null=True)),
    Column("ai_generation_id", _Id),
    Column("score_probability", Double),
    Column("score", JSONB(none_as_null=True)),
    Column("score_version", Integer, nullable=False, server_default="0"),
    Column("created_on", Date, nullable=False),
    Column("closes_on", Date, Computed("COALESCE(actual_close_date, expected_close_date)", persisted=True)),
    Column(
        "model_probability",
        Double,
        Computed("CASE WHEN score ->> 'stage' = stage THEN score_probability END", persisted=True),
    ),
    Column("reached", SmallInteger, nullable=False, server_default="0"),
    Column("last_activity_at", _Instant, nullable=False),
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
    Column("contact_phone", Text),
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
    Column("moved_on", Date, nullable=False),
    Column("stayed_days", Integer),
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

imported_deals = Table(
    "imported_deals",
    metadata,
    Column("deal_id", _Id, ForeignKey("deals.id"), primary_key=True),
    Column("import_id", _Id, nullable=False),
    Column("system", Text, nullable=False),
    Column("key", Text),
)

deal_stagnation = Table(
    "deal_stagnation",
    metadata,
    Column("deal_id", _Id, ForeignKey("deals.id"), primary_key=True),
    Column("since", _Instant, primary_key=True),
    Column("told_at", _Instant, nullable=False),
)

stage_weights = Table(
    "stage_weights",
    metadata,
    Column("stage", Text, primary_key=True),
    Column("weight", SmallInteger, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("set_at", _Instant, nullable=False),
)

stage_weight_history = Table(
    "stage_weight_history",
    metadata,
    Column("stage", Text, primary_key=True),
    Column("weight", SmallInteger, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("set_at", _Instant, primary_key=True),
)

sales_targets = Table(
    "sales_targets",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("month", Date, nullable=False),
    Column("owner_id", _Id),
    Column("amount_minor", BigInteger, nullable=False),
    Column("set_by", Text, nullable=False),
    Column("set_at", _Instant, nullable=False),
)

exchange_rates = Table(
    "exchange_rates",
    metadata,
    Column("currency", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("rate", Numeric(24, 12), nullable=False),
    Column("version", Integer, nullable=False),
)

deal_states = Table(
    "deal_states",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("deal_id", _Id, nullable=False),
    Column("client_id", _Id, nullable=False),
    Column("stage", Text, nullable=False),
    Column("value_minor", BigInteger),
    Column("currency", Text, nullable=False),
    Column("closes_on", Date),
    Column("owner_id", _Id),
    Column("source", Text, nullable=False),
    Column("tags", ARRAY(Text), nullable=False),
    Column("reached", SmallInteger, nullable=False),
    Column("valid_from", _Instant, nullable=False),
    Column("valid_to", _Instant),
)


def _sums(name: str, *columns: Column[Any]) -> Table:
    """A table that triggers add to: reports add its rows up, see migration 0007."""
    slices = (Column("slice", Text, nullable=False), Column("owner_id", _Id), Column("source", Text))
    return Table(name, metadata, Column("id", BigInteger, primary_key=True), *slices, Column("tag", Text), *columns)


def _added(kind: Any, names: str) -> list[Column[Any]]:
    return [Column(name, kind, nullable=False) for name in names.split()]


pipeline_sums = _sums(
    "pipeline_sums",
    Column("changed", Date, nullable=False),
    Column("month", Date),
    *_added(Text, "stage currency"),
    *_added(Integer, "deals valued lead qualified proposal negotiation"),
    *_added(Numeric, "value_minor lead_minor qualified_minor proposal_minor negotiation_minor"),
)
pipeline_cohorts = _sums(
    "pipeline_cohorts",
    Column("month", Date, nullable=False),
    *_added(Text, "stage currency"),
    *_added(Integer, "deals valued qualified proposal negotiation"),
    *_added(Numeric, "value_minor qualified_minor proposal_minor negotiation_minor"),
)
pipeline_scores = _sums(
    "pipeline_scores",
    Column("month", Date),
    *_added(Text, "stage currency"),
    *_added(Integer, "modelled"),
    *_added(Numeric, "model_minor expected_minor"),
)
pipeline_durations = Table(
    "pipeline_durations",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("month", Date, nullable=False),
    *_added(Text, "stage"),
    *_added(Integer, "days deals"),
)

# What ai tells of a deal's chances and what the database works out are no part of the deal that people change.
_BESIDE = {"score_probability", "score", "score_version"}
WORKED_OUT = {"closes_on", "model_probability", "reached", "last_activity_at"}
mapper.map_imperatively(
    Deal, deals, version_id_col=deals.c.version, version_id_generator=False, exclude_properties=_BESIDE | WORKED_OUT
)
