"""Tasks with somebody to do them, bulk changes that can be undone, who set a rate, and indexes for 100,000 clients."""

from alembic import op

revision = "0002"
down_revision = "0001"

_TABLES = """
ALTER TABLE activities ADD COLUMN assignee_id uuid, ADD COLUMN done_at timestamptz, ADD COLUMN updated_at timestamptz;
UPDATE activities SET updated_at = created_at;
ALTER TABLE activities
    ALTER COLUMN updated_at SET NOT NULL,
    ADD CONSTRAINT activities_only_tasks_are_done CHECK (type = 'task' OR (assignee_id IS NULL AND done_at IS NULL));
-- An undated task stands after all dated ones.
CREATE INDEX activities_open_tasks ON activities
    (assignee_id, coalesce(due_at, '9999-12-31 00:00:00+00'::timestamptz), id) WHERE type = 'task' AND done_at IS NULL;
CREATE INDEX activities_tasks ON activities
    (coalesce(due_at, '9999-12-31 00:00:00+00'::timestamptz), id) WHERE type = 'task';

CREATE TABLE change_sets (
    id         uuid PRIMARY KEY,
    action     text NOT NULL CHECK (action IN ('add_tag', 'remove_tag', 'set_status', 'assign')),
    value      text,
    made_by    text NOT NULL,
    created_at timestamptz NOT NULL,
    undone_at  timestamptz,
    undone_by  text
);
CREATE TABLE change_set_rows (
    change_set_id uuid NOT NULL REFERENCES change_sets (id) ON DELETE CASCADE,
    client_id     uuid NOT NULL REFERENCES clients (id),
    -- as whoever made the change saw it
    company_name  text NOT NULL,
    -- the one field that was touched: {"tags": [...]}
    before        jsonb NOT NULL,
    after         jsonb NOT NULL,
    version_after integer NOT NULL,
    PRIMARY KEY (change_set_id, client_id)
);
CREATE INDEX change_set_rows_client ON change_set_rows (client_id);

ALTER TABLE exchange_rates ADD COLUMN set_by text, ADD COLUMN set_at timestamptz;
CREATE INDEX client_deals_currency ON client_deals (currency, closed_on);
CREATE INDEX client_deals_won ON client_deals (client_id) WHERE stage = 'won';
"""

_INDEXES = """
-- What lists are sorted by.
CREATE INDEX clients_by_update ON clients (updated_at DESC, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX clients_by_activity ON clients (coalesce(last_activity_at, created_at) DESC, id DESC)
    WHERE deleted_at IS NULL;
-- What decides who sees a client, in one small index: counts need not look at the rows.
CREATE INDEX clients_seen ON clients (status, owner_id, id) WHERE deleted_at IS NULL;
-- What lists are filtered by.
CREATE INDEX clients_industry ON clients (lower(industry)) WHERE deleted_at IS NULL;
CREATE INDEX clients_country ON clients (lower(country)) WHERE deleted_at IS NULL;
CREATE INDEX clients_state ON clients (lower(state)) WHERE deleted_at IS NULL;
CREATE INDEX clients_city ON clients (lower(city)) WHERE deleted_at IS NULL;
CREATE INDEX clients_source ON clients (lower(source)) WHERE deleted_at IS NULL;
-- What is searched for: by its beginning, letter by letter, and in the middle of words too.
CREATE INDEX clients_name_prefix ON clients ((lower(company_name) COLLATE "C")) WHERE deleted_at IS NULL;
CREATE INDEX clients_email_trgm ON clients USING gin (email gin_trgm_ops);
CREATE INDEX clients_notes_trgm ON clients USING gin (notes gin_trgm_ops);
CREATE INDEX contacts_name_prefix ON contacts ((lower(first_name || ' ' || last_name) COLLATE "C"));
CREATE INDEX contacts_name_trgm ON contacts USING gin ((first_name || ' ' || last_name) gin_trgm_ops);
CREATE INDEX contacts_email_trgm ON contacts USING gin (email gin_trgm_ops);
-- By what a likely duplicate is noticed.
CREATE INDEX clients_match_trgm ON clients USING gin (match_name gin_trgm_ops);
CREATE INDEX clients_address ON clients ((lower(email) COLLATE "C")) WHERE deleted_at IS NULL;
CREATE INDEX clients_host ON clients (lower(substring(email from '[^@]*$'))) WHERE deleted_at IS NULL;
CREATE INDEX clients_phone ON clients (right(regexp_replace(phone, '[^0-9]', '', 'g'), 9)) WHERE deleted_at IS NULL;
CREATE INDEX contacts_address ON contacts ((lower(email) COLLATE "C"));
CREATE INDEX contacts_host ON contacts (lower(substring(email from '[^@]*$')));
CREATE INDEX contacts_phone ON contacts (right(regexp_replace(phone, '[^0-9]', '', 'g'), 9));
"""

# Lists and searches are short, and which index is the right one depends on what is asked. To compile such a question
# takes longer than to answer it, a plan for any question reads whole tables, and the rows are in memory or on a disk
# that does not turn.
_PLANNING = {"jit": "off", "plan_cache_mode": "force_custom_plan", "random_page_cost": "1.1"}


def _plan(change: str) -> None:
    op.execute(f"DO $$ BEGIN EXECUTE format('ALTER DATABASE %I {change}', current_database()); END $$")


def upgrade() -> None:
    op.execute(_TABLES)
    op.execute(_INDEXES)
    for name, value in _PLANNING.items():
        _plan(f"SET {name} = {value}")


def downgrade() -> None:
    for name in _PLANNING:
        _plan(f"RESET {name}")
    op.execute(
        "DROP INDEX contacts_phone, contacts_host, contacts_address, clients_phone, clients_host, clients_address,"
        " clients_match_trgm, contacts_email_trgm, contacts_name_trgm, contacts_name_prefix,"
        " clients_notes_trgm, clients_email_trgm,"
        " clients_name_prefix, clients_source, clients_city, clients_state, clients_country, clients_industry,"
        " clients_seen, clients_by_activity, clients_by_update, client_deals_won, client_deals_currency,"
        " activities_tasks"
    )
    op.execute("ALTER TABLE exchange_rates DROP COLUMN set_by, DROP COLUMN set_at")
    op.execute("DROP TABLE change_set_rows, change_sets")
    op.execute("ALTER TABLE activities DROP COLUMN assignee_id, DROP COLUMN done_at, DROP COLUMN updated_at")
