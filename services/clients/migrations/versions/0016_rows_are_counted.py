"""How many rows of a large change or a file are in which state is kept, so that asking how far it is costs nothing."""

from alembic import op

revision = "0016"
down_revision = "0015"

# What is counted, in which table, by which column, and what it is part of.
_COUNTED = (
    ("change_set_rows", "change_set_counts", "change_set_id", "change_sets"),
    ("import_rows", "import_counts", "import_id", "imports"),
)

# Added in the order of states, so that two batches of one change never wait for each other.
_UP = """
CREATE TABLE {counts} (
    {of} uuid NOT NULL REFERENCES {whole} (id) ON DELETE CASCADE,
    state text NOT NULL,
    rows integer NOT NULL,
    PRIMARY KEY ({of}, state)
);
INSERT INTO {counts} SELECT {of}, state, count(*) FROM {rows} GROUP BY 1, 2;

CREATE FUNCTION count_{rows}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO {counts} AS c SELECT w.{of}, w.state, count(*) FROM written AS w GROUP BY 1, 2 ORDER BY 1, 2
        ON CONFLICT ({of}, state) DO UPDATE SET rows = c.rows + excluded.rows;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO {counts} AS c
        SELECT m.{of}, m.state, sum(m.n) FROM (
            SELECT {of}, state, 1 AS n FROM written UNION ALL SELECT {of}, state, -1 FROM former
        ) AS m GROUP BY 1, 2 HAVING sum(m.n) <> 0 ORDER BY 1, 2
        ON CONFLICT ({of}, state) DO UPDATE SET rows = c.rows + excluded.rows;
    ELSE
        UPDATE {counts} AS c SET rows = c.rows - f.n
        FROM (SELECT {of}, state, count(*) AS n FROM former GROUP BY 1, 2) AS f
        WHERE c.{of} = f.{of} AND c.state = f.state;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER counted_added AFTER INSERT ON {rows} REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION count_{rows}();
CREATE TRIGGER counted_changed AFTER UPDATE ON {rows} REFERENCING OLD TABLE AS former NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION count_{rows}();
CREATE TRIGGER counted_removed AFTER DELETE ON {rows} REFERENCING OLD TABLE AS former
    FOR EACH STATEMENT EXECUTE FUNCTION count_{rows}();
"""
_DOWN = """
DROP TRIGGER counted_added ON {rows};
DROP TRIGGER counted_changed ON {rows};
DROP TRIGGER counted_removed ON {rows};
DROP FUNCTION count_{rows};
DROP TABLE {counts};
"""


def _each(sql: str) -> None:
    for rows, counts, of, whole in _COUNTED:
        op.execute(sql.format(rows=rows, counts=counts, of=of, whole=whole))


def upgrade() -> None:
    _each(_UP)


def downgrade() -> None:
    _each(_DOWN)
