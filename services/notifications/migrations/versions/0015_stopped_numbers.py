"""When our number was last found to be well: what failed before does not stop it again."""

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.execute("ALTER TABLE whatsapp_numbers ADD COLUMN well_at timestamptz")


def downgrade() -> None:
    op.execute("ALTER TABLE whatsapp_numbers DROP COLUMN well_at")
