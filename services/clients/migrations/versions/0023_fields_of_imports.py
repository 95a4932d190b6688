"""Which fields an import made is known, so that they go with it when it is taken back."""

from alembic import op

from libs.common import custom_fields

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.execute(custom_fields.SCHEMA_V2)
    # A field is no client's.
    op.execute("ALTER TABLE import_changes ALTER COLUMN client_id DROP NOT NULL")


def downgrade() -> None:
    op.execute("DELETE FROM import_changes WHERE client_id IS NULL")
    op.execute("ALTER TABLE import_changes ALTER COLUMN client_id SET NOT NULL")
    op.execute(custom_fields.DROP_V2)
