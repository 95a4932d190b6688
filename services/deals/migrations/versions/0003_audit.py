"""Every change of these tables is noted for the audit log."""

from alembic import op

from libs.common.audit.plan import attach, detach

revision = "0003"
down_revision = "0002"

_TABLES = ("deals", "briefs", "stage_weights")


def upgrade() -> None:
    op.execute(attach(*_TABLES))


def downgrade() -> None:
    op.execute(detach(*_TABLES))
