"""Words that were nearly typed are looked for among those of nearly the same length."""

from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gin")
    op.execute("CREATE INDEX search_words_near ON search_words USING gin (length(word), word gin_trgm_ops)")
    op.execute("DROP INDEX search_words_trgm")


def downgrade() -> None:
    op.execute("CREATE INDEX search_words_trgm ON search_words USING gin (word gin_trgm_ops)")
    op.execute("DROP INDEX search_words_near")
    op.execute("DROP EXTENSION btree_gin")
