"""Changes of everything that matches, worked in batches; and clients that turn out to be one."""

from alembic import op

from libs.common import record_merges
from libs.common.record_merges import Moved

revision = "0009"
down_revision = "0008"

# What is hung on a client by others, who may not know yet what became of it.
_CHILDREN = [Moved("contacts"), Moved("activities"), Moved("documents"), Moved("client_deals", key="deal_id")]

_UP = """
ALTER TABLE change_sets
    DROP CONSTRAINT change_sets_action_check,
    ADD CONSTRAINT change_sets_action_check
        CHECK (action IN ('add_tag', 'remove_tag', 'set_status', 'assign', 'delete', 'merge')),
    -- who asked, so that the work that follows is done with their rights
    ADD COLUMN made_by_role text NOT NULL DEFAULT 'admin',
    ADD COLUMN made_by_name text NOT NULL DEFAULT '',
    ADD COLUMN undone_by_role text,
    ADD COLUMN undone_by_name text,
    -- in words of the filters or the names, for who looks at it later
    ADD COLUMN about jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN status text NOT NULL DEFAULT 'done' CHECK (status IN ('running', 'done', 'undoing', 'undone')),
    -- how many rows there are to do, and how many are done: of the change, then of its undoing
    ADD COLUMN total integer NOT NULL DEFAULT 0,
    ADD COLUMN done integer NOT NULL DEFAULT 0,
    ADD COLUMN version integer NOT NULL DEFAULT 1;
UPDATE change_sets SET status = 'undone' WHERE undone_at IS NOT NULL;
CREATE INDEX change_sets_newest ON change_sets (created_at DESC, id DESC);
CREATE INDEX change_sets_mine ON change_sets (made_by, created_at DESC, id DESC);
ALTER TABLE change_set_rows
    -- A client is never removed, and to hold each of many while their rows are written would have others wait.
    DROP CONSTRAINT change_set_rows_client_id_fkey,
    -- Nor is a change set, and to look at it once for each of 50,000 rows takes longer than to write them.
    DROP CONSTRAINT change_set_rows_change_set_id_fkey,
    ALTER COLUMN company_name DROP NOT NULL,
    ALTER COLUMN before DROP NOT NULL,
    ALTER COLUMN after DROP NOT NULL,
    ALTER COLUMN version_after DROP NOT NULL,
    -- waiting → changed, unchanged or refused; changed → restored or left, when the change is undone
    ADD COLUMN state text NOT NULL DEFAULT 'changed'
        CHECK (state IN ('waiting', 'changed', 'unchanged', 'refused', 'restored', 'left')),
    ADD COLUMN reason text;
UPDATE change_set_rows SET state = 'restored'
    WHERE change_set_id IN (SELECT id FROM change_sets WHERE undone_at IS NOT NULL);
UPDATE change_sets AS s SET total = r.rows, done = r.rows
    FROM (SELECT change_set_id, count(*) AS rows FROM change_set_rows GROUP BY 1) AS r WHERE r.change_set_id = s.id;
CREATE INDEX change_set_rows_waiting ON change_set_rows (change_set_id, client_id) WHERE state = 'waiting';

-- Two clients that may be one; the smaller id stands first.
CREATE TABLE duplicate_pairs (
    first_id     uuid NOT NULL REFERENCES clients (id),
    second_id    uuid NOT NULL REFERENCES clients (id),
    score        smallint NOT NULL CHECK (score BETWEEN 0 AND 100),
    reasons      text[] NOT NULL,
    found_at     timestamptz NOT NULL,
    -- somebody said that they are two
    dismissed_at timestamptz,
    dismissed_by text,
    PRIMARY KEY (first_id, second_id),
    CHECK (first_id < second_id)
);
CREATE INDEX duplicate_pairs_likeliest ON duplicate_pairs (score DESC, first_id, second_id) WHERE dismissed_at IS NULL;
CREATE INDEX duplicate_pairs_second ON duplicate_pairs (second_id);
-- By which signs of itself a client was last compared with the others.
CREATE TABLE duplicate_checks (
    client_id  uuid PRIMARY KEY REFERENCES clients (id),
    signs      text NOT NULL,
    checked_at timestamptz NOT NULL
);
"""
_DOWN = """
DROP TABLE duplicate_checks, duplicate_pairs;
DROP INDEX change_set_rows_waiting, change_sets_mine, change_sets_newest;
DELETE FROM change_set_rows WHERE version_after IS NULL OR before IS NULL OR company_name IS NULL;
DELETE FROM change_set_rows WHERE change_set_id IN (SELECT id FROM change_sets WHERE action IN ('delete', 'merge'));
DELETE FROM change_sets WHERE action IN ('delete', 'merge');
ALTER TABLE change_set_rows
    DROP COLUMN state, DROP COLUMN reason,
    ADD CONSTRAINT change_set_rows_client_id_fkey FOREIGN KEY (client_id) REFERENCES clients (id),
    ADD CONSTRAINT change_set_rows_change_set_id_fkey
        FOREIGN KEY (change_set_id) REFERENCES change_sets (id) ON DELETE CASCADE,
    ALTER COLUMN company_name SET NOT NULL, ALTER COLUMN before SET NOT NULL, ALTER COLUMN after SET NOT NULL,
    ALTER COLUMN version_after SET NOT NULL;
ALTER TABLE change_sets
    DROP CONSTRAINT change_sets_action_check,
    ADD CONSTRAINT change_sets_action_check CHECK (action IN ('add_tag', 'remove_tag', 'set_status', 'assign')),
    DROP COLUMN made_by_role, DROP COLUMN made_by_name, DROP COLUMN undone_by_role, DROP COLUMN undone_by_name,
    DROP COLUMN about, DROP COLUMN status, DROP COLUMN total, DROP COLUMN done, DROP COLUMN version;
"""


def upgrade() -> None:
    op.execute(_UP)
    op.execute(record_merges.schema(_CHILDREN))


def downgrade() -> None:
    op.execute(record_merges.drop(_CHILDREN))
    op.execute(_DOWN)
