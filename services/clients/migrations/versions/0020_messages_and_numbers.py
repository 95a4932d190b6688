"""A message is one activity, and contacts are found by the end of their number."""

from alembic import op

revision = "0020"
down_revision = "0019"

_SCHEMA = r"""
CREATE UNIQUE INDEX activities_message ON activities ((details ->> 'message_id'), type)
    WHERE details ->> 'message_id' IS NOT NULL;
CREATE INDEX contacts_number ON contacts (right(regexp_replace(phone, '\D', '', 'g'), 7)) WHERE phone IS NOT NULL;
CREATE INDEX clients_number ON clients (right(regexp_replace(phone, '\D', '', 'g'), 7)) WHERE phone IS NOT NULL;
"""


def upgrade() -> None:
    op.execute(_SCHEMA)


def downgrade() -> None:
    op.execute("DROP INDEX clients_number; DROP INDEX contacts_number; DROP INDEX activities_message")
