"""The daily summary: when whom, and mails that are ordered before they are written."""

from alembic import op

from libs.common.audit.plan import attach, detach

revision = "0008"
down_revision = "0007"

_SCHEMA = """
-- Who came after the time of a day gets the next day's summary.
ALTER TABLE people ADD COLUMN known_since timestamptz NOT NULL DEFAULT now();

CREATE TABLE summary_times (
    user_id    uuid PRIMARY KEY,
    hour       integer NOT NULL CHECK (hour BETWEEN 0 AND 23),
    minute     integer NOT NULL CHECK (minute BETWEEN 0 AND 59),
    -- the business time zone unless set
    time_zone  text,
    updated_at timestamptz NOT NULL
);

-- Filled when the mail is written: what it says is collected after the day's row is there.
ALTER TABLE digests ALTER COLUMN email_id DROP NOT NULL;
-- None: somebody asked for it, beside the one of the day.
ALTER TABLE digests ALTER COLUMN day DROP NOT NULL;
CREATE INDEX digests_asked ON digests (user_id, created_at) WHERE day IS NULL;
"""


def upgrade() -> None:
    op.execute(_SCHEMA)
    op.execute(attach("summary_times"))


def downgrade() -> None:
    op.execute("DELETE FROM digests WHERE day IS NULL OR email_id IS NULL")
    op.execute("DROP INDEX digests_asked")
    op.execute("ALTER TABLE digests ALTER COLUMN day SET NOT NULL")
    op.execute("ALTER TABLE digests ALTER COLUMN email_id SET NOT NULL")
    op.execute(detach("summary_times"))
    op.execute("DROP TABLE summary_times")
    op.execute("ALTER TABLE people DROP COLUMN known_since")
