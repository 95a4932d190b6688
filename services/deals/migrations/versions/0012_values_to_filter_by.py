"""What stands in the fields of deals that the company defined, by kind, so that lists are filtered by it at once."""

from alembic import op

from libs.common import custom_fields

revision = "0012"
down_revision = "0011"

_TABLES = {"deal": "deals"}


def upgrade() -> None:
    op.execute(custom_fields.side_tables(_TABLES))
    op.execute(custom_fields.fill_side_table("deal", "deals"))
    op.execute("ANALYZE deal_custom_values")


def downgrade() -> None:
    op.execute(custom_fields.drop_side_tables(_TABLES))
