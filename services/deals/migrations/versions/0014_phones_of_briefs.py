"""The phone number that a brief came with."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.execute("ALTER TABLE briefs ADD COLUMN contact_phone text")


def downgrade() -> None:
    op.execute("ALTER TABLE briefs DROP COLUMN contact_phone")
