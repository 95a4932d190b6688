"""Every change of these tables is noted for the audit log."""

from alembic import op

from libs.common.audit.plan import attach, detach

revision = "0005"
down_revision = "0004"

_TABLES = tuple(
    "users sessions company invitations password_resets second_factors recovery_codes api_keys sso_identities".split()
)


def upgrade() -> None:
    op.execute(attach(*_TABLES))


def downgrade() -> None:
    op.execute(detach(*_TABLES))
