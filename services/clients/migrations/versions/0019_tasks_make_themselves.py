"""Tasks that make themselves, once a cause, and reminders, once a due time."""

from alembic import op

revision = "0019"
down_revision = "0018"

_UP = """
CREATE TABLE task_causes (
    -- what kind it is and of what: "waiting:<client>:<since when>"
    cause       text PRIMARY KEY,
    -- Deferred: the cause decides first whether there is to be a task.
    activity_id uuid NOT NULL REFERENCES activities (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    created_at  timestamptz NOT NULL
);
CREATE INDEX task_causes_activity ON task_causes (activity_id);
CREATE TABLE task_reminders (
    activity_id uuid NOT NULL REFERENCES activities (id) ON DELETE CASCADE,
    -- a task that is moved reminds again
    due_at      timestamptz NOT NULL,
    told_at     timestamptz NOT NULL,
    PRIMARY KEY (activity_id, due_at)
);
-- What is still to be done at a client.
CREATE INDEX activities_open_tasks_of_client ON activities (client_id) WHERE type = 'task' AND done_at IS NULL;
-- When we and they last spoke; a meeting is held at the time that is set for it.
CREATE INDEX activities_spoken ON activities
    (client_id, (CASE WHEN type = 'meeting' THEN coalesce(due_at, occurred_at) ELSE occurred_at END) DESC, id DESC)
    WHERE type IN ('call', 'email', 'meeting', 'whatsapp');
"""
_DOWN = """
DROP INDEX activities_spoken, activities_open_tasks_of_client;
DROP TABLE task_reminders, task_causes;
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
