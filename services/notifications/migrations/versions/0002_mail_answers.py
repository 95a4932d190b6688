"""What the mail server said to a mail is kept at once, before all that follows from it."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("ALTER TABLE emails ADD COLUMN answer jsonb")


def downgrade() -> None:
    op.execute("ALTER TABLE emails DROP COLUMN answer")
