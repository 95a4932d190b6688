"""How likely each deal is to be won, as ai told it last."""

from alembic import op

revision = "0005"
down_revision = "0004"

_UP = """
ALTER TABLE deals ADD COLUMN score_probability double precision CHECK (score_probability BETWEEN 0 AND 1);
-- {stage, source, because, model_version, reasons, scored_at}
ALTER TABLE deals ADD COLUMN score jsonb;
ALTER TABLE deals ADD COLUMN score_version integer NOT NULL DEFAULT 0;
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute("ALTER TABLE deals DROP COLUMN score_probability, DROP COLUMN score, DROP COLUMN score_version")
