"""Many rows at once: a statement is noted, and its references looked at, at once."""

from alembic import op

from libs.common import record_merges
from libs.common.audit.plan import attach_many, detach_many

revision = "0013"
down_revision = "0012"

_NOTED = ("clients", "contacts", "activities")
_OF_CLIENTS = ("contacts", "activities")
_OF_IMPORTS = ("import_rows", "import_changes")

# A foreign key asks for each row, which is a quarter of the work of bringing 100,000 in. Asked once a statement it is
# next to nothing, and as sure where clients are not deleted: they are marked.
_CLIENTS = """
CREATE FUNCTION of_known_clients() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    nobody uuid := (SELECT client_id FROM written AS w
                    WHERE NOT EXISTS (SELECT FROM clients AS c WHERE c.id = w.client_id) LIMIT 1);
BEGIN
    IF nobody IS NOT NULL THEN
        RAISE foreign_key_violation USING
            MESSAGE = format('a row of %s violates its reference: there is no client %s', TG_TABLE_NAME, nobody);
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION keep_client() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (
        SELECT FROM contacts WHERE client_id = OLD.id UNION ALL SELECT FROM activities WHERE client_id = OLD.id
    ) THEN
        RAISE foreign_key_violation USING
            MESSAGE = format('without client %s, its contacts or activities violate their reference', OLD.id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER kept AFTER DELETE ON clients FOR EACH ROW EXECUTE FUNCTION keep_client();
"""
_OF_KNOWN = """
ALTER TABLE {table} DROP CONSTRAINT {table}_client_id_fkey;
CREATE TRIGGER known_added AFTER INSERT ON {table} REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION of_known_clients();
CREATE TRIGGER known_changed AFTER UPDATE ON {table} REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION of_known_clients();
"""
_BY_KEY = """
DROP TRIGGER known_added ON {table};
DROP TRIGGER known_changed ON {table};
ALTER TABLE {table} ADD CONSTRAINT {table}_client_id_fkey FOREIGN KEY (client_id) REFERENCES clients (id);
"""

# Every batch holds the import itself, so that none is written of one that is gone.
_IMPORTS = """
CREATE FUNCTION forget_import() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    DELETE FROM import_rows WHERE import_id = OLD.id;
    DELETE FROM import_changes WHERE import_id = OLD.id;
    RETURN NULL;
END $$;
CREATE TRIGGER forgets AFTER DELETE ON imports FOR EACH ROW EXECUTE FUNCTION forget_import();
"""
_DOWN = """
DROP TRIGGER forgets ON imports; DROP FUNCTION forget_import();
DROP TRIGGER kept ON clients; DROP FUNCTION keep_client();
DROP FUNCTION of_known_clients();
"""


def upgrade() -> None:
    op.execute(attach_many(*_NOTED))
    op.execute(record_merges.follow_many(*_OF_CLIENTS))
    op.execute(_CLIENTS)
    for table in _OF_CLIENTS:
        op.execute(_OF_KNOWN.format(table=table))
    for table in _OF_IMPORTS:
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_import_id_fkey")
    op.execute(_IMPORTS)


def downgrade() -> None:
    for table in _OF_CLIENTS:
        op.execute(_BY_KEY.format(table=table))
    op.execute(_DOWN)
    for table in _OF_IMPORTS:
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {table}_import_id_fkey"
            " FOREIGN KEY (import_id) REFERENCES imports (id) ON DELETE CASCADE"
        )
    op.execute(record_merges.follow_each(*_OF_CLIENTS))
    op.execute(detach_many(*_NOTED))
