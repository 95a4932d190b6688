"""Which rows moved when two clients became one, so that they can go back."""

from alembic import op

from libs.common import record_merges
from libs.common.record_merges import Moved

revision = "0007"
down_revision = "0006"

_FOLLOWED = [Moved("invoices")]


def upgrade() -> None:
    op.execute(record_merges.schema(_FOLLOWED))


def downgrade() -> None:
    op.execute(record_merges.drop(_FOLLOWED))
