"""The list of tags is what clients carry; each change of theirs stands in the audit log with the client."""

from alembic import op

from libs.common.audit.plan import attach, detach

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute(detach("tags"))


def downgrade() -> None:
    op.execute(attach("tags"))
