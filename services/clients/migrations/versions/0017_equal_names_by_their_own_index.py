"""Names that are alike are found by letters, equal ones by the index of names. An index of letters finds these too, but
in milliseconds each, and is taken for it where the table is young; it is one of other letters now."""

from alembic import op

revision = "0017"
down_revision = "0016"


# Of what most clients have nothing in, only what is there: every change of a client writes all its indexes.
_SPARSE = ("email", "notes")


def _letters(name: str, expression: str, condition: str = "") -> None:
    op.execute(f"DROP INDEX {name}")
    op.execute(f"CREATE INDEX {name} ON clients USING gin ({expression} gin_trgm_ops) {condition}")


def upgrade() -> None:
    _letters("clients_match_trgm", "lower(match_name)")
    for each in _SPARSE:
        _letters(f"clients_{each}_trgm", each, f"WHERE {each} IS NOT NULL")


def downgrade() -> None:
    _letters("clients_match_trgm", "match_name")
    for each in _SPARSE:
        _letters(f"clients_{each}_trgm", each)
