"""Deals, briefs, stage history, and the copies of clients' access and of invoices."""

from alembic import op

from libs.common import row_access
from libs.common.migrate import drop_mechanism, mechanism

revision = "0001"
down_revision = None

_TABLES = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE deals (
    id                  uuid PRIMARY KEY,
    deal_name           text NOT NULL CHECK (deal_name <> ''),
    client_id           uuid NOT NULL,
    deal_value_minor    bigint CHECK (deal_value_minor >= 0),
    currency            text NOT NULL,
    stage               text NOT NULL CHECK (stage IN ('lead', 'qualified', 'proposal', 'negotiation', 'won', 'lost')),
    stage_since         timestamptz NOT NULL,
    source              text NOT NULL,
    description         text,
    expected_close_date date,
    actual_close_date   date,
    lost_reason         text,
    owner_id            uuid,
    tags                text[] NOT NULL,
    ai_score            smallint CHECK (ai_score BETWEEN 0 AND 100),
    ai_insights         jsonb,
    ai_generation_id    uuid,
    created_at          timestamptz NOT NULL,
    updated_at          timestamptz NOT NULL,
    version             integer NOT NULL,
    CHECK ((actual_close_date IS NOT NULL) = (stage IN ('won', 'lost'))),
    CHECK ((lost_reason IS NOT NULL) = (stage = 'lost'))
);
CREATE INDEX deals_newest ON deals (created_at DESC, id DESC);
CREATE INDEX deals_client ON deals (client_id);
CREATE INDEX deals_owner ON deals (owner_id);
CREATE INDEX deals_stage ON deals (stage, stage_since DESC, id DESC);
CREATE INDEX deals_closing ON deals (expected_close_date);
CREATE INDEX deals_tags ON deals USING gin (tags);
CREATE INDEX deals_name_trgm ON deals USING gin (deal_name gin_trgm_ops);

CREATE TABLE briefs (
    id               uuid PRIMARY KEY,
    deal_id          uuid NOT NULL REFERENCES deals (id),
    client_id        uuid NOT NULL,
    contact_id       uuid,
    contact_name     text,
    contact_email    text,
    vision_title     text NOT NULL,
    vision_summary   text NOT NULL,
    audience         text NOT NULL,
    features         text[] NOT NULL,
    design           text NOT NULL,
    timeline_weeks   integer NOT NULL CHECK (timeline_weeks > 0),
    budget_min_minor bigint NOT NULL CHECK (budget_min_minor >= 0),
    budget_max_minor bigint NOT NULL CHECK (budget_max_minor >= budget_min_minor),
    currency         text NOT NULL,
    reference        text NOT NULL,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    version          integer NOT NULL
);
CREATE UNIQUE INDEX briefs_deal ON briefs (deal_id);

CREATE TABLE stage_history (
    id               uuid PRIMARY KEY,
    deal_id          uuid NOT NULL REFERENCES deals (id),
    from_stage       text,
    to_stage         text NOT NULL,
    lost_reason      text,
    deal_value_minor bigint,
    currency         text NOT NULL,
    moved_at         timestamptz NOT NULL,
    moved_by         text NOT NULL,
    moved_by_name    text NOT NULL
);
CREATE INDEX stage_history_deal ON stage_history (deal_id, moved_at, id);

-- Our copy of the billing service's invoices.
CREATE TABLE deal_invoices (
    invoice_id     uuid PRIMARY KEY,
    deal_id        uuid NOT NULL,
    invoice_number text NOT NULL,
    amount_minor   bigint NOT NULL,
    currency       text NOT NULL,
    status         text NOT NULL,
    version        integer NOT NULL
);
CREATE INDEX deal_invoices_deal ON deal_invoices (deal_id);
"""


def upgrade() -> None:
    op.execute(mechanism(1))
    op.execute(row_access.SCHEMA_V1)
    op.execute(_TABLES)


def downgrade() -> None:
    op.execute("DROP TABLE deal_invoices, stage_history, briefs, deals")
    op.execute(row_access.DROP_V1)
    op.execute(drop_mechanism())
