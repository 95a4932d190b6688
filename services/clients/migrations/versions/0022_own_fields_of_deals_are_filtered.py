"""Clients are filtered by what stands in the own fields of their deals, and a search says in which it found it."""

from alembic import op

from libs.common.custom_fields import table_of_values

revision = "0022"
down_revision = "0021"

_UP = """
-- As deals tells them, by key; null where it did not yet.
ALTER TABLE client_deals ADD COLUMN custom jsonb;

-- What the company made for deals, as deals tells it.
CREATE TABLE deal_fields (
    id       uuid PRIMARY KEY,
    key      text NOT NULL,
    label    text NOT NULL,
    kind     text NOT NULL,
    options  jsonb NOT NULL,
    position integer NOT NULL,
    archived boolean NOT NULL,
    removed  boolean NOT NULL,
    version  integer NOT NULL
);
"""
# By the kind of what stands there: a value may be told before its field is.
_KEEPING = """
CREATE FUNCTION day_of(written text) RETURNS date LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$ BEGIN
    RETURN CASE WHEN written ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' THEN written::date END;
EXCEPTION WHEN datetime_field_overflow THEN
    RETURN NULL;
END $$;
CREATE FUNCTION keep_deal_custom_values() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM deal_custom_values WHERE deal_id = NEW.deal_id;
    END IF;
    INSERT INTO deal_custom_values (deal_id, key, text, number, date, flag, amount_minor, currency)
    SELECT NEW.deal_id, v.key,
        CASE jsonb_typeof(v.value) WHEN 'string' THEN v.value #>> '{}' END,
        CASE jsonb_typeof(v.value) WHEN 'number' THEN (v.value #>> '{}')::numeric END,
        CASE jsonb_typeof(v.value) WHEN 'string' THEN day_of(v.value #>> '{}') END,
        CASE jsonb_typeof(v.value) WHEN 'boolean' THEN (v.value #>> '{}')::boolean END,
        CASE jsonb_typeof(v.value) WHEN 'object' THEN (v.value ->> 'amount_minor')::bigint END,
        CASE jsonb_typeof(v.value) WHEN 'object' THEN v.value ->> 'currency' END
    FROM jsonb_each(NEW.custom) AS v;
    RETURN NULL;
END $$;
CREATE TRIGGER kept_custom_values AFTER INSERT ON client_deals FOR EACH ROW WHEN (NEW.custom <> '{}')
    EXECUTE FUNCTION keep_deal_custom_values();
CREATE TRIGGER changed_custom_values AFTER UPDATE ON client_deals FOR EACH ROW
    WHEN (NEW.custom IS DISTINCT FROM OLD.custom) EXECUTE FUNCTION keep_deal_custom_values();
"""
_DOWN = """
DROP TRIGGER kept_custom_values ON client_deals;
DROP TRIGGER changed_custom_values ON client_deals;
DROP FUNCTION keep_deal_custom_values();
DROP FUNCTION day_of(text);
DROP TABLE deal_custom_values;
DROP TABLE deal_fields;
ALTER TABLE client_deals DROP COLUMN custom;
"""


def upgrade() -> None:
    op.execute(_UP)
    op.execute(table_of_values("deal", "client_deals", "deal_id"))
    op.execute(_KEEPING)


def downgrade() -> None:
    op.execute(_DOWN)
