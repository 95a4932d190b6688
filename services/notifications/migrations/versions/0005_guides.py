"""The first steps of people who are new in sales."""

from alembic import op

revision = "0005"
down_revision = "0004"

_SCHEMA = """
CREATE TABLE guides (
    user_id      uuid PRIMARY KEY,
    -- the first client of one's own; until then there is nothing to do but look around
    client_id    uuid,
    company_name text,
    review_at    timestamptz,
    meeting_at   timestamptz,
    activity_at  timestamptz,
    deal_at      timestamptz,
    stage_at     timestamptz,
    closed_at    timestamptz,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    version      integer NOT NULL
);
CREATE INDEX guides_client ON guides (client_id) WHERE closed_at IS NULL;
"""


def upgrade() -> None:
    op.execute(_SCHEMA)


def downgrade() -> None:
    op.execute("DROP TABLE guides")
