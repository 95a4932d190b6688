"""Books of all calls to providers, what may be spent in a day, and generations of three kinds with what they took."""

from alembic import op

from libs.common.audit.plan import attach, detach

revision = "0004"
down_revision = "0003"

_TABLES = """
ALTER TABLE generations DROP CONSTRAINT generations_kind_check;
ALTER TABLE generations ADD CONSTRAINT generations_kind_check
    CHECK (kind IN ('brief_analysis', 'email_draft', 'meeting_notes'));
ALTER TABLE generations ADD COLUMN user_id uuid;
ALTER TABLE generations ADD COLUMN thought_tokens integer;
-- millionths of a US dollar; null where nothing is known of the price
ALTER TABLE generations ADD COLUMN cost_micro_usd bigint;
ALTER TABLE generations ADD COLUMN attempts integer;

CREATE TABLE provider_calls (
    id                uuid PRIMARY KEY,
    generation_id     uuid NOT NULL,
    kind              text NOT NULL,
    user_id           uuid,
    provider          text NOT NULL,
    model             text NOT NULL,
    -- the business day whose budget pays
    day               date NOT NULL,
    attempt           integer NOT NULL,
    -- what it counts with until it is over
    most_micro_usd    bigint NOT NULL CHECK (most_micro_usd >= 0),
    -- what it counts with afterwards
    counted_micro_usd bigint NOT NULL CHECK (counted_micro_usd >= 0),
    cost_micro_usd    bigint,
    input_tokens      integer,
    output_tokens     integer,
    thought_tokens    integer,
    milliseconds      integer,
    problem           text,
    created_at        timestamptz NOT NULL,
    finished_at       timestamptz
);
CREATE INDEX provider_calls_day ON provider_calls (day);
CREATE UNIQUE INDEX provider_calls_attempt ON provider_calls (generation_id, attempt);

CREATE TABLE provider_pauses (
    provider text NOT NULL,
    model    text NOT NULL,
    until    timestamptz NOT NULL,
    because  text NOT NULL,
    PRIMARY KEY (provider, model)
);

CREATE TABLE budgets (
    id                   uuid PRIMARY KEY,
    one                  boolean NOT NULL UNIQUE DEFAULT true CHECK (one),
    daily_micro_usd      bigint NOT NULL CHECK (daily_micro_usd >= 0),
    user_daily_micro_usd bigint NOT NULL CHECK (user_daily_micro_usd >= 0),
    created_at           timestamptz NOT NULL,
    updated_at           timestamptz NOT NULL,
    updated_by           text NOT NULL,
    version              integer NOT NULL
);
"""


def upgrade() -> None:
    op.execute(_TABLES)
    op.execute(attach("budgets"))


def downgrade() -> None:
    op.execute(detach("budgets"))
    op.execute("DROP TABLE budgets, provider_pauses, provider_calls")
    op.execute("DELETE FROM generations WHERE kind <> 'brief_analysis'")
    op.execute("ALTER TABLE generations DROP CONSTRAINT generations_kind_check")
    op.execute("ALTER TABLE generations ADD CONSTRAINT generations_kind_check CHECK (kind IN ('brief_analysis'))")
    op.execute(
        "ALTER TABLE generations DROP COLUMN user_id, DROP COLUMN thought_tokens, DROP COLUMN cost_micro_usd,"
        " DROP COLUMN attempts"
    )
