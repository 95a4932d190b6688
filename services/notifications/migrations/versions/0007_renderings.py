"""Charts that were drawn, by the hash of what they show."""

from alembic import op

revision = "0007"
down_revision = "0006"

_SCHEMA = """
CREATE TABLE renderings (
    -- of the chart's name, what it shows and the language
    fingerprint  text PRIMARY KEY,
    name         text NOT NULL,
    language     text NOT NULL,
    -- what it shows, until it is drawn
    data         jsonb,
    svg          text,
    alt          text,
    width        integer,
    height       integer,
    milliseconds integer,
    -- why it cannot be drawn
    problem      text,
    created_at   timestamptz NOT NULL
);
CREATE INDEX renderings_created ON renderings (created_at);
"""


def upgrade() -> None:
    op.execute(_SCHEMA)


def downgrade() -> None:
    op.execute("DROP TABLE renderings")
