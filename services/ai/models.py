"""Tables of the ai service."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData()

_Id = Uuid(as_uuid=False)
_Instant = DateTime(timezone=True)

generations = Table(
    "generations",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("client_id", _Id),
    Column("deal_id", _Id),
    Column("brief_id", _Id),
    Column("user_id", _Id),
    Column("status", Text, nullable=False),
    Column("provider", Text),
    Column("model", Text),
    Column("prompt_version", Text),
    Column("stands_in_because", Text),
    Column("input_tokens", Integer),
    Column("output_tokens", Integer),
    Column("thought_tokens", Integer),
    Column("cost_micro_usd", BigInteger),
    Column("milliseconds", Integer),
    Column("attempts", Integer),
    Column("score", Integer),
    Column("fingerprint", Text),
    Column("input", JSONB, nullable=False),
    Column("output", JSONB(none_as_null=True)),
    Column("problem", Text),
    Column("created_at", _Instant, nullable=False),
    Column("updated_at", _Instant, nullable=False),
    Column("version", Integer, nullable=False),
)

email_drafts = Table(
    "email_drafts",
    metadata,
    Column("id", _Id, ForeignKey("generations.id"), primary_key=True),
    Column("client_id", _Id, nullable=False),
    Column("deal_id", _Id, nullable=False),
    Column("contact_id", _Id),
    Column("user_id", _Id, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("attachments", JSONB, nullable=False),
    Column("sent_at", _Instant),
    Column("sent_by", _Id),
    Column("sent_by_name", Text),
    Column("confirmed", JSONB, nullable=False),
    Column("mail_status", Text),
    Column("mail_problem", Text),
    Column("sent_to", ARRAY(Text), nullable=False),
    Column("created_at", _Instant, nullable=False),
    Column("updated_at", _Instant, nullable=False),
    Column("version", Integer, nullable=False),
)

draft_refusals = Table(
    "draft_refusals",
    metadata,
    Column("draft_id", _Id, ForeignKey("email_drafts.id"), primary_key=True),
    Column("user_id", _Id, primary_key=True),
    Column("version", Integer, nullable=False),
)

provider_calls = Table(
    "provider_calls",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("generation_id", _Id, nullable=False),
    Column("kind", Text, nullable=False),
    Column("user_id", _Id),
    Column("provider", Text, nullable=False),
    Column("model", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("most_micro_usd", BigInteger, nullable=False),
    Column("counted_micro_usd", BigInteger, nullable=False),
    Column("cost_micro_usd", BigInteger),
    Column("input_tokens", Integer),
    Column("output_tokens", Integer),
    Column("thought_tokens", Integer),
    Column("milliseconds", Integer),
    Column("problem", Text),
    Column("created_at", _Instant, nullable=False),
    Column("finished_at", _Instant),
)

provider_pauses = Table(
    "provider_pauses",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("model", Text, primary_key=True),
    Column("until", _Instant, nullable=False),
    Column("because", Text, nullable=False),
)

budgets = Table(
    "budgets",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("one", Boolean, nullable=False),
    Column("daily_micro_usd", BigInteger, nullable=False),
    Column("user_daily_micro_usd", BigInteger, nullable=False),
    Column("created_at", _Instant, nullable=False),
    Column("updated_at", _Instant, nullable=False),
    Column("updated_by", Text, nullable=False),
    Column("version", Integer, nullable=False),
)

deal_facts = Table(
    "deal_facts",
    metadata,
    Column("deal_id", _Id, primary_key=True),
    Column("client_id", _Id, nullable=False),
    Column("stage", Text, nullable=False),
    Column("stage_since", _Instant, nullable=False),
    Column("began_at", _Instant, nullable=False),
    Column("deal_value_minor", BigInteger),
    Column("currency", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("owner_id", _Id),
    Column("closed_on", Date),
    Column("version", Integer, nullable=False),
    Column("updated_at", _Instant, nullable=False),
    Column("score_source", Text),
    Column("score_stage", Text),
    Column("score_probability", Double),
    Column("score_model", Integer),
    Column("score_version", Integer, nullable=False, server_default="0"),
)

stage_visits = Table(
    "stage_visits",
    metadata,
    Column("deal_id", _Id, primary_key=True),
    Column("entered_at", _Instant, primary_key=True),
    Column("stage", Text, nullable=False),
    Column("deal_value_minor", BigInteger),
    Column("currency", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("owner_id", _Id),
    Column("version", Integer, nullable=False),
)

client_industries = Table(
    "client_industries",
    metadata,
    Column("client_id", _Id, primary_key=True),
    Column("industry", Text),
    Column("version", Integer, nullable=False),
)

history_reading = Table(
    "history_reading",
    metadata,
    Column("what", Text, primary_key=True),
    Column("cursor", Text),
    Column("finished_at", _Instant),
)

applied_parts = Table(
    "applied_parts",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("generation_id", _Id, ForeignKey("generations.id"), nullable=False),
    Column("part", Text, nullable=False),
    Column("client_id", _Id, nullable=False),
    Column("content", JSONB, nullable=False),
    Column("result", JSONB(none_as_null=True)),
    Column("done_at", _Instant),
    Column("created_at", _Instant, nullable=False),
    Column("updated_at", _Instant, nullable=False),
    Column("version", Integer, nullable=False),
)

score_models = Table(
    "score_models",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("because", Text),
    Column("closed", Integer, nullable=False),
    Column("won", Integer, nullable=False),
    Column("learnt_from", Integer, nullable=False),
    Column("held_back", Integer, nullable=False),
    Column("split_on", Date),
    Column("base_rate", Double),
    Column("figures", JSONB(none_as_null=True)),
    Column("calibration", JSONB, nullable=False),
    Column("model", JSONB(none_as_null=True)),
    Column("trained_by", Text, nullable=False),
    Column("created_at", _Instant, nullable=False),
    Column("updated_at", _Instant, nullable=False),
    Column("version", Integer, nullable=False),
)
