"""What stands in the company's own fields is searched, too."""

from alembic import op

revision = "0011"
down_revision = "0010"

_OWNERS = {"clients": "id", "contacts": "client_id"}

_UP = """
ALTER TABLE search_documents DROP CONSTRAINT search_documents_kind_check, ADD CONSTRAINT search_documents_kind_check
    CHECK (kind IN ('company_name', 'details', 'notes', 'contact', 'deal', 'activity', 'document', 'custom'));

-- Texts, choices and days; a number or an amount is filtered by.
CREATE FUNCTION search_custom_text(custom jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT string_agg(v.value #>> '{}', ', ' ORDER BY v.key) FROM jsonb_each(custom) AS v
    WHERE jsonb_typeof(v.value) = 'string'
$$;

ALTER VIEW search_sources RENAME TO search_texts;
CREATE VIEW search_sources AS
    SELECT client_id, kind, source_id, content FROM search_texts
    UNION ALL SELECT id, 'custom', id, search_custom_text(custom) FROM clients
        WHERE custom <> '{}' AND search_custom_text(custom) IS NOT NULL
    UNION ALL SELECT client_id, 'custom', id, search_custom_text(custom) FROM contacts
        WHERE custom <> '{}' AND search_custom_text(custom) IS NOT NULL;

-- Argument: the column that names the client.
CREATE FUNCTION search_custom() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM search_documents
        WHERE client_id = (to_jsonb(OLD) ->> TG_ARGV[0])::uuid AND kind = 'custom' AND source_id = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' AND search_custom_text(NEW.custom) IS NOT NULL THEN
        INSERT INTO search_documents (client_id, kind, source_id, content)
        VALUES ((to_jsonb(NEW) ->> TG_ARGV[0])::uuid, 'custom', NEW.id, search_custom_text(NEW.custom));
    END IF;
    RETURN NULL;
END $$;
"""
_TRIGGERS = """
CREATE TRIGGER searched_custom_added AFTER INSERT ON {table} FOR EACH ROW WHEN (NEW.custom <> '{{}}')
    EXECUTE FUNCTION search_custom('{owner}');
CREATE TRIGGER searched_custom_changed AFTER UPDATE ON {table} FOR EACH ROW
    WHEN (OLD.custom IS DISTINCT FROM NEW.custom OR OLD.{owner} IS DISTINCT FROM NEW.{owner})
    EXECUTE FUNCTION search_custom('{owner}');
CREATE TRIGGER searched_custom_removed AFTER DELETE ON {table} FOR EACH ROW WHEN (OLD.custom <> '{{}}')
    EXECUTE FUNCTION search_custom('{owner}');
"""
_DOWN = """
DROP FUNCTION search_custom;
DROP VIEW search_sources;
ALTER VIEW search_texts RENAME TO search_sources;
DROP FUNCTION search_custom_text;
DELETE FROM search_documents WHERE kind = 'custom';
ALTER TABLE search_documents DROP CONSTRAINT search_documents_kind_check, ADD CONSTRAINT search_documents_kind_check
    CHECK (kind IN ('company_name', 'details', 'notes', 'contact', 'deal', 'activity', 'document'));
"""


def upgrade() -> None:
    op.execute(_UP)
    for table, owner in _OWNERS.items():
        op.execute(_TRIGGERS.format(table=table, owner=owner))
    op.execute(
        "INSERT INTO search_documents (client_id, kind, source_id, content)"
        " SELECT client_id, kind, source_id, content FROM search_sources WHERE kind = 'custom'"
    )


def downgrade() -> None:
    for table in _OWNERS:
        for each in ("added", "changed", "removed"):
            op.execute(f"DROP TRIGGER searched_custom_{each} ON {table}")
    op.execute(_DOWN)
