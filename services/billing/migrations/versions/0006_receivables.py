"""Indexes of what is owed and of what was paid when: no report reads every invoice."""

from alembic import op

revision = "0006"
down_revision = "0005"

_UP = """
CREATE INDEX invoices_owed ON invoices (due_date, currency) INCLUDE (client_id, amount_minor, paid_minor, company_name)
    WHERE status IN ('sent', 'partially_paid');
CREATE INDEX invoices_paid ON invoices (paid_date) INCLUDE (issued_on, dated_on, due_date, client_id, currency)
    WHERE status = 'paid';
DROP INDEX invoices_due;
"""
_DOWN = """
CREATE INDEX invoices_due ON invoices (due_date) WHERE status IN ('sent', 'partially_paid');
DROP INDEX invoices_paid, invoices_owed;
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
