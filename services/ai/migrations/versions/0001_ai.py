"""Generations, and the copy of who may see a client."""

from alembic import op

from libs.common import row_access
from libs.common.migrate import drop_mechanism, mechanism

revision = "0001"
down_revision = None

_TABLES = """
CREATE TABLE generations (
    id                uuid PRIMARY KEY,
    kind              text NOT NULL CHECK (kind IN ('brief_analysis')),
    client_id         uuid NOT NULL,
    deal_id           uuid,
    brief_id          uuid,
    status            text NOT NULL CHECK (status IN ('waiting', 'done', 'failed')),
    provider          text,
    model             text,
    prompt_version    text,
    -- why the built-in rules answered although another provider is set
    stands_in_because text,
    input_tokens      integer,
    output_tokens     integer,
    milliseconds      integer,
    score             integer CHECK (score BETWEEN 0 AND 100),
    input             jsonb NOT NULL,
    output            jsonb,
    problem           text,
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL,
    version           integer NOT NULL
);
CREATE INDEX generations_newest ON generations (created_at DESC, id DESC);
CREATE INDEX generations_deal ON generations (deal_id, created_at DESC);
CREATE INDEX generations_client ON generations (client_id);
"""


def upgrade() -> None:
    op.execute(mechanism(1))
    op.execute(row_access.SCHEMA_V1)
    op.execute(_TABLES)


def downgrade() -> None:
    op.execute("DROP TABLE generations")
    op.execute(row_access.DROP_V1)
    op.execute(drop_mechanism())
