"""Imports know everybody, since segments may be of and may name who owns no clients."""

from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    # By address, name and id.
    op.execute("ALTER TABLE imports ADD COLUMN directory jsonb NOT NULL DEFAULT '{}'")


def downgrade() -> None:
    op.execute("ALTER TABLE imports DROP COLUMN directory")
