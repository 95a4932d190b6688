"""Tables of the gateway: people, their sessions, forms that wait, and a log of requests."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, DateTime, ForeignKey, Integer, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, DOUBLE_PRECISION, JSONB

metadata = MetaData()

_Id = Uuid(as_uuid=False)
_Instant = DateTime(timezone=True)

users = Table(
    "users",
    metadata,
    Column("id", _Id, primary_key=True),
    # Null: somebody whose address is not known yet; they own clients and deals, and cannot sign in.
    Column("email", Text),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("team", Text, nullable=False, server_default=""),
    Column("reports_to", _Id, ForeignKey("users.id")),
    Column("locale", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("password_hash", Text),
    Column("created_at", _Instant, nullable=False),
    Column("updated_at", _Instant, nullable=False),
    Column("version", Integer, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("user_id", _Id, ForeignKey("users.id"), nullable=False),
    Column("refresh_hash", Text, nullable=False),
    Column("created_at", _Instant, nullable=False),
    Column("used_at", _Instant, nullable=False),
    Column("expires_at", _Instant, nullable=False),
    Column("revoked_at", _Instant),
    Column("user_agent", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("kind", Text, nullable=False),
)

choices = Table(
    "choices",
    metadata,
    Column("user_id", _Id, ForeignKey("users.id"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("value", JSONB, nullable=False),
    Column("updated_at", _Instant, nullable=False),
)

brief_drafts = Table(
    "brief_drafts",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("form", JSONB, nullable=False),
    Column("updated_at", _Instant, nullable=False),
)

company = Table(
    "company",
    metadata,
    Column("one", Boolean, primary_key=True),
    Column("id", _Id, nullable=False),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("payment_instructions", Text, nullable=False),
    Column("website", Text, nullable=False),
    Column("training_url", Text, nullable=False),
    Column("created_at", _Instant, nullable=False),
    Column("updated_at", _Instant, nullable=False),
    Column("updated_by", Text, nullable=False),
    Column("version", Integer, nullable=False),
)

integration_checks = Table(
    "integration_checks",
    metadata,
    Column("name", Text, primary_key=True),
    Column("ok", Boolean, nullable=False),
    Column("message", Text, nullable=False),
    Column("milliseconds", Integer, nullable=False),
    Column("checked_at", _Instant, nullable=False),
    Column("checked_by", Text, nullable=False),
)

login_failures = Table(
    "login_failures",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("email", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("failed_at", _Instant, nullable=False),
)

intake_forms = Table(
    "intake_forms",
    metadata,
    Column("reference", _Id, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("form", JSONB, nullable=False),
    Column("fingerprint", Text),
    Column("status", Text, nullable=False),
    Column("problem", Text),
    Column("client_id", _Id),
    Column("contact_id", _Id),
    Column("deal_id", _Id),
    Column("address", Text, nullable=False),
    Column("received_at", _Instant, nullable=False),
    Column("played_in_at", _Instant),
)

request_log = Table(
    "request_log",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("correlation_id", Text, nullable=False),
    Column("method", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("started_at", _Instant, nullable=False),
    Column("milliseconds", DOUBLE_PRECISION, nullable=False),
    Column("calls", JSONB, nullable=False),
)

rate_limits = Table(
    "rate_limits",
    metadata,
    Column("key", Text, primary_key=True),
    Column("hits", Integer, nullable=False),
    Column("expires_at", _Instant, nullable=False),
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("email", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("token_hash", Text, nullable=False),
    Column("invited_by", Text, nullable=False),
    Column("created_at", _Instant, nullable=False),
    Column("updated_at", _Instant, nullable=False),
    Column("expires_at", _Instant, nullable=False),
    Column("accepted_at", _Instant),
    Column("revoked_at", _Instant),
    Column("user_id", _Id, ForeignKey("users.id")),
    Column("version", Integer, nullable=False),
)

password_resets = Table(
    "password_resets",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("user_id", _Id, ForeignKey("users.id"), nullable=False),
    Column("token_hash", Text, nullable=False),
    Column("created_at", _Instant, nullable=False),
    Column("expires_at", _Instant, nullable=False),
    Column("used_at", _Instant),
)

login_tickets = Table(
    "login_tickets",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("user_id", _Id, ForeignKey("users.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("created_at", _Instant, nullable=False),
    Column("expires_at", _Instant, nullable=False),
)

second_factors = Table(
    "second_factors",
    metadata,
    Column("user_id", _Id, ForeignKey("users.id"), primary_key=True),
    Column("secret", Text, nullable=False),
    Column("confirmed_at", _Instant),
    Column("last_step", BigInteger),
    Column("created_at", _Instant, nullable=False),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("user_id", _Id, ForeignKey("users.id"), primary_key=True),
    Column("code_hash", Text, primary_key=True),
    Column("used_at", _Instant),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("user_id", _Id, ForeignKey("users.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("prefix", Text, nullable=False),
    Column("key_hash", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("areas", ARRAY(Text), nullable=False),
    Column("created_at", _Instant, nullable=False),
    Column("expires_at", _Instant),
    Column("last_used_at", _Instant),
    Column("revoked_at", _Instant),
)

sso_identities = Table(
    "sso_identities",
    metadata,
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("user_id", _Id, ForeignKey("users.id"), nullable=False),
    Column("created_at", _Instant, nullable=False),
)

spent_tokens = Table(
    "spent_tokens",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("session_id", _Id, ForeignKey("sessions.id", ondelete="CASCADE"), nullable=False),
)

live_changes = Table(
    "live_changes",
    metadata,
    Column("id", BigInteger, primary_key=True),
    Column("topic", Text, nullable=False),
    Column("client_id", _Id),
    Column("deal_id", _Id),
    Column("conversation_id", _Id),
    Column("subject_id", _Id),
    Column("won", Boolean, nullable=False),
    Column("user_ids", ARRAY(_Id), nullable=False),
    Column("created_at", _Instant, nullable=False),
)
