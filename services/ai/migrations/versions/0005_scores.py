"""What ai keeps of deals to learn from, the models it learnt, and what was taken over from notes of meetings."""

from alembic import op

from libs.common.audit.plan import attach, detach

revision = "0005"
down_revision = "0004"

_TABLES = """
-- The newest state of each deal, and the score that was told of it last.
CREATE TABLE deal_facts (
    deal_id           uuid PRIMARY KEY,
    client_id         uuid NOT NULL,
    stage             text NOT NULL,
    stage_since       timestamptz NOT NULL,
    began_at          timestamptz NOT NULL,
    deal_value_minor  bigint,
    currency          text NOT NULL,
    source            text NOT NULL,
    owner_id          uuid,
    closed_on         date,
    version           integer NOT NULL,
    updated_at        timestamptz NOT NULL,
    score_source      text CHECK (score_source IN ('model', 'stage_weight')),
    score_stage       text,
    score_probability double precision CHECK (score_probability BETWEEN 0 AND 1),
    score_model       integer,
    score_version     integer NOT NULL DEFAULT 0
);
CREATE INDEX deal_facts_client ON deal_facts (client_id);

-- A deal as it was known when it entered an open stage: what a model learns from.
CREATE TABLE stage_visits (
    deal_id          uuid NOT NULL,
    entered_at       timestamptz NOT NULL,
    stage            text NOT NULL,
    deal_value_minor bigint,
    currency         text NOT NULL,
    source           text NOT NULL,
    owner_id         uuid,
    version          integer NOT NULL,
    PRIMARY KEY (deal_id, entered_at)
);

CREATE TABLE client_industries (
    client_id uuid PRIMARY KEY,
    industry  text,
    version   integer NOT NULL
);

-- How far the history from before ai listened was read.
CREATE TABLE history_reading (
    what        text PRIMARY KEY CHECK (what IN ('deals', 'clients')),
    cursor      text,
    finished_at timestamptz
);

-- What a person chose of a reading of notes: claimed with its content before it is done, so that it is done once.
CREATE TABLE applied_parts (
    id            uuid PRIMARY KEY,
    generation_id uuid NOT NULL REFERENCES generations (id),
    part          text NOT NULL,
    client_id     uuid NOT NULL,
    content       jsonb NOT NULL,
    result        jsonb,
    done_at       timestamptz,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL,
    version       integer NOT NULL,
    UNIQUE (generation_id, part)
);

CREATE TABLE score_models (
    id          uuid PRIMARY KEY,
    number      integer NOT NULL UNIQUE,
    outcome     text NOT NULL CHECK (outcome IN ('used', 'refused', 'too_few')),
    because     text,
    closed      integer NOT NULL,
    won         integer NOT NULL,
    learnt_from integer NOT NULL,
    held_back   integer NOT NULL,
    split_on    date,
    base_rate   double precision,
    figures     jsonb,
    calibration jsonb NOT NULL,
    -- intercept and columns with their coefficients; null unless used
    model       jsonb,
    trained_by  text NOT NULL,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    version     integer NOT NULL,
    CHECK ((outcome = 'used') = (model IS NOT NULL)),
    CHECK ((outcome = 'used') = (because IS NULL))
);
"""


def upgrade() -> None:
    op.execute(_TABLES)
    op.execute(attach("score_models", "applied_parts"))


def downgrade() -> None:
    op.execute(detach("score_models", "applied_parts"))
    op.execute("DROP TABLE score_models, applied_parts, history_reading, client_industries, stage_visits, deal_facts")
