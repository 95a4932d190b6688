"""Every change of these tables is noted for the audit log."""

from alembic import op

from libs.common.audit.plan import attach, detach

revision = "0003"
down_revision = "0002"

_TABLES = tuple(
    "clients contacts activities tags documents assignments access_grants exchange_rates change_sets".split()
)


def upgrade() -> None:
    op.execute(attach(*_TABLES))


def downgrade() -> None:
    op.execute(detach(*_TABLES))
