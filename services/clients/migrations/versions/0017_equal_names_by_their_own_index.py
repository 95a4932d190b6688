"""Names that are alike are found by letters, equal ones by the index of names. An index of letters finds these too, but
in milliseconds each, and is taken for it where the table is young; it is one of other letters now."""

from alembic import op

revision = "0017"
down_revision = "0016"


def _letters_of(expression: str) -> None:
    op.execute("DROP INDEX clients_match_trgm")
    op.execute(f"CREATE INDEX clients_match_trgm ON clients USING gin ({expression} gin_trgm_ops)")


def upgrade() -> None:
    _letters_of("lower(match_name)")


def downgrade() -> None:
    _letters_of("match_name")
