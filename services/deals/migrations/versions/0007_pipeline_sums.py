"""Sums that the same transaction keeps, whoever writes: reports add up a few thousand rows instead of all deals.

Triggers append what a statement adds to a sum and what it takes away; readers add that up, and nobody waits for
anybody. Now and then rows of one key are folded into one. docs/decisions/0014 says more.
"""

from alembic import op

revision = "0007"
down_revision = "0006"

_SLICE = ("slice", "owner_id", "source", "tag")
_SUMS = ("deals", "valued", "value_minor")
_FURTHEST = ("qualified", "proposal", "negotiation")
_OPEN = ("lead", *_FURTHEST)
# table → (the columns that name a sum, those that are added up)
_SHAPES = {
    "pipeline_sums": (
        (*_SLICE, "changed", "month", "stage", "currency"),
        (*_SUMS, *_OPEN, *(f"{stage}_minor" for stage in _OPEN)),
    ),
    "pipeline_cohorts": (
        (*_SLICE, "month", "stage", "currency"),
        (*_SUMS, *_FURTHEST, *(f"{stage}_minor" for stage in _FURTHEST)),
    ),
    "pipeline_scores": ((*_SLICE, "month", "stage", "currency"), ("modelled", "model_minor", "expected_minor")),
    "pipeline_durations": (("month", "stage", "days"), ("deals",)),
}
_STATE = "client_id stage deal_value_minor currency closes_on owner_id source tags reached".split()
_STATE_COLUMNS = "client_id stage value_minor currency closes_on owner_id source tags reached".split()

_SLICES = """CROSS JOIN LATERAL (
    SELECT 'all', NULL::uuid, NULL::text, NULL::text UNION ALL SELECT 'owner', t.owner_id, NULL, NULL
    UNION ALL SELECT 'source', NULL, t.source, NULL
    UNION ALL SELECT DISTINCT 'tag', NULL::uuid, NULL::text, tag FROM unnest(t.tags) AS tag
) AS s (slice, owner_id, source, tag)"""
_OF_SLICE = "s.slice, s.owner_id, s.source, s.tag"


def _month(day: str) -> str:
    return f"date_trunc('month', {day}::timestamp)::date"


def _utc_month(instant: str) -> str:
    return f"date_trunc('month', {instant} AT TIME ZONE 'UTC')::date"


def _count(condition: str, value: str = "1") -> str:
    return f"COALESCE(sum(t.sign * {value}) FILTER (WHERE {condition}), 0)"


_VALUES = f"sum(t.sign), {_count('t.value IS NOT NULL')}, COALESCE(sum(t.sign * t.value), 0)"


def _sums(rows: str) -> str:
    """What signed states add to pipeline_sums."""
    ever = [_count(f"t.reached & {bit} > 0", value) for value in ("1", "t.value") for bit in (1, 2, 4, 8)]
    steps = f"VALUES (1, {_utc_month('r.valid_from')}), (-1, {_utc_month('r.valid_to')})"
    signed = f"""SELECT r.sign * step.sign AS sign, step.changed, r.closes_on, r.stage, r.currency, r.owner_id,
        r.source, r.tags, r.reached, r.value_minor AS value
        FROM ({rows}) AS r CROSS JOIN LATERAL ({steps}) AS step (sign, changed) WHERE step.changed IS NOT NULL"""
    return f"""SELECT {_OF_SLICE}, t.changed, {_month("t.closes_on")}, t.stage, t.currency, {_VALUES}, {", ".join(ever)}
        FROM ({signed}) AS t {_SLICES} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8"""


def _cohorts(rows: str) -> str:
    """What signed deals add to pipeline_cohorts."""
    further = ", ".join(_count(f"t.reached >= {bit}") for bit in (2, 4, 8))
    worth = ", ".join(_count(f"t.reached >= {bit}", "t.value") for bit in (2, 4, 8))
    return f"""SELECT {_OF_SLICE}, {_month("t.created_on")}, t.stage, t.currency, {_VALUES}, {further}, {worth}
        FROM (SELECT r.*, r.deal_value_minor AS value FROM ({rows}) AS r) AS t {_SLICES} GROUP BY 1, 2, 3, 4, 5, 6, 7"""


def _scores(rows: str) -> str:
    """What signed deals add to pipeline_scores."""
    expected = "round((t.deal_value_minor * t.model_probability)::numeric)"
    return f"""SELECT {_OF_SLICE}, {_month("t.closes_on")}, t.stage, t.currency,
        sum(t.sign), COALESCE(sum(t.sign * t.deal_value_minor), 0), COALESCE(sum(t.sign * {expected}), 0)
        FROM ({rows}) AS t {_SLICES} WHERE t.model_probability IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6, 7"""


def _cycles(rows: str) -> str:
    """What signed deals add to pipeline_durations: days from creation to close; a deal that was written down after it
    was closed tells nothing of that."""
    return f"""SELECT {_month("t.closes_on")}, t.stage, t.closes_on - t.created_on, sum(t.sign) FROM ({rows}) AS t
        WHERE t.stage IN ('won', 'lost') AND t.closes_on >= t.created_on GROUP BY 1, 2, 3"""


def _stays(rows: str) -> str:
    """What signed moves add to pipeline_durations."""
    return f"""SELECT {_month("t.moved_on")}, t.from_stage, t.stayed_days, sum(t.sign) FROM ({rows}) AS t
        WHERE t.stayed_days IS NOT NULL GROUP BY 1, 2, 3"""


def _add(table: str, rows: str) -> str:
    """Append what the rows add up to, where that is anything."""
    key, added = _SHAPES[table]
    names = ", ".join((*key, *added))
    something = " OR ".join(f"{name} <> 0" for name in added)
    return f"INSERT INTO {table} ({names}) SELECT * FROM ({rows}) AS found ({names}) WHERE {something};"


_SIGNED = {
    "insert": "SELECT 1 AS sign, a.* FROM added AS a",
    "update": "SELECT 1 AS sign, a.* FROM added AS a UNION ALL SELECT -1, r.* FROM removed AS r",
    "delete": "SELECT -1 AS sign, r.* FROM removed AS r",
}
_REFERENCING = {
    "insert": "NEW TABLE AS added",
    "update": "OLD TABLE AS removed NEW TABLE AS added",
    "delete": "OLD TABLE AS removed",
}


def _trigger(table: str, event: str, body: str) -> str:
    """A function that runs once a statement, over all rows that the statement touched."""
    name = f"sum_{table}_{event}"
    return f"""
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
{body}
    RETURN NULL;
END $$;
CREATE TRIGGER summed_{event} AFTER {event.upper()} ON {table} REFERENCING {_REFERENCING[event]}
    FOR EACH STATEMENT EXECUTE FUNCTION {name}();
"""


def _row(alias: str, columns: list[str]) -> str:
    return "(" + ", ".join(f"{alias}.{name}" for name in columns) + ")"


def _differs(columns: list[str]) -> str:
    return f"{_row('a', columns)} IS DISTINCT FROM {_row('r', columns)}"


def _deals(event: str) -> str:
    rows = _SIGNED[event]
    cohorts = _add("pipeline_cohorts", _cohorts(rows)) + _add("pipeline_durations", _cycles(rows))
    scores = _add("pipeline_scores", _scores(rows))
    if event == "insert":
        return _BEGIN + cohorts + scores
    if event == "delete":
        return "DELETE FROM deal_states USING removed AS r WHERE deal_id = r.id;" + cohorts + scores
    pairs = "SELECT FROM added AS a JOIN removed AS r USING (id) WHERE"
    return f"""
    IF EXISTS ({pairs} {_differs([*_STATE, "created_on"])}) THEN
        {_CHANGE}
        {cohorts}
        {scores}
    ELSIF EXISTS ({pairs} a.model_probability IS DISTINCT FROM r.model_probability) THEN
        {scores}
    END IF;
"""


# A deal that is brought in with its history began when it says.
_BEGIN = f"""
    INSERT INTO deal_states (deal_id, {", ".join(_STATE_COLUMNS)}, valid_from)
    SELECT a.id, {", ".join(f"a.{name}" for name in _STATE)}, a.created_at FROM added AS a;
"""
# A move holds from its own instant, any other change from the row's; never from before the state it ends. What changed
# again in one instant was never anything else.
_AT = "GREATEST(p.valid_from, CASE WHEN a.stage <> r.stage THEN a.stage_since ELSE a.updated_at END)"
_PRESENT = f"""FROM added AS a JOIN removed AS r USING (id)
        WHERE p.deal_id = a.id AND p.valid_to IS NULL AND {_differs(_STATE)} AND {_AT}"""
_CHANGE = f"""
        UPDATE deal_states AS p SET ({", ".join(_STATE_COLUMNS)}) = ROW {_row("a", _STATE)}
        {_PRESENT} = p.valid_from;
        WITH ended AS (
            UPDATE deal_states AS p SET valid_to = {_AT}
            {_PRESENT} > p.valid_from RETURNING p.deal_id, p.valid_to
        )
        INSERT INTO deal_states (deal_id, {", ".join(_STATE_COLUMNS)}, valid_from)
        SELECT a.id, {", ".join(f"a.{name}" for name in _STATE)}, e.valid_to
        FROM ended AS e JOIN added AS a ON a.id = e.deal_id;
"""


def _fold(table: str) -> str:
    """Rows of one key become one, and none where they add up to nothing. In one statement: a reader sees them before or
    after, and one who appends meanwhile is in nobody's way."""
    key, added = (", ".join(names) for names in _SHAPES[table])
    sums = ", ".join(f"sum({name})" for name in _SHAPES[table][1])
    something = " OR ".join(f"sum({name}) <> 0" for name in _SHAPES[table][1])
    nothing = " AND ".join(f"sum({name}) = 0" for name in _SHAPES[table][1])
    return f"""
    WITH many AS (
        SELECT array_agg(ctid) AS rows FROM {table} GROUP BY {key} HAVING count(*) > 1 OR ({nothing})
    ), gone AS (
        DELETE FROM {table} WHERE ctid = ANY (ARRAY(SELECT unnest(rows) FROM many)) RETURNING *
    )
    INSERT INTO {table} ({key}, {added}) SELECT {key}, {sums} FROM gone GROUP BY {key} HAVING {something};
"""


def _functions() -> str:
    everything = {
        "pipeline_sums": [_sums("SELECT 1 AS sign, * FROM deal_states")],
        "pipeline_cohorts": [_cohorts("SELECT 1 AS sign, * FROM deals")],
        "pipeline_scores": [_scores("SELECT 1 AS sign, * FROM deals")],
        "pipeline_durations": [
            _cycles("SELECT 1 AS sign, * FROM deals"),
            _stays("SELECT 1 AS sign, * FROM stage_history"),
        ],
    }
    anew = "".join(_add(table, rows) for table, parts in everything.items() for rows in parts)
    return f"""
CREATE FUNCTION fold_pipeline() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
{"".join(_fold(table) for table in _SHAPES)}
END $$;
CREATE FUNCTION sum_pipeline_anew() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    TRUNCATE {", ".join(_SHAPES)};
{anew}
END $$;
CREATE FUNCTION forget_pipeline() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    TRUNCATE deal_states;
    PERFORM sum_pipeline_anew();
    RETURN NULL;
END $$;
CREATE TRIGGER summed_truncate AFTER TRUNCATE ON deals FOR EACH STATEMENT EXECUTE FUNCTION forget_pipeline();
"""


_WRITTEN = {
    "deals": _deals,
    "deal_states": lambda event: _add("pipeline_sums", _sums(_SIGNED[event])),
    "stage_history": lambda event: _add("pipeline_durations", _stays(_SIGNED[event])),
}


def upgrade() -> None:
    for table, body in _WRITTEN.items():
        for event in _SIGNED:
            op.execute(_trigger(table, event, body(event)))
    op.execute(_functions())
    op.execute("SELECT sum_pipeline_anew()")


def downgrade() -> None:
    op.execute("DROP TRIGGER summed_truncate ON deals")
    for table in _WRITTEN:
        for event in _SIGNED:
            op.execute(f"DROP TRIGGER summed_{event} ON {table}; DROP FUNCTION sum_{table}_{event}()")
    op.execute("DROP FUNCTION forget_pipeline(); DROP FUNCTION sum_pipeline_anew(); DROP FUNCTION fold_pipeline()")
