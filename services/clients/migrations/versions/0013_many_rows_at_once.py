"""Many rows at once: a statement is noted at once, and an import is not looked at for each of its rows."""

from alembic import op

from libs.common.audit.plan import attach_many, detach_many

revision = "0013"
down_revision = "0012"

_NOTED = ("clients", "contacts", "activities")
_OF_IMPORTS = ("import_rows", "import_changes")

# Every batch holds the import itself, so that none is written of one that is gone.
_UP = """
CREATE FUNCTION forget_import() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    DELETE FROM import_rows WHERE import_id = OLD.id;
    DELETE FROM import_changes WHERE import_id = OLD.id;
    RETURN NULL;
END $$;
CREATE TRIGGER forgets AFTER DELETE ON imports FOR EACH ROW EXECUTE FUNCTION forget_import();
"""
_DOWN = "DROP TRIGGER forgets ON imports; DROP FUNCTION forget_import();"


def upgrade() -> None:
    op.execute(attach_many(*_NOTED))
    for table in _OF_IMPORTS:
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_import_id_fkey")
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
    for table in _OF_IMPORTS:
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {table}_import_id_fkey"
            " FOREIGN KEY (import_id) REFERENCES imports (id) ON DELETE CASCADE"
        )
    op.execute(detach_many(*_NOTED))
