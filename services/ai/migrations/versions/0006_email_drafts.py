"""Drafts of e-mails, and who we are."""

from alembic import op

from libs.common import company
from libs.common.audit.plan import attach, detach

revision = "0006"
down_revision = "0005"

_TABLES = """
CREATE TABLE email_drafts (
    -- the generation that wrote it
    id           uuid PRIMARY KEY REFERENCES generations (id),
    client_id    uuid NOT NULL,
    deal_id      uuid NOT NULL,
    contact_id   uuid,
    user_id      uuid NOT NULL,
    subject      text NOT NULL,
    body         text NOT NULL,
    attachments  jsonb NOT NULL,
    sent_at      timestamptz,
    sent_by      uuid,
    sent_by_name text,
    -- what was unsupported when it was sent all the same
    confirmed    jsonb NOT NULL,
    mail_status  text CHECK (mail_status IN ('queued', 'sent', 'failed')),
    mail_problem text,
    sent_to      text[] NOT NULL,
    created_at   timestamptz NOT NULL,
    updated_at   timestamptz NOT NULL,
    version      integer NOT NULL,
    CHECK ((sent_at IS NULL) = (sent_by IS NULL)),
    CHECK ((sent_at IS NULL) = (mail_status IS NULL))
);
CREATE INDEX email_drafts_deal ON email_drafts (deal_id, created_at DESC, id DESC);
CREATE INDEX email_drafts_client ON email_drafts (client_id);
"""


def upgrade() -> None:
    op.execute(company.SCHEMA_V1)
    op.execute(_TABLES)
    op.execute(attach("email_drafts"))


def downgrade() -> None:
    op.execute(detach("email_drafts"))
    op.execute("DROP TABLE email_drafts")
    op.execute(company.DROP_V1)
