"""Clients, contacts, activities, tags, documents, access."""

from alembic import op

from libs.common.migrate import drop_mechanism, mechanism

revision = "0001"
down_revision = None

_TABLES = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE clients (
    id                   uuid PRIMARY KEY,
    company_name         text NOT NULL CHECK (company_name <> ''),
    match_name           text NOT NULL,
    email                text,
    phone                text,
    website              text,
    industry             text,
    status               text NOT NULL CHECK (status IN ('prospect', 'active', 'inactive', 'churned')),
    source               text NOT NULL,
    address              text,
    city                 text,
    state                text,
    country              text,
    notes                text,
    tags                 text[] NOT NULL,
    owner_id             uuid,
    -- the sum of the won deals, in ``currency``
    lifetime_value_minor bigint NOT NULL,
    currency             text NOT NULL,
    last_activity_at     timestamptz,
    access_version       integer NOT NULL,
    created_at           timestamptz NOT NULL,
    updated_at           timestamptz NOT NULL,
    deleted_at           timestamptz,
    version              integer NOT NULL
);
CREATE INDEX clients_newest ON clients (created_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX clients_by_name ON clients (lower(company_name), id) WHERE deleted_at IS NULL;
CREATE INDEX clients_by_value ON clients (lifetime_value_minor DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX clients_by_owner ON clients (owner_id, created_at DESC) WHERE deleted_at IS NULL;
CREATE INDEX clients_by_match ON clients (match_name) WHERE deleted_at IS NULL;
CREATE INDEX clients_tags ON clients USING gin (tags);
CREATE INDEX clients_name_trgm ON clients USING gin (company_name gin_trgm_ops);

-- What a form is matched by; the first client of a key keeps it.
CREATE TABLE client_keys (
    key       text PRIMARY KEY,
    client_id uuid NOT NULL REFERENCES clients (id)
);
CREATE INDEX client_keys_client ON client_keys (client_id);

CREATE TABLE contacts (
    id         uuid PRIMARY KEY,
    client_id  uuid NOT NULL REFERENCES clients (id),
    first_name text NOT NULL,
    last_name  text NOT NULL,
    email      text,
    phone      text,
    job_title  text,
    is_primary boolean NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version    integer NOT NULL
);
CREATE UNIQUE INDEX contacts_email ON contacts (client_id, lower(email)) WHERE email IS NOT NULL;
CREATE UNIQUE INDEX contacts_primary ON contacts (client_id) WHERE is_primary;
CREATE INDEX contacts_client ON contacts (client_id, created_at);

CREATE TABLE activities (
    id          uuid PRIMARY KEY,
    client_id   uuid NOT NULL REFERENCES clients (id),
    contact_id  uuid,
    deal_id     uuid,
    type        text NOT NULL CHECK (type IN ('system', 'call', 'email', 'meeting', 'note', 'task', 'whatsapp')),
    subject     text NOT NULL,
    description text NOT NULL,
    details     jsonb NOT NULL,
    actor_id    text NOT NULL,
    actor_name  text NOT NULL,
    occurred_at timestamptz NOT NULL,
    due_at      timestamptz,
    created_at  timestamptz NOT NULL,
    version     integer NOT NULL
);
CREATE INDEX activities_client ON activities (client_id, occurred_at DESC, id DESC);
CREATE INDEX activities_deal ON activities (deal_id, occurred_at DESC) WHERE deal_id IS NOT NULL;

CREATE TABLE tags (
    name       text PRIMARY KEY,
    created_at timestamptz NOT NULL
);

CREATE TABLE documents (
    id           uuid PRIMARY KEY,
    client_id    uuid NOT NULL REFERENCES clients (id),
    filename     text NOT NULL,
    content_type text NOT NULL,
    key          text NOT NULL UNIQUE,
    size         bigint,
    sha256       text,
    uploaded_by  text NOT NULL,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    -- null until the bytes are in the object store
    stored_at    timestamptz,
    version      integer NOT NULL
);
CREATE INDEX documents_client ON documents (client_id, created_at DESC) WHERE stored_at IS NOT NULL;

CREATE TABLE assignments (
    id                uuid PRIMARY KEY,
    client_id         uuid NOT NULL REFERENCES clients (id),
    owner_id          uuid,
    previous_owner_id uuid,
    assigned_by       text NOT NULL,
    assigned_at       timestamptz NOT NULL
);
CREATE INDEX assignments_client ON assignments (client_id, assigned_at DESC);

CREATE TABLE access_grants (
    id         uuid PRIMARY KEY,
    client_id  uuid NOT NULL REFERENCES clients (id),
    user_id    uuid NOT NULL,
    ends_at    timestamptz,
    granted_by text NOT NULL,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE UNIQUE INDEX access_grants_live ON access_grants (client_id, user_id) WHERE revoked_at IS NULL;
CREATE INDEX access_grants_user ON access_grants (user_id) WHERE revoked_at IS NULL;

-- Our copy of the deals service's deals, for values, filters and search.
CREATE TABLE client_deals (
    deal_id     uuid PRIMARY KEY,
    client_id   uuid NOT NULL,
    deal_name   text NOT NULL,
    stage       text NOT NULL,
    value_minor bigint,
    currency    text NOT NULL,
    closed_on   date,
    -- the value in the base currency at the rate of the closing day; null without a rate
    base_minor  bigint,
    version     integer NOT NULL
);
CREATE INDEX client_deals_client ON client_deals (client_id);

-- One unit of ``currency`` in the base currency.
CREATE TABLE exchange_rates (
    currency text NOT NULL,
    day      date NOT NULL,
    rate     numeric(24, 12) NOT NULL CHECK (rate > 0),
    PRIMARY KEY (currency, day)
);
"""


def upgrade() -> None:
    op.execute(mechanism(1))
    op.execute(_TABLES)


def downgrade() -> None:
    op.execute(
        "DROP TABLE exchange_rates, client_deals, access_grants, assignments, documents, tags, activities, contacts,"
        " client_keys, clients"
    )
    op.execute(drop_mechanism())
