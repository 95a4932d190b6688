"""Whom a draft was refused to, and in which version: what of its doubts they have seen."""

from alembic import op

revision = "0007"
down_revision = "0006"

_TABLES = """
CREATE TABLE draft_refusals (
    draft_id uuid NOT NULL REFERENCES email_drafts (id) ON DELETE CASCADE,
    user_id  uuid NOT NULL,
    version  integer NOT NULL,
    PRIMARY KEY (draft_id, user_id)
);
"""


def upgrade() -> None:
    op.execute(_TABLES)


def downgrade() -> None:
    op.execute("DROP TABLE draft_refusals")
