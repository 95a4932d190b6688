"""What stands in the company's own fields of deals is searched, too."""

from alembic import op

revision = "0015"
down_revision = "0014"

# As they stand since 0011, with or without the texts of deals.
_SOURCES = """
CREATE OR REPLACE VIEW search_sources AS
    SELECT client_id, kind, source_id, content FROM search_texts
    UNION ALL SELECT id, 'custom', id, search_custom_text(custom) FROM clients
        WHERE custom <> '{{}}' AND search_custom_text(custom) IS NOT NULL
    UNION ALL SELECT client_id, 'custom', id, search_custom_text(custom) FROM contacts
        WHERE custom <> '{{}}' AND search_custom_text(custom) IS NOT NULL
    {more};
"""
_OF_DEALS = "UNION ALL SELECT client_id, 'custom', deal_id, custom_text FROM client_deals WHERE custom_text <> ''"

_UP = """
-- Texts, choices and days of a deal's own fields, as deals tells them.
ALTER TABLE client_deals ADD COLUMN custom_text text;

CREATE FUNCTION search_deal_custom() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM search_documents
        WHERE client_id = OLD.client_id AND kind = 'custom' AND source_id = OLD.deal_id;
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.custom_text <> '' THEN
        INSERT INTO search_documents (client_id, kind, source_id, content)
        VALUES (NEW.client_id, 'custom', NEW.deal_id, NEW.custom_text);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER searched_custom_added AFTER INSERT ON client_deals FOR EACH ROW WHEN (NEW.custom_text <> '')
    EXECUTE FUNCTION search_deal_custom();
CREATE TRIGGER searched_custom_changed AFTER UPDATE ON client_deals FOR EACH ROW
    WHEN (OLD.custom_text IS DISTINCT FROM NEW.custom_text OR OLD.client_id IS DISTINCT FROM NEW.client_id)
    EXECUTE FUNCTION search_deal_custom();
CREATE TRIGGER searched_custom_removed AFTER DELETE ON client_deals FOR EACH ROW WHEN (OLD.custom_text <> '')
    EXECUTE FUNCTION search_deal_custom();
"""
_DOWN = """
DELETE FROM search_documents AS s USING client_deals AS d
    WHERE s.kind = 'custom' AND s.client_id = d.client_id AND s.source_id = d.deal_id;
DROP TRIGGER searched_custom_added ON client_deals;
DROP TRIGGER searched_custom_changed ON client_deals;
DROP TRIGGER searched_custom_removed ON client_deals;
DROP FUNCTION search_deal_custom;
ALTER TABLE client_deals DROP COLUMN custom_text;
"""


def upgrade() -> None:
    op.execute(_UP)
    op.execute(_SOURCES.format(more=_OF_DEALS))


def downgrade() -> None:
    op.execute(_SOURCES.format(more=""))
    op.execute(_DOWN)
