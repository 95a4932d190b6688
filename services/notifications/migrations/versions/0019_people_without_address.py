"""People whose address is not known yet."""

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.execute("ALTER TABLE people ALTER COLUMN email DROP NOT NULL")


def downgrade() -> None:
    op.execute("UPDATE people SET email = user_id || '@no-address.invalid' WHERE email IS NULL")
    op.execute("ALTER TABLE people ALTER COLUMN email SET NOT NULL")
