"""Who is making a client of somebody unknown, so that several at once do not make several."""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE whatsapp_conversations
            -- under what key the client is made, until the conversation is linked or nobody's again
            ADD COLUMN lead_key text, ADD COLUMN lead_by text, ADD COLUMN lead_at timestamptz;
    """)


def downgrade() -> None:
    op.execute("ALTER TABLE whatsapp_conversations DROP COLUMN lead_at, DROP COLUMN lead_by, DROP COLUMN lead_key")
