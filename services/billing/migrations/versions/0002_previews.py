"""Previews of drafts, drafts that follow their deal, and indexes for finding and summing many invoices."""

from alembic import op

revision = "0002"
down_revision = "0001"

_UP = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- Whether a person changed it since it was drafted; of older drafts the version tells.
ALTER TABLE invoices ADD COLUMN edited boolean NOT NULL DEFAULT false;
UPDATE invoices SET edited = true WHERE status = 'draft' AND version > 1;
ALTER TABLE invoices ALTER COLUMN edited DROP DEFAULT;

-- won_version: the deal's version when it was last won, as far as that was told.
-- drafted_version: the deal's version that its own invoice was drafted from, 0 for none.
ALTER TABLE deal_states ADD COLUMN won_version integer NOT NULL DEFAULT 0;
ALTER TABLE deal_states ADD COLUMN drafted_version integer NOT NULL DEFAULT 0;
UPDATE deal_states SET won_version = version WHERE stage = 'won';
UPDATE deal_states SET drafted_version = version
    WHERE deal_id IN (SELECT deal_id FROM invoices WHERE origin = 'deal_won');

-- The preview of an invoice that was not issued, as it was asked for last.
CREATE TABLE invoice_previews (
    invoice_id uuid PRIMARY KEY REFERENCES invoices (id),
    version    integer NOT NULL,
    -- all that it shows: the version, and from whom to whom it would go on which day
    edition    text NOT NULL,
    status     text NOT NULL CHECK (status IN ('making', 'ready', 'failed')),
    -- what is stored; while another is being made, the one before
    key        text,
    problem    text,
    asked_at   timestamptz NOT NULL,
    CHECK (status <> 'ready' OR key IS NOT NULL)
);
CREATE INDEX invoice_previews_asked ON invoice_previews (asked_at);

-- One for each way a list is sorted that had none.
CREATE INDEX invoices_updated ON invoices (updated_at DESC, id DESC);
CREATE INDEX invoices_by_due ON invoices (due_date, id);
CREATE INDEX invoices_by_amount ON invoices (amount_minor, id);
CREATE INDEX invoices_by_company ON invoices (lower(company_name), id);
-- Sums, and counts of those who see some clients only, are read from this alone.
CREATE INDEX invoices_sums ON invoices (status, currency) INCLUDE (client_id, amount_minor, paid_minor);
CREATE INDEX invoices_number_trgm ON invoices USING gin (invoice_number gin_trgm_ops);
CREATE INDEX invoices_company_trgm ON invoices USING gin (company_name gin_trgm_ops);
CREATE INDEX invoices_description_trgm ON invoices USING gin (description gin_trgm_ops);
"""
_DOWN = """
DROP INDEX invoices_description_trgm, invoices_company_trgm, invoices_number_trgm, invoices_sums, invoices_by_company,
    invoices_by_amount, invoices_by_due, invoices_updated;
DROP TABLE invoice_previews;
ALTER TABLE deal_states DROP COLUMN won_version, DROP COLUMN drafted_version;
ALTER TABLE invoices DROP COLUMN edited;
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
