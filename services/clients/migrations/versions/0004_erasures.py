"""Erasing a person: what was asked for, what every service answered, and this service's own part."""

from alembic import op

from libs.common.audit.plan import attach, detach
from libs.common.migrate import mechanism

revision = "0004"
down_revision = "0003"

_TABLES = """
CREATE TABLE erasures (
    id            uuid PRIMARY KEY,
    contact_id    uuid NOT NULL UNIQUE,
    client_id     uuid NOT NULL REFERENCES clients (id),
    asked_by      text NOT NULL,
    asked_by_name text NOT NULL,
    reason        text NOT NULL,
    -- who it is, for the services alone; gone when all of them have settled it
    sealed        text,
    -- what each service answered, under its name
    parts         jsonb NOT NULL,
    asked_at      timestamptz NOT NULL,
    erased_at     timestamptz,
    settled_at    timestamptz,
    version       integer NOT NULL
);
CREATE INDEX erasures_newest ON erasures (asked_at DESC, id DESC);
"""


def upgrade() -> None:
    op.execute(mechanism(2))
    op.execute(_TABLES)
    op.execute(attach("erasures"))


def downgrade() -> None:
    op.execute(detach("erasures"))
    op.execute("DROP TABLE erasures, erasure_parts")
