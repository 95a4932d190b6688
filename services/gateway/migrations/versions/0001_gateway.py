"""People, sessions, forms that wait, the log of requests, rate limits."""

from alembic import op

from libs.common.migrate import drop_mechanism, mechanism

revision = "0001"
down_revision = None

_TABLES = """
CREATE TABLE users (
    id            uuid PRIMARY KEY,
    email         text NOT NULL,
    name          text NOT NULL,
    role          text NOT NULL CHECK (role IN ('admin', 'sales', 'finance', 'manager')),
    locale        text NOT NULL,
    active        boolean NOT NULL,
    password_hash text NOT NULL,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    version       integer NOT NULL
);
CREATE UNIQUE INDEX users_email ON users (lower(email));

CREATE TABLE sessions (
    id           uuid PRIMARY KEY,
    user_id      uuid NOT NULL REFERENCES users (id),
    -- SHA-256 of the refresh token in force, and of the one it replaced
    refresh_hash text NOT NULL,
    used_hash    text,
    created_at   timestamptz NOT NULL,
    used_at      timestamptz NOT NULL,
    expires_at   timestamptz NOT NULL,
    revoked_at   timestamptz,
    user_agent   text NOT NULL,
    address      text NOT NULL
);
CREATE UNIQUE INDEX sessions_refresh ON sessions (refresh_hash);
CREATE INDEX sessions_used ON sessions (used_hash) WHERE used_hash IS NOT NULL;
CREATE INDEX sessions_user ON sessions (user_id) WHERE revoked_at IS NULL;

CREATE TABLE login_failures (
    id        uuid PRIMARY KEY,
    email     text NOT NULL,
    address   text NOT NULL,
    failed_at timestamptz NOT NULL
);
CREATE INDEX login_failures_email ON login_failures (email, failed_at);

CREATE TABLE intake_forms (
    reference    uuid PRIMARY KEY,
    kind         text NOT NULL CHECK (kind IN ('contact', 'brief')),
    form         jsonb NOT NULL,
    -- what tells a re-send; cleared when the same form may be a new wish
    fingerprint  text,
    status       text NOT NULL CHECK (status IN ('waiting', 'done', 'refused')),
    problem      text,
    client_id    uuid,
    contact_id   uuid,
    deal_id      uuid,
    address      text NOT NULL,
    received_at  timestamptz NOT NULL,
    played_in_at timestamptz
);
CREATE UNIQUE INDEX intake_forms_fingerprint ON intake_forms (fingerprint) WHERE fingerprint IS NOT NULL;
CREATE INDEX intake_forms_waiting ON intake_forms (received_at) WHERE status = 'waiting';

CREATE TABLE request_log (
    id             uuid PRIMARY KEY,
    correlation_id text NOT NULL,
    method         text NOT NULL,
    path           text NOT NULL,
    status         integer NOT NULL,
    actor_id       text NOT NULL,
    address        text NOT NULL,
    started_at     timestamptz NOT NULL,
    milliseconds   double precision NOT NULL,
    calls          jsonb NOT NULL
);
CREATE INDEX request_log_correlation ON request_log (correlation_id);
CREATE INDEX request_log_started ON request_log (started_at);

CREATE UNLOGGED TABLE rate_limits (
    key        text PRIMARY KEY,
    hits       integer NOT NULL,
    expires_at timestamptz NOT NULL
);
"""


def upgrade() -> None:
    op.execute(mechanism(1))
    op.execute(_TABLES)


def downgrade() -> None:
    op.execute("DROP TABLE rate_limits, request_log, intake_forms, login_failures, sessions, users")
    op.execute(drop_mechanism())
