"""Many rows at once: a statement is noted as a whole."""

from alembic import op

from libs.common import record_merges
from libs.common.audit.plan import attach_many, detach_many

revision = "0013"
down_revision = "0012"

_NOTED = ("clients", "contacts", "activities")
_OF_CLIENTS = ("contacts", "activities")


def upgrade() -> None:
    op.execute(attach_many(*_NOTED))
    op.execute(record_merges.follow_many(*_OF_CLIENTS))


def downgrade() -> None:
    op.execute(record_merges.follow_each(*_OF_CLIENTS))
    op.execute(detach_many(*_NOTED))
