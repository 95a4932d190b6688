"""What a client's deals come to stands with the client, so that a list is filtered and sorted by it at once."""

from alembic import op

revision = "0014"
down_revision = "0013"

_FIGURES = """
ALTER TABLE clients
    ADD COLUMN open_deals integer NOT NULL DEFAULT 0,
    -- of the deals that are there: each stage once
    ADD COLUMN deal_stages text[] NOT NULL DEFAULT '{}',
    -- in the base currency
    ADD COLUMN least_deal_minor bigint,
    ADD COLUMN greatest_deal_minor bigint;

CREATE VIEW client_deal_figures AS
SELECT c.id AS client_id,
    coalesce(sum(d.base_minor) FILTER (WHERE d.stage = 'won'), 0)::bigint AS lifetime_value_minor,
    count(*) FILTER (WHERE d.stage NOT IN ('won', 'lost', 'removed'))::integer AS open_deals,
    coalesce(array_agg(DISTINCT d.stage ORDER BY d.stage) FILTER (WHERE d.stage <> 'removed'), '{}') AS deal_stages,
    min(d.base_minor) AS least_deal_minor,
    max(d.base_minor) AS greatest_deal_minor
FROM clients AS c LEFT JOIN client_deals AS d ON d.client_id = c.id
GROUP BY c.id;
"""
_SET = """
UPDATE clients AS c SET lifetime_value_minor = f.lifetime_value_minor, open_deals = f.open_deals,
    deal_stages = f.deal_stages, least_deal_minor = f.least_deal_minor, greatest_deal_minor = f.greatest_deal_minor
FROM client_deal_figures AS f
WHERE f.client_id = c.id {which}
    AND (c.lifetime_value_minor, c.open_deals, c.deal_stages, c.least_deal_minor, c.greatest_deal_minor)
    IS DISTINCT FROM
    (f.lifetime_value_minor, f.open_deals, f.deal_stages, f.least_deal_minor, f.greatest_deal_minor);
"""
_INDEXES = """
CREATE INDEX clients_by_greatest_deal ON clients (greatest_deal_minor) WHERE deleted_at IS NULL;
-- The list in its order with its figures: a page of it and its count need not look at the clients themselves.
CREATE INDEX clients_listed ON clients (created_at DESC, id DESC)
    INCLUDE (open_deals, deal_stages, least_deal_minor, greatest_deal_minor) WHERE deleted_at IS NULL;
DROP INDEX clients_newest;
"""
# Who writes a client's deals holds the client's row, so that two at once take turns and the figures are of both.
_ROWS = {"added": ("INSERT", "NEW"), "changed": ("UPDATE", "OLD NEW"), "removed": ("DELETE", "OLD")}


def _trigger(name: str, event: str, rows: str) -> str:
    tables = {"OLD": "former", "NEW": "written"}
    named = " ".join(f"{row} TABLE AS {tables[row]}" for row in rows.split())
    affected = " UNION ALL ".join(f"SELECT client_id FROM {tables[row]}" for row in rows.split())
    chosen = _SET.format(which=f"AND c.id = ANY (ARRAY({affected})) AND f.client_id = ANY (ARRAY({affected}))")
    return f"""
CREATE FUNCTION deals_{name}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN
    {chosen}
    RETURN NULL;
END $body$;
CREATE TRIGGER figures_{name} AFTER {event} ON client_deals REFERENCING {named}
    FOR EACH STATEMENT EXECUTE FUNCTION deals_{name}();
"""


def upgrade() -> None:
    op.execute(_FIGURES)
    op.execute(_SET.format(which=""))
    for name, (event, rows) in _ROWS.items():
        op.execute(_trigger(name, event, rows))
    op.execute(_INDEXES)


def downgrade() -> None:
    op.execute("CREATE INDEX clients_newest ON clients (created_at DESC, id DESC) WHERE deleted_at IS NULL")
    op.execute("DROP INDEX clients_by_greatest_deal, clients_listed")
    for name in _ROWS:
        op.execute(f"DROP TRIGGER figures_{name} ON client_deals; DROP FUNCTION deals_{name}()")
    op.execute("DROP VIEW client_deal_figures")
    op.execute(
        "ALTER TABLE clients DROP COLUMN open_deals, DROP COLUMN deal_stages, DROP COLUMN least_deal_minor,"
        " DROP COLUMN greatest_deal_minor"
    )
