"""Who we are, and what the last checks of the ways to the outside found."""

from alembic import op

revision = "0003"
down_revision = "0002"

_TABLES = """
CREATE TABLE company (
    -- one row: this is its only value
    one                  boolean PRIMARY KEY DEFAULT true CHECK (one),
    id                   uuid NOT NULL,
    name                 text NOT NULL,
    address              text NOT NULL,
    email                text NOT NULL,
    payment_instructions text NOT NULL,
    website              text NOT NULL,
    training_url         text NOT NULL,
    created_at           timestamptz NOT NULL,
    updated_at           timestamptz NOT NULL,
    updated_by           text NOT NULL,
    version              integer NOT NULL
);

CREATE TABLE integration_checks (
    name         text PRIMARY KEY,
    ok           boolean NOT NULL,
    message      text NOT NULL,
    milliseconds integer NOT NULL,
    checked_at   timestamptz NOT NULL,
    checked_by   text NOT NULL
);
"""


def upgrade() -> None:
    op.execute(_TABLES)


def downgrade() -> None:
    op.execute("DROP TABLE integration_checks, company")
