"""When a dismissed sender last wrote again, so that people hear of it once a day."""

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.execute("ALTER TABLE whatsapp_conversations ADD COLUMN returned_at timestamptz")


def downgrade() -> None:
    op.execute("ALTER TABLE whatsapp_conversations DROP COLUMN returned_at")
