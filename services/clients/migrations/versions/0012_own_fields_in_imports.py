"""Imports know the fields that the company made, and what became of rows that are gone."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    # The fields as they were when the rows were last checked: [{name, entity, key, label, kind, options}].
    op.execute("ALTER TABLE imports ADD COLUMN custom jsonb NOT NULL DEFAULT '[]', ADD COLUMN states jsonb")
    op.execute("ALTER TABLE imports ALTER COLUMN custom DROP DEFAULT")
    op.execute("COMMENT ON COLUMN imports.states IS 'how many rows were in which state; null while they are there'")
    op.execute("CREATE INDEX imports_with_rows ON imports (updated_at) WHERE states IS NULL")


def downgrade() -> None:
    op.execute("ALTER TABLE imports DROP COLUMN custom, DROP COLUMN states")
