"""A service's part in erasing a person."""

from alembic import op

from libs.common.migrate import mechanism

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute(mechanism(2))


def downgrade() -> None:
    op.execute("DROP TABLE erasure_parts")
