"""The open deals of the greatest value, of each stage and currency: what the deals at risk are looked for in."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute("""
        CREATE INDEX deals_greatest ON deals (stage, currency, deal_value_minor DESC NULLS LAST, id)
            INCLUDE (client_id, last_activity_at, stage_since, expected_close_date)
            WHERE stage IN ('lead', 'qualified', 'proposal', 'negotiation')
    """)


def downgrade() -> None:
    op.execute("DROP INDEX deals_greatest")
