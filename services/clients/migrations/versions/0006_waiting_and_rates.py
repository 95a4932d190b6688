"""Who waits for an answer, meetings by their day, and rates that are told."""

from alembic import op

revision = "0006"
down_revision = "0005"

_UP = """
-- Since when somebody there has been waiting for a call, mail or meeting of ours; null where nobody is.
ALTER TABLE clients ADD COLUMN waiting_since timestamptz;
UPDATE clients SET waiting_since = asked.at
FROM (
    SELECT a.client_id, min(a.occurred_at) AS at
    FROM activities AS a
    LEFT JOIN (
        SELECT client_id, max(occurred_at) AS at FROM activities
        WHERE type IN ('call', 'email', 'meeting', 'whatsapp') GROUP BY client_id
    ) AS answered ON answered.client_id = a.client_id
    WHERE a.type = 'system' AND a.subject IN ('New inquiry from website', 'New brief from website')
      AND (answered.at IS NULL OR a.occurred_at > answered.at)
    GROUP BY a.client_id
) AS asked
WHERE asked.client_id = clients.id;
CREATE INDEX clients_waiting ON clients (waiting_since, id) WHERE waiting_since IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX clients_by_waiting ON clients (coalesce(waiting_since, '9999-12-31 00:00:00+00'::timestamptz), id)
    WHERE deleted_at IS NULL;
CREATE INDEX activities_meetings ON activities (coalesce(due_at, occurred_at), id) WHERE type = 'meeting';
ALTER TABLE exchange_rates ADD COLUMN version integer NOT NULL DEFAULT 1;
"""
_DOWN = """
ALTER TABLE exchange_rates DROP COLUMN version;
DROP INDEX activities_meetings, clients_by_waiting, clients_waiting;
ALTER TABLE clients DROP COLUMN waiting_since;
"""


def upgrade() -> None:
    op.execute(_UP)


def downgrade() -> None:
    op.execute(_DOWN)
