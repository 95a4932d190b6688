"""Tables of the ai service."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, ForeignKey, Integer, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

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
