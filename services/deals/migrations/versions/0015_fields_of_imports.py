"""Which fields an import made is known, so that they go with it when it is taken back."""

from alembic import op

from libs.common import custom_fields

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.execute(custom_fields.SCHEMA_V2)


def downgrade() -> None:
    op.execute(custom_fields.DROP_V2)
