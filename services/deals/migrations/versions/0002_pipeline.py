"""Stage weights that an admin sets, and indexes for the board, for every sort, and for finding deals by letters."""

from alembic import op

revision = "0002"
down_revision = "0001"

_UP = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- What an admin set; a stage without a row has the weight of the settings.
CREATE TABLE stage_weights (
    stage  text PRIMARY KEY CHECK (stage IN ('lead', 'qualified', 'proposal', 'negotiation', 'won', 'lost')),
    weight smallint NOT NULL CHECK (weight BETWEEN 0 AND 100),
    set_by text NOT NULL,
    set_at timestamptz NOT NULL,
    CHECK (stage <> 'won' OR weight = 100),
    CHECK (stage <> 'lost' OR weight = 0)
);

-- One for each way a list is sorted; the expressions are those of queries/deals.py.
CREATE INDEX deals_updated ON deals (updated_at DESC, id DESC);
CREATE INDEX deals_since ON deals (stage_since DESC, id DESC);
CREATE INDEX deals_by_name ON deals (lower(deal_name), id);
CREATE INDEX deals_by_value ON deals (COALESCE(deal_value_minor, -1), id);
CREATE INDEX deals_by_closing ON deals (COALESCE(expected_close_date, DATE '9999-12-31'), id);
CREATE INDEX deals_closed ON deals (actual_close_date) WHERE actual_close_date IS NOT NULL;
-- The board's sums, and counts of those who see some clients only, are read from this alone.
CREATE INDEX deals_sums ON deals (stage, currency) INCLUDE (client_id, deal_value_minor);
CREATE INDEX deals_description_trgm ON deals USING gin (description gin_trgm_ops);
CREATE INDEX row_access_label_trgm ON row_access USING gin (label gin_trgm_ops);
"""
_DOWN = """
DROP INDEX row_access_label_trgm, deals_description_trgm, deals_sums, deals_closed, deals_by_closing, deals_by_value,
    deals_by_name, deals_since, deals_updated;
DROP TABLE stage_weights;
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
