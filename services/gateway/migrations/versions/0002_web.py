"""Sessions of browsers, what people chose for themselves, briefs that are being written."""

from alembic import op

revision = "0002"
down_revision = "0001"

_TABLES = """
-- token: a pair of tokens for programs; web: one cookie of a browser, whose hash stands in refresh_hash
ALTER TABLE sessions ADD COLUMN kind text NOT NULL DEFAULT 'token' CHECK (kind IN ('token', 'web'));
CREATE UNIQUE INDEX sessions_web ON sessions (refresh_hash) WHERE kind = 'web';

-- columns of a list, fields of a card, the theme: one row for each thing a person chose
CREATE TABLE choices (
    user_id    uuid NOT NULL REFERENCES users (id),
    name       text NOT NULL,
    value      jsonb NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, name)
);

-- what a visitor typed into the brief wizard so far, under the hash of their cookie
CREATE TABLE brief_drafts (
    token_hash text PRIMARY KEY,
    form       jsonb NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX brief_drafts_age ON brief_drafts (updated_at);
"""


def upgrade() -> None:
    op.execute(_TABLES)


def downgrade() -> None:
    op.execute("DROP TABLE brief_drafts, choices")
    op.execute("DELETE FROM sessions WHERE kind = 'web'")
    op.execute("ALTER TABLE sessions DROP COLUMN kind")
