-- The audit log of one database. The server's admin runs this in it, as often as he likes; the tables are his, and the
-- role that owns the database (the service's) may do with them what is granted here and nothing else.

CREATE SCHEMA IF NOT EXISTS audit;

-- What was done, as the database saw it, until it is sealed into the chain a moment later.
CREATE TABLE IF NOT EXISTS audit.pending (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at       timestamptz NOT NULL,
    action   text NOT NULL,
    record   text NOT NULL,
    -- the whole row before and after, or, of what is no change of a row, what is to be said of it
    before   jsonb,
    after    jsonb,
    -- who did it, on whose thread of events, from where; empty where somebody works past the service
    done_by  jsonb NOT NULL,
    -- the role whose connection it was
    role     text NOT NULL
);

-- The log. What it is searched by is computed from the text that is hashed, so that the two cannot differ.
CREATE TABLE IF NOT EXISTS audit.entries (
    seq            bigint PRIMARY KEY,
    body           text NOT NULL,
    hash           bytea NOT NULL,
    at             text COLLATE "C" NOT NULL GENERATED ALWAYS AS (body::jsonb ->> 'at') STORED,
    action         text NOT NULL GENERATED ALWAYS AS (body::jsonb ->> 'action') STORED,
    record         text NOT NULL GENERATED ALWAYS AS (body::jsonb ->> 'record') STORED,
    record_id      text NOT NULL GENERATED ALWAYS AS (body::jsonb ->> 'record_id') STORED,
    subject        text NOT NULL GENERATED ALWAYS AS (body::jsonb ->> 'subject') STORED,
    actor_id       text NOT NULL GENERATED ALWAYS AS (body::jsonb ->> 'actor_id') STORED,
    correlation_id text GENERATED ALWAYS AS (body::jsonb ->> 'correlation_id') STORED
);
CREATE INDEX IF NOT EXISTS entries_at ON audit.entries (at, seq);
CREATE INDEX IF NOT EXISTS entries_actor ON audit.entries (actor_id, at, seq);
CREATE INDEX IF NOT EXISTS entries_record ON audit.entries (record, at, seq);
CREATE INDEX IF NOT EXISTS entries_record_id ON audit.entries (record_id, at, seq);
CREATE INDEX IF NOT EXISTS entries_subject ON audit.entries (subject, at, seq);
CREATE INDEX IF NOT EXISTS entries_action ON audit.entries (action, at, seq);

-- The key under which the personal values of one subject (a contact, a client, a user) are written.
CREATE TABLE IF NOT EXISTS audit.keys (
    id         uuid PRIMARY KEY,
    subject    text NOT NULL UNIQUE,
    key        bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Whose key was destroyed: what is still said of them is written under no key at all.
CREATE TABLE IF NOT EXISTS audit.erased (
    subject   text PRIMARY KEY,
    erased_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE OR REPLACE FUNCTION audit.note_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    done_by text := pg_catalog.current_setting('audit.done_by', true);
BEGIN
    IF TG_OP = 'UPDATE' AND OLD IS NOT DISTINCT FROM NEW THEN
        RETURN NULL;
    END IF;
    INSERT INTO audit.pending (at, action, record, before, after, done_by, role)
    VALUES (
        pg_catalog.clock_timestamp(),
        CASE TG_OP WHEN 'INSERT' THEN 'created' WHEN 'UPDATE' THEN 'changed' WHEN 'DELETE' THEN 'deleted'
                   ELSE 'emptied' END,
        TG_TABLE_NAME,
        CASE WHEN TG_OP IN ('UPDATE', 'DELETE') THEN pg_catalog.to_jsonb(OLD) END,
        CASE WHEN TG_OP IN ('UPDATE', 'INSERT') THEN pg_catalog.to_jsonb(NEW) END,
        -- A setting of a transaction that ended is an empty text.
        COALESCE(NULLIF(done_by, ''), '{}')::jsonb,
        session_user
    );
    RETURN NULL;
END $$;

-- The same of all rows that one statement made or changed. former: the rows before an UPDATE, written: after it; their
-- key is id, and it stays.
CREATE OR REPLACE FUNCTION audit.note_changes() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    doer jsonb := COALESCE(NULLIF(pg_catalog.current_setting('audit.done_by', true), ''), '{}')::jsonb;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO audit.pending (at, action, record, after, done_by, role)
        SELECT pg_catalog.clock_timestamp(), 'created', TG_TABLE_NAME, pg_catalog.to_jsonb(n), doer, session_user
        FROM written AS n;
    ELSE
        INSERT INTO audit.pending (at, action, record, before, after, done_by, role)
        SELECT pg_catalog.clock_timestamp(), 'changed', TG_TABLE_NAME, pg_catalog.to_jsonb(o), pg_catalog.to_jsonb(n),
               doer, session_user
        FROM former AS o JOIN written AS n ON n.id = o.id WHERE o IS DISTINCT FROM n;
    END IF;
    RETURN NULL;
END $$;

DO $$
DECLARE
    service text := (SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database());
BEGIN
    REVOKE ALL ON SCHEMA audit FROM PUBLIC;
    REVOKE ALL ON ALL TABLES IN SCHEMA audit FROM PUBLIC;
    EXECUTE format('GRANT USAGE ON SCHEMA audit TO %I', service);
    EXECUTE format('GRANT INSERT, SELECT, DELETE ON audit.pending, audit.keys TO %I', service);
    EXECUTE format('GRANT INSERT, SELECT ON audit.entries, audit.erased TO %I', service);
END $$;
