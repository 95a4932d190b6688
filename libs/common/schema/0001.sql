-- The tables of the mechanism, the same in every service's database.

CREATE TABLE outbox (
    event_id          uuid PRIMARY KEY,
    position          bigint GENERATED ALWAYS AS IDENTITY,
    type              text NOT NULL,
    aggregate_id      uuid NOT NULL,
    aggregate_version integer NOT NULL,
    correlation_id    text NOT NULL,
    envelope          jsonb NOT NULL,
    -- false for an event that nobody subscribes to yet: the broker may drop it
    mandatory         boolean NOT NULL,
    created_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    sent_at           timestamptz
);
CREATE INDEX outbox_unsent ON outbox (position) WHERE sent_at IS NULL;
CREATE INDEX outbox_correlation ON outbox (correlation_id);
CREATE INDEX outbox_sent ON outbox (sent_at) WHERE sent_at IS NOT NULL;

CREATE TABLE inbox (
    consumer       text NOT NULL,
    event_id       uuid NOT NULL,
    type           text NOT NULL,
    correlation_id text NOT NULL,
    occurred_at    timestamptz NOT NULL,
    received_at    timestamptz NOT NULL,
    handled_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (consumer, event_id)
);
CREATE INDEX inbox_correlation ON inbox (correlation_id);
CREATE INDEX inbox_handled ON inbox (handled_at);

CREATE TABLE commands (
    actor_id       text NOT NULL,
    key            text NOT NULL,
    method         text NOT NULL,
    request_hash   text NOT NULL,
    correlation_id text NOT NULL,
    started_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at    timestamptz,
    response       jsonb,
    PRIMARY KEY (actor_id, key, method)
);
CREATE INDEX commands_correlation ON commands (correlation_id);
CREATE INDEX commands_started ON commands (started_at);

CREATE TABLE jobs (
    id             uuid PRIMARY KEY,
    kind           text NOT NULL,
    -- at most one unfinished job per key
    dedupe_key     text,
    payload        jsonb NOT NULL,
    correlation_id text NOT NULL,
    causation_id   text,
    due_at         timestamptz NOT NULL,
    attempts       integer NOT NULL DEFAULT 0,
    locked_until   timestamptz,
    last_error     text,
    created_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    started_at     timestamptz,
    finished_at    timestamptz,
    failed_at      timestamptz
);
CREATE INDEX jobs_due ON jobs (due_at) WHERE finished_at IS NULL AND failed_at IS NULL;
CREATE UNIQUE INDEX jobs_dedupe ON jobs (kind, dedupe_key) WHERE finished_at IS NULL AND failed_at IS NULL;
CREATE INDEX jobs_correlation ON jobs (correlation_id);

CREATE TABLE scheduled_runs (
    job    text NOT NULL,
    due_at timestamptz NOT NULL,
    ran_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (job, due_at)
);

CREATE TABLE dead_letters (
    id             uuid PRIMARY KEY,
    queue          text NOT NULL,
    event_id       text,
    type           text NOT NULL,
    correlation_id text,
    body           text NOT NULL,
    error          text NOT NULL,
    attempts       integer NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    replayed_at    timestamptz
);
CREATE INDEX dead_letters_open ON dead_letters (created_at) WHERE replayed_at IS NULL;

CREATE FUNCTION wake_worker() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify(TG_ARGV[0], '');
    RETURN NULL;
END $$;
CREATE TRIGGER outbox_wake AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION wake_worker('outbox');
CREATE TRIGGER jobs_wake AFTER INSERT ON jobs FOR EACH STATEMENT EXECUTE FUNCTION wake_worker('jobs');
