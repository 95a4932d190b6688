"""Fields that a company defines for its clients and their people."""

from alembic import op

from libs.common import custom_fields
from libs.common.audit.plan import attach, detach

revision = "0008"
down_revision = "0007"

_TABLES = {"client": "clients", "contact": "contacts"}


def upgrade() -> None:
    op.execute(custom_fields.SCHEMA_V1)
    for table in _TABLES.values():
        op.execute(f"ALTER TABLE {table} ADD COLUMN custom jsonb NOT NULL DEFAULT '{{}}'")
    op.execute(custom_fields.side_tables(_TABLES))
    op.execute(attach("custom_fields"))


def downgrade() -> None:
    op.execute(detach("custom_fields"))
    op.execute(custom_fields.drop_side_tables(_TABLES))
    for table in _TABLES.values():
        op.execute(f"ALTER TABLE {table} DROP COLUMN custom")
    op.execute("DROP TABLE custom_fields")
