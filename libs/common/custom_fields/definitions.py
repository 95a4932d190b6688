"""The table of custom fields, the column that rows keep their values in, and a table of values to filter by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Boolean, Column, DateTime, Integer, MetaData, Table, Text, Uuid, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from libs.common.custom_fields import kinds
from libs.common.custom_fields.kinds import Definition

metadata = MetaData()

fields = Table(
    "custom_fields",
    metadata,
    Column("id", Uuid(as_uuid=False), primary_key=True),
    Column("entity", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("options", JSONB, nullable=False),
    Column("position", Integer, nullable=False),
    Column("archived", Boolean, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Column("version", Integer, nullable=False),
    Column("import_id", Uuid(as_uuid=False)),
    Column("import_version", Integer),
)
# What is told of a field.
told = tuple(each for each in fields.columns if not each.name.startswith("import_"))

SCHEMA_V1 = """
CREATE TABLE custom_fields (
    id         uuid PRIMARY KEY,
    entity     text NOT NULL,
    -- under which rows keep the value; stays when the label changes
    key        text NOT NULL CHECK (key ~ '^[a-z][a-z0-9_]{0,49}$'),
    label      text NOT NULL CHECK (label <> ''),
    kind       text NOT NULL CHECK (kind IN ('text', 'number', 'money', 'date', 'choice', 'yes_no')),
    -- what a choice chooses from, in the order it is shown
    options    jsonb NOT NULL,
    position   integer NOT NULL,
    archived   boolean NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version    integer NOT NULL,
    UNIQUE (entity, key)
);
CREATE UNIQUE INDEX custom_fields_label ON custom_fields (entity, lower(label));
"""

SCHEMA_V2 = """
-- The import that made a field, and at which version it left it: at a later one somebody changed it since.
ALTER TABLE custom_fields ADD COLUMN import_id uuid, ADD COLUMN import_version integer;
"""
DROP_V2 = "ALTER TABLE custom_fields DROP COLUMN import_id, DROP COLUMN import_version;"

_KEPT = "key, text, number, date, flag, amount_minor, currency"
# What a value ``v`` of a field ``f`` is, by kind.
_BY_KIND = """f.key,
            CASE WHEN f.kind IN ('text', 'choice') THEN v.value #>> '{}' END,
            CASE WHEN f.kind = 'number' AND jsonb_typeof(v.value) = 'number' THEN (v.value #>> '{}')::numeric END,
            CASE WHEN f.kind = 'date' AND v.value #>> '{}' ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'
                THEN (v.value #>> '{}')::date END,
            CASE WHEN f.kind = 'yes_no' AND jsonb_typeof(v.value) = 'boolean'
                THEN (v.value #>> '{}')::boolean END,
            CASE WHEN f.kind = 'money' AND jsonb_typeof(v.value) = 'object'
                THEN (v.value ->> 'amount_minor')::bigint END,
            CASE WHEN f.kind = 'money' AND jsonb_typeof(v.value) = 'object' THEN v.value ->> 'currency' END"""
_QUOTED = _BY_KIND.replace("'", "''")

_KEEPING = f"""
-- Arguments: the entity, its table of values, the column of that table which names the row.
CREATE FUNCTION keep_custom_values() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        EXECUTE format('DELETE FROM %I WHERE %I = $1', TG_ARGV[1], TG_ARGV[2]) USING NEW.id;
    END IF;
    EXECUTE format('INSERT INTO %I (%I, {_KEPT})
        SELECT $1, {_QUOTED}
        FROM jsonb_each($2) AS v JOIN custom_fields AS f ON f.entity = $3 AND f.key = v.key',
        TG_ARGV[1], TG_ARGV[2]) USING NEW.id, NEW.custom, TG_ARGV[0];
    RETURN NULL;
END $$;
"""  # noqa: S608  (nothing but constants)


def side_tables(of: Mapping[str, str]) -> str:
    """The SQL of ``<entity>_custom_values`` for each entity and its table: the values of each row by kind, indexed.

    The database itself keeps them, in the transaction that changes the row. Money stands there in minor units.
    """
    return _KEEPING + "".join(_side_table(entity, table) for entity, table in of.items())


def fill_side_table(entity: str, table: str) -> str:
    """The SQL that takes over what rows hold already, where they had values before they had such a table."""
    return f"""
INSERT INTO {entity}_custom_values ({entity}_id, {_KEPT})
SELECT r.id, {_BY_KIND}
FROM {table} AS r, jsonb_each(r.custom) AS v JOIN custom_fields AS f ON f.entity = '{entity}' AND f.key = v.key;
"""  # noqa: S608  (names of tables, from migrations)


def drop_side_tables(of: Mapping[str, str]) -> str:
    """The SQL that takes ``side_tables`` back."""
    triggers = (
        f"DROP TRIGGER {name}_custom_values ON {table};" for table in of.values() for name in ("kept", "changed")
    )
    tables = (f"DROP TABLE {entity}_custom_values;" for entity in of)
    return "".join((*triggers, *tables, "DROP FUNCTION keep_custom_values();"))


def table_of_values(entity: str, table: str, row_id: str = "id") -> str:
    """The SQL of ``<entity>_custom_values`` alone, for rows whose values something else keeps there."""
    values, row = f"{entity}_custom_values", f"{entity}_id"
    return f"""
CREATE TABLE {values} (
    {row}        uuid NOT NULL REFERENCES {table} ({row_id}) ON DELETE CASCADE,
    key          text NOT NULL,
    text         text,
    number       numeric,
    date         date,
    flag         boolean,
    amount_minor bigint,
    currency     text,
    PRIMARY KEY ({row}, key)
);
CREATE INDEX {values}_text ON {values} (key, (lower(text) COLLATE "C")) WHERE text IS NOT NULL;
CREATE INDEX {values}_trgm ON {values} USING gin (text gin_trgm_ops) WHERE text IS NOT NULL;
CREATE INDEX {values}_number ON {values} (key, number) WHERE number IS NOT NULL;
CREATE INDEX {values}_date ON {values} (key, date) WHERE date IS NOT NULL;
CREATE INDEX {values}_flag ON {values} (key, flag) WHERE flag IS NOT NULL;
CREATE INDEX {values}_money ON {values} (key, currency, amount_minor) WHERE amount_minor IS NOT NULL;
"""


def _side_table(entity: str, table: str) -> str:
    values, row = f"{entity}_custom_values", f"{entity}_id"
    return f"""{table_of_values(entity, table)}
CREATE TRIGGER kept_custom_values AFTER INSERT ON {table} FOR EACH ROW WHEN (NEW.custom <> '{{}}')
    EXECUTE FUNCTION keep_custom_values('{entity}', '{values}', '{row}');
CREATE TRIGGER changed_custom_values AFTER UPDATE ON {table} FOR EACH ROW WHEN (NEW.custom IS DISTINCT FROM OLD.custom)
    EXECUTE FUNCTION keep_custom_values('{entity}', '{values}', '{row}');
"""


def definitions(session: Session, entity: str) -> list[Definition]:
    """The fields of an entity in their order, the archived ones among them."""
    statement = select(fields).where(fields.c.entity == entity).order_by(fields.c.position, fields.c.key)
    return [_definition(row) for row in session.execute(statement)]


def taken(session: Session, entity: str, data: Any, current: Mapping[str, Any]) -> dict[str, Any]:
    """``{"custom": …}``: what ``data`` says under that name, brought together with what the row has; nothing where it
    says nothing. It is taken out of ``data``. A field that is used here is not deleted before this transaction ends.
    """
    if not isinstance(data, dict) or "custom" not in data:
        return {}
    given = data.pop("custom")
    return {"custom": kinds.merged(current, kinds.read(held(session, entity), given))}


def held(session: Session, entity: str) -> list[Definition]:
    """The fields of an entity, to be written to rows: none of them is deleted before this transaction ends."""
    statement = select(fields).where(fields.c.entity == entity).with_for_update(read=True, key_share=True)
    return [_definition(row) for row in session.execute(statement.order_by(fields.c.id))]


def _definition(row: Any) -> Definition:
    return Definition(row.key, row.label, row.kind, tuple(row.options), row.archived)
