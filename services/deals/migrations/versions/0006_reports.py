"""What reports are made of: business days, targets, rates, weights as they were, every state of a deal, and sums."""

import os

from alembic import op

from libs.common.audit.plan import attach, detach
from libs.common.settings import ServiceSettings

revision = "0006"
down_revision = "0005"

# As the service reads it; days that people saw were in this zone.
_ZONE = os.environ.get("BUSINESS_TZ") or ServiceSettings.model_fields["business_tz"].default

_COLUMNS = """
ALTER TABLE deals
    ADD COLUMN closes_on date GENERATED ALWAYS AS (COALESCE(actual_close_date, expected_close_date)) STORED,
    -- a score counts only for the stage it was told of
    ADD COLUMN model_probability double precision
        GENERATED ALWAYS AS (CASE WHEN score ->> 'stage' = stage THEN score_probability END) STORED,
    ADD COLUMN created_on date,
    -- a bit for each open stage the deal was ever in: lead 1, qualified 2, proposal 4, negotiation 8
    ADD COLUMN reached smallint NOT NULL DEFAULT 0,
    -- the last call, mail, meeting, note or message, or the last move where that is later
    ADD COLUMN last_activity_at timestamptz;
ALTER TABLE stage_history
    ADD COLUMN moved_on date,
    -- how long the deal had been in from_stage; null where it began here or came out of a closed stage
    ADD COLUMN stayed_days integer CHECK (stayed_days >= 0);
"""

# Nobody changed anything here, so the audit log is not told.
_FILL = f"""
ALTER TABLE deals DISABLE TRIGGER audited;
UPDATE stage_history SET moved_on = (moved_at AT TIME ZONE '{_ZONE}')::date;
UPDATE stage_history AS step SET stayed_days = GREATEST(step.moved_on - before.moved_on, 0)
FROM (SELECT id, lag(moved_on) OVER w AS moved_on, lag(moved_at) OVER w AS moved_at FROM stage_history
      WINDOW w AS (PARTITION BY deal_id ORDER BY moved_at, id)) AS before
WHERE before.id = step.id AND before.moved_at < step.moved_at AND step.from_stage NOT IN ('won', 'lost');
UPDATE deals SET created_on = (created_at AT TIME ZONE '{_ZONE}')::date, last_activity_at = stage_since,
    reached = stage_bit(stage) | COALESCE(
        (SELECT bit_or(stage_bit(to_stage)) FROM stage_history WHERE deal_id = deals.id), 0)::smallint;
ALTER TABLE deals ENABLE TRIGGER audited;
ALTER TABLE deals ALTER COLUMN created_on SET NOT NULL, ALTER COLUMN last_activity_at SET NOT NULL;
ALTER TABLE stage_history ALTER COLUMN moved_on SET NOT NULL;
"""

_NOTES = """
CREATE FUNCTION stage_bit(stage text) RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (CASE stage WHEN 'lead' THEN 1 WHEN 'qualified' THEN 2 WHEN 'proposal' THEN 4 WHEN 'negotiation' THEN 8
            ELSE 0 END)::smallint
$$;
"""
_NOTING = """
CREATE FUNCTION note_stage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.reached := NEW.reached | stage_bit(NEW.stage);
    NEW.last_activity_at := GREATEST(NEW.last_activity_at, NEW.stage_since);
    RETURN NEW;
END $$;
CREATE TRIGGER noted BEFORE INSERT OR UPDATE OF stage, stage_since ON deals
    FOR EACH ROW EXECUTE FUNCTION note_stage();
"""

_TABLES = """
-- Our copy of the clients service's rates: what one unit of the currency is worth in the base currency from a day on.
CREATE TABLE exchange_rates (
    currency text NOT NULL,
    day      date NOT NULL,
    rate     numeric(24, 12) NOT NULL CHECK (rate > 0),
    version  integer NOT NULL,
    PRIMARY KEY (currency, day)
);

-- What is to be won in a month, in the base currency; without an owner, by the company as a whole.
CREATE TABLE sales_targets (
    id           uuid PRIMARY KEY,
    month        date NOT NULL CHECK (EXTRACT(day FROM month) = 1),
    owner_id     uuid,
    amount_minor bigint NOT NULL CHECK (amount_minor >= 0),
    set_by       text NOT NULL,
    set_at       timestamptz NOT NULL,
    UNIQUE NULLS NOT DISTINCT (month, owner_id)
);

-- Every weight there ever was; the last of a stage is the one in stage_weights.
CREATE TABLE stage_weight_history (
    stage  text NOT NULL,
    weight smallint NOT NULL,
    set_by text NOT NULL,
    set_at timestamptz NOT NULL,
    PRIMARY KEY (stage, set_at)
);
INSERT INTO stage_weight_history SELECT stage, weight, set_by, set_at FROM stage_weights;
CREATE FUNCTION keep_weight() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO stage_weight_history VALUES (NEW.stage, NEW.weight, NEW.set_by, NEW.set_at)
    ON CONFLICT (stage, set_at) DO UPDATE SET weight = excluded.weight, set_by = excluded.set_by;
    RETURN NULL;
END $$;
CREATE TRIGGER kept AFTER INSERT OR UPDATE ON stage_weights FOR EACH ROW EXECUTE FUNCTION keep_weight();

-- What a forecast counts of a deal, from an instant until (and without) another; the present state has no end.
CREATE TABLE deal_states (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    deal_id     uuid NOT NULL,
    client_id   uuid NOT NULL,
    stage       text NOT NULL,
    value_minor bigint,
    currency    text NOT NULL,
    closes_on   date,
    owner_id    uuid,
    source      text NOT NULL,
    tags        text[] NOT NULL,
    reached     smallint NOT NULL,
    valid_from  timestamptz NOT NULL,
    valid_to    timestamptz CHECK (valid_to > valid_from)
);
"""

_SUMS = """
-- deal_states by the month in which each began (+) or ended (-), in UTC: added up over all months it is the present,
-- up to a month it is what was at that month's end. A deal stands once in the slice 'all', once in that of its owner,
-- of its source, and of each of its tags.
CREATE TABLE pipeline_sums (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slice             text NOT NULL,
    owner_id          uuid,
    source            text,
    tag               text,
    changed           date NOT NULL,
    month             date,  -- of closes_on
    stage             text NOT NULL,
    currency          text NOT NULL,
    deals             integer NOT NULL,
    valued            integer NOT NULL,
    value_minor       numeric NOT NULL,
    -- how many were ever in the stage, and what these are worth
    lead              integer NOT NULL,
    qualified         integer NOT NULL,
    proposal          integer NOT NULL,
    negotiation       integer NOT NULL,
    lead_minor        numeric NOT NULL,
    qualified_minor   numeric NOT NULL,
    proposal_minor    numeric NOT NULL,
    negotiation_minor numeric NOT NULL
);
CREATE INDEX pipeline_sums_month ON pipeline_sums (slice, owner_id, source, tag, month);

-- Deals by the month they were created in, as they are now.
CREATE TABLE pipeline_cohorts (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slice             text NOT NULL,
    owner_id          uuid,
    source            text,
    tag               text,
    month             date NOT NULL,
    stage             text NOT NULL,
    currency          text NOT NULL,
    deals             integer NOT NULL,
    valued            integer NOT NULL,
    value_minor       numeric NOT NULL,
    -- those whose furthest open stage was at least this
    qualified         integer NOT NULL,
    proposal          integer NOT NULL,
    negotiation       integer NOT NULL,
    qualified_minor   numeric NOT NULL,
    proposal_minor    numeric NOT NULL,
    negotiation_minor numeric NOT NULL
);
CREATE INDEX pipeline_cohorts_month ON pipeline_cohorts (slice, owner_id, source, tag, month);

-- Deals of which a model says how likely they are to be won.
CREATE TABLE pipeline_scores (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slice          text NOT NULL,
    owner_id       uuid,
    source         text,
    tag            text,
    month          date,  -- of closes_on
    stage          text NOT NULL,
    currency       text NOT NULL,
    modelled       integer NOT NULL,
    model_minor    numeric NOT NULL,
    expected_minor numeric NOT NULL  -- the value times the probability, each deal's rounded to a minor unit
);
CREATE INDEX pipeline_scores_month ON pipeline_scores (slice, owner_id, source, tag, month);

-- How many stays of so many days in an open stage ended in a month; under won and lost, how many deals were closed so
-- after so many days.
CREATE TABLE pipeline_durations (
    id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    month date NOT NULL,
    stage text NOT NULL,
    days  integer NOT NULL,
    deals integer NOT NULL
);
CREATE INDEX pipeline_durations_month ON pipeline_durations (month, stage);
"""

# History knows each move with the value of that moment; what else a deal was then is taken to be what it is now.
_STATES = """
WITH steps AS (
    SELECT deal_id, moved_at, to_stage AS stage, deal_value_minor, currency, moved_on,
        bit_or(stage_bit(to_stage)) OVER (PARTITION BY deal_id ORDER BY moved_at, id) AS reached,
        lead(moved_at) OVER (PARTITION BY deal_id ORDER BY moved_at, id) AS next_at
    FROM stage_history
), told AS (
    SELECT deal_id, moved_at, next_at, stage, deal_value_minor, currency, moved_on, reached FROM steps
    WHERE next_at IS DISTINCT FROM moved_at  -- the last of those of one instant
), whole AS (
    SELECT d.id AS deal_id, t.stage, t.deal_value_minor, t.currency,
        CASE WHEN t.stage IN ('won', 'lost') THEN t.moved_on ELSE d.expected_close_date END AS closes_on,
        t.reached, t.moved_at AS valid_from
    FROM deals d JOIN told t ON t.deal_id = d.id
    WHERE t.next_at IS NOT NULL OR d.updated_at > t.moved_at AND
        (t.deal_value_minor, t.currency) IS DISTINCT FROM (d.deal_value_minor, d.currency)
    UNION ALL
    SELECT d.id, d.stage, d.deal_value_minor, d.currency, d.closes_on, d.reached,
        CASE WHEN t.deal_id IS NULL THEN d.created_at
             WHEN (t.deal_value_minor, t.currency) IS DISTINCT FROM (d.deal_value_minor, d.currency)
             THEN GREATEST(d.updated_at, t.moved_at) ELSE t.moved_at END
    FROM deals d LEFT JOIN told t ON t.deal_id = d.id AND t.next_at IS NULL
)
INSERT INTO deal_states (deal_id, client_id, stage, value_minor, currency, closes_on, owner_id, source, tags, reached,
    valid_from, valid_to)
SELECT d.id, d.client_id, w.stage, w.deal_value_minor, w.currency, w.closes_on, d.owner_id, d.source, d.tags, w.reached,
    w.valid_from, lead(w.valid_from) OVER (PARTITION BY d.id ORDER BY w.valid_from)
FROM whole w JOIN deals d ON d.id = w.deal_id;
"""

_INDEXES = """
CREATE UNIQUE INDEX deal_states_present ON deal_states (deal_id) WHERE valid_to IS NULL;
CREATE INDEX deal_states_deal ON deal_states (deal_id, valid_from);
CREATE INDEX deal_states_client ON deal_states (client_id);
CREATE INDEX deal_states_closes ON deal_states (closes_on, valid_from);
CREATE INDEX deal_states_from ON deal_states (valid_from);
CREATE INDEX deal_states_to ON deal_states (valid_to) WHERE valid_to IS NOT NULL;

-- Reports of those who see some clients only are read from these two alone.
CREATE INDEX deals_closes ON deals (closes_on)
    INCLUDE (client_id, stage, currency, deal_value_minor, reached, model_probability, owner_id, source, created_on);
DROP INDEX deals_client, deals_sums;
CREATE INDEX deals_client ON deals (client_id)
    INCLUDE (stage, currency, deal_value_minor, closes_on, reached, model_probability, created_on);
CREATE INDEX deals_sums ON deals (stage, currency) INCLUDE (client_id, deal_value_minor, closes_on);
CREATE INDEX deals_created_on ON deals (created_on);
CREATE INDEX deals_idle ON deals (last_activity_at, id)
    INCLUDE (client_id, stage, stage_since, currency, deal_value_minor, closes_on, expected_close_date)
    WHERE stage IN ('lead', 'qualified', 'proposal', 'negotiation');
CREATE INDEX stage_history_stays ON stage_history (moved_on, from_stage, stayed_days) WHERE stayed_days IS NOT NULL;
"""
_DOWN = """
DROP INDEX deals_closes, deals_client, deals_sums, deals_created_on, deals_idle, stage_history_stays;
CREATE INDEX deals_client ON deals (client_id);
CREATE INDEX deals_sums ON deals (stage, currency) INCLUDE (client_id, deal_value_minor);
DROP TRIGGER kept ON stage_weights;
DROP FUNCTION keep_weight();
DROP TABLE pipeline_sums, pipeline_cohorts, pipeline_scores, pipeline_durations;
DROP TABLE deal_states, stage_weight_history, sales_targets, exchange_rates;
DROP TRIGGER noted ON deals;
DROP FUNCTION note_stage();
ALTER TABLE stage_history DROP COLUMN moved_on, DROP COLUMN stayed_days;
ALTER TABLE deals DROP COLUMN closes_on, DROP COLUMN model_probability, DROP COLUMN created_on, DROP COLUMN reached,
    DROP COLUMN last_activity_at;
DROP FUNCTION stage_bit(text);
"""


def upgrade() -> None:
    for part in (_COLUMNS, _NOTES, _FILL, _NOTING, _TABLES, _SUMS, _STATES, _INDEXES, attach("sales_targets")):
        op.execute(part)


def downgrade() -> None:
    op.execute(detach("sales_targets"))
    op.execute(_DOWN)
