"""Which deals an import brought in, and what they are called in the system they come from."""

from alembic import op

revision = "0011"
down_revision = "0010"

_UP = """
CREATE TABLE imported_deals (
    deal_id   uuid PRIMARY KEY REFERENCES deals (id),
    import_id uuid NOT NULL,
    system    text NOT NULL,
    -- null where the file gave no id
    key       text
);
CREATE UNIQUE INDEX imported_deals_key ON imported_deals (system, key) WHERE key IS NOT NULL;
CREATE INDEX imported_deals_import ON imported_deals (import_id);
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute("DROP TABLE imported_deals")
