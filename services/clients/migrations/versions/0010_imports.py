"""Files that people bring in, row by row, and what became of each."""

from alembic import op

from libs.common.audit.plan import attach, detach

revision = "0010"
down_revision = "0009"

_TABLES = """
CREATE TABLE imports (
    id           uuid PRIMARY KEY,
    filename     text NOT NULL,
    key          text NOT NULL UNIQUE,
    -- null until the bytes are in the object store
    size         bigint,
    state        text NOT NULL CHECK (state IN
                 ('uploading', 'reading', 'checking', 'ready', 'committing', 'done', 'undoing', 'undone', 'failed')),
    problem      text,
    -- [{name, about, columns: [{name, target, samples, order}], rows, skip}]
    sheets       jsonb NOT NULL,
    answers      jsonb NOT NULL,
    -- what the file leaves open: words and names nobody knows
    found        jsonb NOT NULL,
    -- who may own what is brought in, by address, name and id
    people       jsonb NOT NULL,
    -- the system it comes from, as far as it shows
    system       text NOT NULL,
    rows         integer NOT NULL,
    bad          integer NOT NULL,
    -- how far the work at hand is: what is done now, and the last row that it was done to
    phase        text NOT NULL,
    position     integer NOT NULL,
    only_good    boolean NOT NULL,
    results      jsonb NOT NULL,
    made_by      text NOT NULL,
    made_by_role text NOT NULL,
    made_by_name text NOT NULL,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    committed_at timestamptz,
    finished_at  timestamptz,
    version      integer NOT NULL
);
CREATE INDEX imports_newest ON imports (created_at DESC, id DESC);
CREATE INDEX imports_of ON imports (made_by, created_at DESC, id DESC);

CREATE TABLE import_rows (
    import_id uuid NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    n         integer NOT NULL,
    sheet     smallint NOT NULL,
    line      integer NOT NULL,
    cells     text[] NOT NULL,
    state     text NOT NULL CHECK (state IN
              ('good', 'bad', 'created', 'updated', 'unchanged', 'skipped', 'refused')),
    problems  jsonb,
    notes     jsonb,
    PRIMARY KEY (import_id, n)
) WITH (fillfactor = 85);
CREATE INDEX import_rows_state ON import_rows (import_id, state, n) WHERE state IN ('bad', 'refused');

-- Ids that rows have in the systems they come from: the same file again finds what it brought.
CREATE TABLE import_keys (
    entity    text NOT NULL,
    system    text NOT NULL,
    key       text NOT NULL,
    row_id    uuid NOT NULL,
    import_id uuid NOT NULL,
    PRIMARY KEY (entity, system, key)
);
CREATE INDEX import_keys_row ON import_keys (row_id);

-- What an import created and changed, so that it can be taken back.
CREATE TABLE import_changes (
    import_id     uuid NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    entity        text NOT NULL,
    row_id        uuid NOT NULL,
    n             integer NOT NULL,
    client_id     uuid NOT NULL,
    name          text NOT NULL,
    created       boolean NOT NULL,
    before        jsonb NOT NULL,
    after         jsonb NOT NULL,
    version_after integer NOT NULL,
    -- why it was not taken back
    refused       text,
    PRIMARY KEY (import_id, entity, row_id)
);
CREATE INDEX import_changes_row ON import_changes (row_id);
"""


def upgrade() -> None:
    op.execute(_TABLES)
    op.execute(attach("imports"))


def downgrade() -> None:
    op.execute(detach("imports"))
    op.execute("DROP TABLE import_changes, import_keys, import_rows, imports")
