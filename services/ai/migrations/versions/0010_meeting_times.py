"""When a meeting suits somebody: generations about a client, found again by what was asked."""

from alembic import op

revision = "0010"
down_revision = "0009"

_CHECK = """
ALTER TABLE generations DROP CONSTRAINT generations_kind_check;
ALTER TABLE generations ADD CONSTRAINT generations_kind_check CHECK (kind IN ({kinds}));
"""
_BEFORE = "'brief_analysis', 'email_draft', 'meeting_notes', 'report_insight'"


def upgrade() -> None:
    op.execute(_CHECK.format(kinds=f"{_BEFORE}, 'meeting_times'"))


def downgrade() -> None:
    op.execute("DELETE FROM generations WHERE kind = 'meeting_times'")
    op.execute(_CHECK.format(kinds=_BEFORE))
