"""The company as the gateway tells of it, and how the mail server stands."""

from alembic import op

from libs.common import company

revision = "0003"
down_revision = "0002"

_INDEXES = """
CREATE INDEX emails_sent ON emails (settled_at) WHERE status = 'sent';
CREATE INDEX emails_failed ON emails (settled_at) WHERE status IN ('failed', 'unknown');
"""


def upgrade() -> None:
    op.execute(company.SCHEMA_V1)
    op.execute(_INDEXES)


def downgrade() -> None:
    op.execute("DROP INDEX emails_failed, emails_sent")
    op.execute(company.DROP_V1)
