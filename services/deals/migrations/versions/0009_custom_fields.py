"""Fields that a company defines for its deals."""

from alembic import op

from libs.common import custom_fields
from libs.common.audit.plan import attach, detach

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute(custom_fields.SCHEMA_V1)
    op.execute("ALTER TABLE deals ADD COLUMN custom jsonb NOT NULL DEFAULT '{}'")
    op.execute("CREATE INDEX deals_custom ON deals USING gin (custom jsonb_path_ops)")
    op.execute(attach("custom_fields"))


def downgrade() -> None:
    op.execute(detach("custom_fields"))
    op.execute("DROP INDEX deals_custom; ALTER TABLE deals DROP COLUMN custom")
    op.execute("DROP TABLE custom_fields")
