"""Who we are as the gateway tells of it, who we were on each invoice, and how the payment provider stands."""

from alembic import op

from libs.common import company

revision = "0003"
down_revision = "0002"

_TABLES = """
-- who we were on the day it was sent; empty on invoices sent before this was kept
ALTER TABLE invoices ADD COLUMN seller jsonb;

CREATE TABLE provider_faults (
    asked     text PRIMARY KEY,
    problem   text NOT NULL,
    failed_at timestamptz NOT NULL
);

CREATE INDEX provider_events_applied ON provider_events (applied_at) WHERE outcome = 'applied';
CREATE INDEX provider_events_failed ON provider_events (applied_at) WHERE outcome = 'failed';
CREATE INDEX provider_events_open ON provider_events (received_at) WHERE outcome IN ('kept', 'waiting');
"""


def upgrade() -> None:
    op.execute(company.SCHEMA_V1)
    op.execute(_TABLES)


def downgrade() -> None:
    op.execute("DROP INDEX provider_events_open, provider_events_failed, provider_events_applied")
    op.execute("DROP TABLE provider_faults")
    op.execute("ALTER TABLE invoices DROP COLUMN seller")
    op.execute(company.DROP_V1)
