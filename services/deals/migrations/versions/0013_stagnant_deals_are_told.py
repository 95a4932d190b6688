"""Since when deals that stand still were told to: each time it begins, once."""

from alembic import op

revision = "0013"
down_revision = "0012"

_UP = """
CREATE TABLE deal_stagnation (
    deal_id uuid NOT NULL REFERENCES deals (id) ON DELETE CASCADE,
    -- the last thing that was done, or the move to the stage in which it is longer than usual
    since   timestamptz NOT NULL,
    told_at timestamptz NOT NULL,
    PRIMARY KEY (deal_id, since)
);
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute("DROP TABLE deal_stagnation")
