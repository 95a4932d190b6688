"""Meetings with somebody of ours: nobody has two at once."""

from alembic import op

from libs.common.audit.plan import attach, detach

revision = "0018"
down_revision = "0017"

_UP = """
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE TABLE meetings (
    activity_id     uuid PRIMARY KEY REFERENCES activities (id) ON DELETE CASCADE,
    host_id         uuid NOT NULL,
    host_name       text NOT NULL,
    begins_at       timestamptz NOT NULL,
    ends_at         timestamptz NOT NULL CHECK (ends_at > begins_at),
    -- of whom we meet (IANA name)
    zone            text NOT NULL,
    -- the chat it was agreed in
    conversation_id uuid,
    -- how often it was moved or called off: calendars take the highest (RFC 5545)
    sequence        integer NOT NULL DEFAULT 0,
    cancelled_at    timestamptz,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    version         integer NOT NULL,
    CONSTRAINT meetings_one_at_a_time EXCLUDE USING gist (host_id WITH =, tstzrange(begins_at, ends_at) WITH &&)
        WHERE (cancelled_at IS NULL)
);
"""


def upgrade() -> None:
    op.execute(_UP)
    op.execute(attach("meetings"))


def downgrade() -> None:
    op.execute(detach("meetings"))
    op.execute("DROP TABLE meetings")
