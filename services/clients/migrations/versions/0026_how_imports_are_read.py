"""Imports keep how their tables are to be read, and their rows what is wrong with them in the file itself."""

from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    # By the place of a table: {"0": {"encoding": "macintosh", "separator": ";", "header": 3}}.
    op.execute("ALTER TABLE imports ADD COLUMN chosen jsonb NOT NULL DEFAULT '{}'")
    op.execute("ALTER TABLE imports ALTER COLUMN chosen DROP DEFAULT")
    # As problems are: [{column, field, reason}]; those of a cell go when it is written anew.
    op.execute("ALTER TABLE import_rows ADD COLUMN faults jsonb")


def downgrade() -> None:
    op.execute("ALTER TABLE import_rows DROP COLUMN faults")
    op.execute("ALTER TABLE imports DROP COLUMN chosen")
