"""Reports as files: whose they are, and where they lie once they are made."""

from alembic import op

from libs.common.audit.plan import attach, detach

revision = "0009"
down_revision = "0008"

_SCHEMA = """
CREATE TABLE reports (
    id           uuid PRIMARY KEY,
    -- who gets it, and with whose eyes it is made
    user_id      uuid NOT NULL,
    kind         text NOT NULL,
    params       jsonb NOT NULL,
    format       text NOT NULL CHECK (format IN ('pdf', 'xlsx', 'csv')),
    status       text NOT NULL CHECK (status IN ('waiting', 'ready', 'failed')),
    filename     text,
    key          text,
    content_type text,
    size         integer,
    problem      text,
    -- the schedule that ordered it, and for which day of its owner; no day: somebody had it sent
    schedule_id  uuid,
    due_on       date,
    email_id     uuid REFERENCES emails (id),
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    version      integer NOT NULL,
    CHECK (status <> 'ready' OR (key IS NOT NULL AND filename IS NOT NULL))
);
CREATE INDEX reports_own ON reports (user_id, created_at DESC, id DESC);
CREATE INDEX reports_created ON reports (created_at);
-- Each gets what a schedule makes for a day once, whatever the number of workers.
CREATE UNIQUE INDEX reports_due ON reports (schedule_id, due_on, user_id) WHERE due_on IS NOT NULL;
"""


def upgrade() -> None:
    op.execute(_SCHEMA)
    op.execute(attach("reports"))


def downgrade() -> None:
    op.execute(detach("reports"))
    op.execute("DROP TABLE reports")
