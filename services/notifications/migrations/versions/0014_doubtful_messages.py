"""When people were told that nobody knows whether a message arrived."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE whatsapp_messages ADD COLUMN doubted_at timestamptz;
        CREATE INDEX whatsapp_messages_unsettled ON whatsapp_messages (handed_at)
            WHERE status IN ('sending', 'unknown') AND doubted_at IS NULL;
    """)


def downgrade() -> None:
    op.execute("DROP INDEX whatsapp_messages_unsettled; ALTER TABLE whatsapp_messages DROP COLUMN doubted_at;")
