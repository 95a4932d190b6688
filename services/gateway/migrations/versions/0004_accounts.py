"""Ways in: invitations, password resets, second factors, API keys, single sign-on; refresh tokens that were used."""

from alembic import op

revision = "0004"
down_revision = "0003"

_TABLES = """
-- Whoever came by single sign-on may have no password of ours.
ALTER TABLE users ALTER COLUMN password_hash DROP NOT NULL;

-- Hashes of tokens are SHA-256 in hexadecimal, everywhere in this database; a token itself is kept nowhere.
CREATE TABLE invitations (
    id          uuid PRIMARY KEY,
    email       text NOT NULL,
    name        text NOT NULL,
    role        text NOT NULL CHECK (role IN ('admin', 'sales', 'finance', 'manager')),
    token_hash  text NOT NULL UNIQUE,
    invited_by  text NOT NULL,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    accepted_at timestamptz,
    revoked_at  timestamptz,
    user_id     uuid REFERENCES users (id),
    version     integer NOT NULL
);
CREATE UNIQUE INDEX invitations_open ON invitations (lower(email)) WHERE accepted_at IS NULL AND revoked_at IS NULL;

CREATE TABLE password_resets (
    id         uuid PRIMARY KEY,
    user_id    uuid NOT NULL REFERENCES users (id),
    token_hash text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);
CREATE INDEX password_resets_user ON password_resets (user_id) WHERE used_at IS NULL;

-- A password that was right, waiting for its second factor.
CREATE TABLE login_tickets (
    token_hash text PRIMARY KEY,
    user_id    uuid NOT NULL REFERENCES users (id),
    kind       text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX login_tickets_user ON login_tickets (user_id);

CREATE TABLE second_factors (
    user_id      uuid PRIMARY KEY REFERENCES users (id),
    -- sealed under SECOND_FACTOR_KEY
    secret       text NOT NULL,
    -- null while it is being set up
    confirmed_at timestamptz,
    -- the thirty seconds whose code was used last: none of then or before counts again
    last_step    bigint,
    created_at   timestamptz NOT NULL
);

CREATE TABLE recovery_codes (
    user_id   uuid NOT NULL REFERENCES users (id),
    code_hash text NOT NULL,
    used_at   timestamptz,
    PRIMARY KEY (user_id, code_hash)
);

CREATE TABLE api_keys (
    id           uuid PRIMARY KEY,
    user_id      uuid NOT NULL REFERENCES users (id),
    name         text NOT NULL,
    prefix       text NOT NULL,
    key_hash     text NOT NULL UNIQUE,
    scope        text NOT NULL CHECK (scope IN ('read', 'write')),
    -- empty: all of them
    areas        text[] NOT NULL,
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz,
    last_used_at timestamptz,
    revoked_at   timestamptz
);
CREATE UNIQUE INDEX api_keys_name ON api_keys (user_id, lower(name)) WHERE revoked_at IS NULL;

-- Who a person is at the provider. An address can be given to somebody else there, a subject cannot.
CREATE TABLE sso_identities (
    issuer     text NOT NULL,
    subject    text NOT NULL,
    user_id    uuid NOT NULL REFERENCES users (id),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (issuer, subject),
    UNIQUE (issuer, user_id)
);

-- Every refresh token that was replaced, as long as its session is kept: coming again, it ends the session.
CREATE TABLE spent_tokens (
    token_hash text PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES sessions (id) ON DELETE CASCADE
);
CREATE INDEX spent_tokens_session ON spent_tokens (session_id);
INSERT INTO spent_tokens (token_hash, session_id)
    SELECT used_hash, id FROM sessions WHERE used_hash IS NOT NULL ON CONFLICT DO NOTHING;
DROP INDEX sessions_used;
ALTER TABLE sessions DROP COLUMN used_hash;
"""


def upgrade() -> None:
    op.execute(_TABLES)


def downgrade() -> None:
    op.execute("ALTER TABLE sessions ADD COLUMN used_hash text")
    op.execute("CREATE INDEX sessions_used ON sessions (used_hash) WHERE used_hash IS NOT NULL")
    op.execute(
        "DROP TABLE spent_tokens, sso_identities, api_keys, recovery_codes, second_factors, login_tickets,"
        " password_resets, invitations"
    )
    # No password matches this: they come in by a password reset.
    op.execute("UPDATE users SET password_hash = '' WHERE password_hash IS NULL")
    op.execute("ALTER TABLE users ALTER COLUMN password_hash SET NOT NULL")
