"""What figures of reports come to: generations about no client, found again by what was asked."""

from alembic import op

revision = "0008"
down_revision = "0007"

_UP = """
ALTER TABLE generations DROP CONSTRAINT generations_kind_check;
ALTER TABLE generations ADD CONSTRAINT generations_kind_check
    CHECK (kind IN ('brief_analysis', 'email_draft', 'meeting_notes', 'report_insight'));
ALTER TABLE generations ALTER COLUMN client_id DROP NOT NULL;
ALTER TABLE generations ADD CONSTRAINT generations_about_a_client
    CHECK ((client_id IS NULL) = (kind = 'report_insight'));
-- Of what was asked by whom: the same figures are asked about once.
ALTER TABLE generations ADD COLUMN fingerprint text;
CREATE UNIQUE INDEX generations_fingerprint ON generations (fingerprint) WHERE fingerprint IS NOT NULL;
"""
_DOWN = """
DELETE FROM generations WHERE kind = 'report_insight';
ALTER TABLE generations DROP COLUMN fingerprint;
ALTER TABLE generations DROP CONSTRAINT generations_about_a_client;
ALTER TABLE generations ALTER COLUMN client_id SET NOT NULL;
ALTER TABLE generations DROP CONSTRAINT generations_kind_check;
ALTER TABLE generations ADD CONSTRAINT generations_kind_check
    CHECK (kind IN ('brief_analysis', 'email_draft', 'meeting_notes'));
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
