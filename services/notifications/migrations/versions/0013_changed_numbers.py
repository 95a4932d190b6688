"""Numbers of WhatsApp that change hands: since when a conversation has its number, and which were given up."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.execute("""
        -- when what taught the number happened, by WhatsApp's time: nothing older changes it
        ALTER TABLE whatsapp_conversations ADD COLUMN number_at timestamptz;
        ALTER TABLE whatsapp_identities
            -- who had the number changed it then: whoever writes from it later is somebody else
            ADD COLUMN given_up_at timestamptz,
            -- it was another person's before: whom clients know by it may be that one
            ADD COLUMN passed_on boolean NOT NULL DEFAULT false;
    """)


def downgrade() -> None:
    op.execute("""
        ALTER TABLE whatsapp_identities DROP COLUMN passed_on, DROP COLUMN given_up_at;
        ALTER TABLE whatsapp_conversations DROP COLUMN number_at;
    """)
