"""Hints for open pages, and a copy of who may see which client to decide who gets them."""

from alembic import op

from libs.common import row_access

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.execute(row_access.SCHEMA_V1)
    op.execute("""
        CREATE TABLE live_changes (
            id              bigserial PRIMARY KEY,
            topic           text NOT NULL,
            client_id       uuid,
            deal_id         uuid,
            conversation_id uuid,
            subject_id      uuid,
            won             boolean NOT NULL,
            user_ids        uuid[] NOT NULL,
            created_at      timestamptz NOT NULL DEFAULT now()
        );
        CREATE INDEX live_changes_created_at ON live_changes (created_at);
    """)


def downgrade() -> None:
    op.execute("DROP TABLE live_changes")
    op.execute(row_access.DROP_V1)
