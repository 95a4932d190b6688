"""Which rows moved when two clients became one, so that they can go back."""

from alembic import op

from libs.common import record_merges
from libs.common.record_merges import Moved

revision = "0009"
down_revision = "0008"

_FOLLOWED = [Moved("generations"), Moved("email_drafts"), Moved("applied_parts")]


def upgrade() -> None:
    op.execute(record_merges.schema(_FOLLOWED))


def downgrade() -> None:
    op.execute(record_merges.drop(_FOLLOWED))
