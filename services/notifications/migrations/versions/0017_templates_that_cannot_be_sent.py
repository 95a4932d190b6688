"""Why a template of WhatsApp's cannot be sent from here."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.execute("ALTER TABLE whatsapp_templates ADD COLUMN problem text")


def downgrade() -> None:
    op.execute("ALTER TABLE whatsapp_templates DROP COLUMN problem")
