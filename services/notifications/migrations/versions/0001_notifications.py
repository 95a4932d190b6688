"""Notifications, e-mails, preferences, digests, and the copies of people and of clients' access."""

from alembic import op

from libs.common import row_access
from libs.common.migrate import drop_mechanism, mechanism

revision = "0001"
down_revision = None

_TABLES = """
-- Our copy of the gateway's users.
CREATE TABLE people (
    user_id uuid PRIMARY KEY,
    email   text NOT NULL,
    name    text NOT NULL,
    role    text NOT NULL,
    locale  text NOT NULL,
    active  boolean NOT NULL,
    version integer NOT NULL
);
CREATE INDEX people_role ON people (role) WHERE active;

CREATE TABLE preferences (
    user_id    uuid NOT NULL,
    kind       text NOT NULL,
    email      boolean NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, kind)
);

CREATE TABLE notifications (
    id           uuid PRIMARY KEY,
    user_id      uuid NOT NULL,
    -- what it tells of; a person is told once of an event
    event_id     uuid NOT NULL,
    kind         text NOT NULL,
    title        text NOT NULL,
    message      text NOT NULL,
    action_label text,
    action_path  text,
    read_at      timestamptz,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    version      integer NOT NULL,
    UNIQUE (user_id, event_id, kind)
);
CREATE INDEX notifications_newest ON notifications (user_id, created_at DESC, id DESC);
CREATE INDEX notifications_unread ON notifications (user_id, created_at DESC, id DESC) WHERE read_at IS NULL;

CREATE TABLE emails (
    id              uuid PRIMARY KEY,
    kind            text NOT NULL,
    -- a person here
    user_id         uuid,
    -- the client it is about; with no user_id, a person at this client gets it
    client_id       uuid,
    contact_id      uuid,
    -- where the order said it goes, when no newer address is known
    address         text,
    name            text,
    subject         text NOT NULL CHECK (subject <> '' AND subject !~ '[\\r\\n]'),
    message_id      text NOT NULL UNIQUE,
    context         jsonb NOT NULL,
    refs            jsonb NOT NULL,
    attachments     jsonb NOT NULL,
    status          text NOT NULL CHECK (status IN ('queued', 'sending', 'sent', 'failed', 'unknown', 'skipped')),
    recipients      jsonb NOT NULL,
    text            text NOT NULL,
    attempts        integer NOT NULL,
    -- the attempt that gave it to the mail server, and when
    handing_attempt integer,
    handed_over_at  timestamptz,
    last_error      text,
    settled_at      timestamptz,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    version         integer NOT NULL,
    CHECK ((settled_at IS NULL) = (status IN ('queued', 'sending'))),
    CHECK (status <> 'sending' OR (handing_attempt IS NOT NULL AND handed_over_at IS NOT NULL)),
    CHECK (user_id IS NOT NULL OR client_id IS NOT NULL OR address IS NOT NULL)
);
CREATE INDEX emails_newest ON emails (created_at DESC, id DESC);
CREATE INDEX emails_client ON emails (client_id, created_at DESC, id DESC) WHERE client_id IS NOT NULL;
CREATE INDEX emails_user ON emails (user_id, created_at DESC, id DESC) WHERE user_id IS NOT NULL;
CREATE INDEX emails_invoice ON emails ((refs ->> 'invoice_id')) WHERE refs ->> 'invoice_id' IS NOT NULL;
CREATE INDEX emails_unsettled ON emails (created_at) WHERE settled_at IS NULL;

-- One summary a person and day, so that it goes out once.
CREATE TABLE digests (
    id         uuid PRIMARY KEY,
    user_id    uuid NOT NULL,
    day        date NOT NULL,
    email_id   uuid NOT NULL REFERENCES emails (id),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version    integer NOT NULL,
    UNIQUE (user_id, day)
);
"""


def upgrade() -> None:
    op.execute(mechanism(1))
    op.execute(row_access.SCHEMA_V1)
    op.execute(_TABLES)


def downgrade() -> None:
    op.execute("DROP TABLE digests, emails, notifications, preferences, people")
    op.execute(row_access.DROP_V1)
    op.execute(drop_mechanism())
