"""WhatsApp: conversations and their messages, what webhooks brought, templates, and the sending number."""

from alembic import op

from libs.common import record_merges
from libs.common.audit.plan import attach, detach
from libs.common.record_merges import Moved

revision = "0012"
down_revision = "0011"

_FOLLOWED = Moved("whatsapp_conversations")
_WATCHED = ("whatsapp_conversations", "whatsapp_messages")
_SCHEMA = """
CREATE TABLE whatsapp_deliveries (
    id          uuid PRIMARY KEY,
    -- of the very bytes: WhatsApp repeats a delivery until it is answered, and no time stands in its signature
    body_hash   text NOT NULL UNIQUE,
    body        text NOT NULL,
    outcome     text NOT NULL CHECK (outcome IN ('kept', 'applied', 'ignored', 'malformed', 'failed')),
    note        text,
    received_at timestamptz NOT NULL,
    applied_at  timestamptz
);
CREATE INDEX whatsapp_deliveries_age ON whatsapp_deliveries (received_at);
CREATE TABLE whatsapp_conversations (
    id              uuid PRIMARY KEY,
    client_id       uuid,
    contact_id      uuid,
    state           text NOT NULL CHECK (state IN ('unknown', 'linked', 'dismissed')),
    -- whom to send to: the number (digits) as WhatsApp has it, else the business-scoped id
    number          text,
    bsuid           text,
    phone           text,
    profile_name    text,
    last_inbound_at timestamptz,
    last_message_at timestamptz,
    last_text       text,
    unread          integer NOT NULL DEFAULT 0,
    -- when somebody was last told by mail, until it is read
    mailed_at       timestamptz,
    -- when a message was last handed over: the next one waits its time
    handed_at       timestamptz,
    blocked_reason  text,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    version         integer NOT NULL,
    CHECK ((state = 'linked') = (client_id IS NOT NULL))
);
CREATE INDEX whatsapp_conversations_client ON whatsapp_conversations (client_id);
CREATE INDEX whatsapp_conversations_latest ON whatsapp_conversations (last_message_at DESC, id DESC);
CREATE INDEX whatsapp_conversations_unknown ON whatsapp_conversations (last_message_at DESC) WHERE state = 'unknown';
-- The ways in which a person is known: a number, a business-scoped id, its parent. Each leads to one conversation.
CREATE TABLE whatsapp_identities (
    kind            text NOT NULL CHECK (kind IN ('bsuid', 'number', 'parent')),
    value           text NOT NULL,
    conversation_id uuid NOT NULL REFERENCES whatsapp_conversations (id),
    PRIMARY KEY (kind, value)
);
CREATE INDEX whatsapp_identities_conversation ON whatsapp_identities (conversation_id);
CREATE TABLE whatsapp_messages (
    id              uuid PRIMARY KEY,
    conversation_id uuid NOT NULL REFERENCES whatsapp_conversations (id),
    position        bigint GENERATED ALWAYS AS IDENTITY,
    direction       text NOT NULL CHECK (direction IN ('in', 'out')),
    contact_id      uuid,
    provider_id     text UNIQUE,
    type            text NOT NULL,
    text            text NOT NULL,
    -- of one that is sent from a template: {name, language, parameters}
    template        jsonb,
    status          text NOT NULL CHECK (status IN
                    ('received', 'queued', 'sending', 'unknown', 'sent', 'failed', 'delivered', 'read')),
    occurred_at     timestamptz NOT NULL,
    reply_to        text,
    sent_by         uuid,
    sent_by_name    text,
    -- {code, reason, advice}
    error           jsonb,
    -- {media_id, mime_type, sha256, filename, size, key, document_id, problem}
    media           jsonb,
    -- {who: {emoji, at}}
    reactions       jsonb NOT NULL DEFAULT '{}',
    edited_at       timestamptz,
    revoked_at      timestamptz,
    handed_at       timestamptz,
    attempts        integer NOT NULL DEFAULT 0,
    announced_at    timestamptz,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL,
    version         integer NOT NULL,
    CHECK ((direction = 'in') = (status = 'received'))
);
CREATE INDEX whatsapp_messages_conversation ON whatsapp_messages (conversation_id, occurred_at DESC, id DESC);
CREATE INDEX whatsapp_messages_waiting ON whatsapp_messages (conversation_id, position)
    WHERE status IN ('queued', 'sending');
-- What was told of a message before the message itself.
CREATE TABLE whatsapp_early (
    provider_id text NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('status', 'change', 'reaction')),
    name        text NOT NULL,
    data        jsonb NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, kind, name)
);
CREATE INDEX whatsapp_early_age ON whatsapp_early (received_at);
CREATE TABLE whatsapp_templates (
    name      text NOT NULL,
    language  text NOT NULL,
    status    text NOT NULL,
    category  text,
    body      text NOT NULL,
    places    integer NOT NULL,
    synced_at timestamptz NOT NULL,
    PRIMARY KEY (name, language)
);
CREATE TABLE whatsapp_numbers (
    phone_number_id text PRIMARY KEY,
    -- when the next message may leave, so that all workers together keep the pace
    next_at         timestamptz,
    -- why nothing can be sent to anybody, and under which token that was found
    blocked_reason  text,
    blocked_at      timestamptz,
    blocked_hash    text
);
"""
_TABLES = (
    "whatsapp_numbers, whatsapp_templates, whatsapp_early, whatsapp_messages, whatsapp_identities,"
    " whatsapp_conversations, whatsapp_deliveries"
)


def upgrade() -> None:
    op.execute(_SCHEMA)
    op.execute(attach(*_WATCHED))
    op.execute(record_merges.follow(_FOLLOWED))


def downgrade() -> None:
    op.execute(record_merges.unfollow(_FOLLOWED))
    op.execute(detach(*_WATCHED))
    op.execute(f"DROP TABLE {_TABLES}")
