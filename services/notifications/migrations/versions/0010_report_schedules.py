"""Reports that are made and mailed by themselves."""

from alembic import op

from libs.common.audit.plan import attach, detach

revision = "0010"
down_revision = "0009"

_SCHEMA = """
CREATE TABLE report_schedules (
    id         uuid PRIMARY KEY,
    user_id    uuid NOT NULL,
    kind       text NOT NULL,
    params     jsonb NOT NULL,
    format     text NOT NULL CHECK (format IN ('pdf', 'xlsx', 'csv')),
    cadence    text NOT NULL CHECK (cadence IN ('daily', 'weekly', 'monthly')),
    weekday    integer CHECK (weekday BETWEEN 0 AND 6),
    monthday   integer CHECK (monthday BETWEEN 1 AND 31),
    hour       integer NOT NULL CHECK (hour BETWEEN 0 AND 23),
    -- colleagues by id; none: whose schedule it is
    recipients jsonb NOT NULL,
    -- since when it comes in this rhythm: what was due before is not made
    since      timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version    integer NOT NULL,
    CHECK ((cadence = 'weekly') = (weekday IS NOT NULL)),
    CHECK ((cadence = 'monthly') = (monthday IS NOT NULL))
);
CREATE INDEX report_schedules_own ON report_schedules (user_id, created_at DESC, id DESC);
CREATE INDEX reports_scheduled ON reports (schedule_id, created_at) WHERE schedule_id IS NOT NULL;
"""


def upgrade() -> None:
    op.execute(_SCHEMA)
    op.execute(attach("report_schedules"))


def downgrade() -> None:
    op.execute(detach("report_schedules"))
    op.execute("DROP INDEX reports_scheduled")
    op.execute("DROP TABLE report_schedules")
