"""Invoices, payments, what Stripe told, and our copies of clients' access and of deals."""

from alembic import op

from libs.common.migrate import drop_mechanism, mechanism
from libs.common.row_access import DROP_V1, SCHEMA_V1

revision = "0001"
down_revision = None

_TABLES = """
CREATE TABLE invoices (
    id                   uuid PRIMARY KEY,
    invoice_number       text NOT NULL UNIQUE,
    client_id            uuid NOT NULL,
    deal_id              uuid,
    company_name         text NOT NULL,
    origin               text NOT NULL CHECK (origin IN ('deal_won', 'manual')),
    status               text NOT NULL CHECK (status IN ('draft', 'sent', 'partially_paid', 'paid', 'void')),
    currency             text NOT NULL,
    discount_percent     numeric(7, 4) NOT NULL CHECK (discount_percent BETWEEN 0 AND 100),
    tax_percent          numeric(7, 4) NOT NULL CHECK (tax_percent BETWEEN 0 AND 100),
    subtotal_minor       bigint NOT NULL CHECK (subtotal_minor >= 0),
    discount_minor       bigint NOT NULL CHECK (discount_minor >= 0),
    tax_minor            bigint NOT NULL CHECK (tax_minor >= 0),
    amount_minor         bigint NOT NULL CHECK (amount_minor = subtotal_minor - discount_minor + tax_minor),
    paid_minor           bigint NOT NULL CHECK (paid_minor BETWEEN 0 AND amount_minor),
    refunded_minor       bigint NOT NULL CHECK (refunded_minor >= 0),
    description          text NOT NULL,
    notes                text NOT NULL,
    dated_on             date NOT NULL,
    due_date             date NOT NULL,
    due_date_set         boolean NOT NULL,
    issued_on            date,
    paid_date            date,
    payment_method       text,
    payment_reference    text,
    payment_problem      text,
    pay_token            text NOT NULL UNIQUE,
    bill_to              jsonb,
    created_by           text NOT NULL,
    sent_by              text,
    pdf_key              text,
    mail_status          text NOT NULL CHECK (mail_status IN ('none', 'waiting', 'sent', 'failed')),
    mail_problem         text,
    mail_changed_at      timestamptz,
    voided_at            timestamptz,
    void_reason          text,
    overdue_announced_at timestamptz,
    created_at           timestamptz NOT NULL,
    updated_at           timestamptz NOT NULL,
    version              integer NOT NULL,
    CHECK (status IN ('draft', 'void') OR (issued_on IS NOT NULL AND bill_to IS NOT NULL AND amount_minor > 0)),
    CHECK ((status = 'paid') = (paid_date IS NOT NULL))
);
-- A won deal has one invoice of its own, until that is void.
CREATE UNIQUE INDEX invoices_one_per_deal ON invoices (deal_id) WHERE origin = 'deal_won' AND status <> 'void';
CREATE INDEX invoices_newest ON invoices (created_at DESC, id DESC);
CREATE INDEX invoices_client ON invoices (client_id, created_at DESC);
CREATE INDEX invoices_deal ON invoices (deal_id) WHERE deal_id IS NOT NULL;
CREATE INDEX invoices_dated ON invoices (dated_on);
CREATE INDEX invoices_due ON invoices (due_date) WHERE status IN ('sent', 'partially_paid');

CREATE TABLE invoice_lines (
    id               uuid PRIMARY KEY,
    invoice_id       uuid NOT NULL REFERENCES invoices (id),
    position         integer NOT NULL,
    description      text NOT NULL,
    quantity         numeric(10, 3) NOT NULL CHECK (quantity > 0),
    unit_price_minor bigint NOT NULL CHECK (unit_price_minor >= 0),
    amount_minor     bigint NOT NULL CHECK (amount_minor >= 0)
);
CREATE INDEX invoice_lines_invoice ON invoice_lines (invoice_id, position);

-- Every id a payment provider knows an invoice by: intents, checkout sessions, charges.
CREATE TABLE invoice_references (
    reference   text PRIMARY KEY,
    invoice_id  uuid NOT NULL REFERENCES invoices (id),
    -- what we asked for under this reference; null for one that the provider made
    asked_minor bigint,
    created_at  timestamptz NOT NULL
);
CREATE INDEX invoice_references_invoice ON invoice_references (invoice_id);

CREATE TABLE payments (
    id                   uuid PRIMARY KEY,
    invoice_id           uuid REFERENCES invoices (id),
    suggested_invoice_id uuid REFERENCES invoices (id),
    status               text NOT NULL CHECK (status IN ('unmatched', 'received', 'partially_refunded', 'refunded')),
    amount_minor         bigint NOT NULL CHECK (amount_minor >= 0),
    currency             text NOT NULL,
    method               text NOT NULL,
    paid_on              date NOT NULL,
    -- one payment is one row, whatever tells of it and however often
    provider_reference   text UNIQUE,
    reference            text,
    livemode             boolean,
    refunded_minor       bigint NOT NULL CHECK (refunded_minor BETWEEN 0 AND amount_minor),
    excess_minor         bigint NOT NULL CHECK (excess_minor BETWEEN 0 AND amount_minor),
    reason               text,
    dispute_status       text,
    dispute_reason       text,
    disputed_at          timestamptz,
    receipt_key          text,
    receipt_mail         text NOT NULL CHECK (receipt_mail IN ('none', 'waiting', 'sent', 'failed')),
    created_at           timestamptz NOT NULL,
    updated_at           timestamptz NOT NULL,
    version              integer NOT NULL,
    CHECK ((status = 'unmatched') = (invoice_id IS NULL))
);
CREATE INDEX payments_invoice ON payments (invoice_id) WHERE invoice_id IS NOT NULL;
CREATE INDEX payments_newest ON payments (created_at DESC, id DESC);
CREATE INDEX payments_unmatched ON payments (created_at DESC) WHERE status = 'unmatched' OR excess_minor > 0;

CREATE TABLE refunds (
    id                 uuid PRIMARY KEY,
    payment_id         uuid NOT NULL REFERENCES payments (id),
    invoice_id         uuid NOT NULL REFERENCES invoices (id),
    amount_minor       bigint NOT NULL CHECK (amount_minor > 0),
    status             text NOT NULL CHECK (status IN ('requested', 'done', 'failed')),
    provider_reference text,
    problem            text,
    created_at         timestamptz NOT NULL,
    updated_at         timestamptz NOT NULL
);
CREATE INDEX refunds_payment ON refunds (payment_id);
CREATE INDEX refunds_invoice ON refunds (invoice_id, created_at);

-- What the payment provider told us, as it came.
CREATE TABLE provider_events (
    id          uuid PRIMARY KEY,
    event_id    text NOT NULL UNIQUE,
    type        text NOT NULL,
    body        text NOT NULL,
    subject     text,
    -- kept: not read yet; waiting: about a payment that was not told of yet
    outcome     text NOT NULL CHECK (outcome IN ('kept', 'applied', 'repeated', 'waiting', 'ignored', 'failed')),
    note        text,
    received_at timestamptz NOT NULL,
    applied_at  timestamptz
);
CREATE INDEX provider_events_waiting ON provider_events (subject) WHERE outcome = 'waiting';

CREATE TABLE documents (
    id         uuid PRIMARY KEY,
    invoice_id uuid NOT NULL REFERENCES invoices (id),
    payment_id uuid REFERENCES payments (id),
    kind       text NOT NULL CHECK (kind IN ('invoice', 'receipt')),
    key        text NOT NULL UNIQUE,
    filename   text NOT NULL,
    sha256     text NOT NULL,
    size       bigint NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX documents_invoice ON documents (invoice_id, created_at);

-- The last number given in a series (INV-2025). A row lock until commit keeps the numbers without gaps.
CREATE TABLE number_sequences (
    series text PRIMARY KEY,
    last   integer NOT NULL CHECK (last > 0)
);

-- Our copy of deals that were won once, at the highest version we saw.
CREATE TABLE deal_states (
    deal_id      uuid PRIMARY KEY,
    client_id    uuid NOT NULL,
    company_name text NOT NULL,
    deal_name    text NOT NULL,
    value_minor  bigint,
    currency     text NOT NULL,
    stage        text NOT NULL,
    owner_id     uuid,
    version      integer NOT NULL
);
"""


def upgrade() -> None:
    op.execute(mechanism(1))
    op.execute(SCHEMA_V1)
    op.execute(_TABLES)


def downgrade() -> None:
    op.execute(
        "DROP TABLE deal_states, number_sequences, documents, provider_events, refunds, payments, invoice_references,"
        " invoice_lines, invoices"
    )
    op.execute(DROP_V1)
    op.execute(drop_mechanism())
