"""Teams, who reports to whom, and people without an address: they own clients and deals, and cannot sign in."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute("""
        ALTER TABLE users
            ALTER COLUMN email DROP NOT NULL,
            ADD COLUMN team text NOT NULL DEFAULT '',
            ADD COLUMN reports_to uuid REFERENCES users (id),
            ADD CONSTRAINT users_reports_to_somebody_else CHECK (reports_to <> id),
            ADD CONSTRAINT users_sign_in_by_address
                CHECK (email IS NOT NULL OR (NOT active AND password_hash IS NULL));
        -- Without an address a name says who is meant.
        CREATE UNIQUE INDEX users_without_address ON users (lower(name)) WHERE email IS NULL;
        CREATE INDEX users_reports_to ON users (reports_to) WHERE reports_to IS NOT NULL;
        -- From the beginning where the invitation opens the account of somebody who is here already.
        CREATE UNIQUE INDEX invitations_open_of_person ON invitations (user_id)
            WHERE accepted_at IS NULL AND revoked_at IS NULL;
    """)


def downgrade() -> None:
    op.execute("""
        DROP INDEX invitations_open_of_person, users_reports_to, users_without_address;
        ALTER TABLE users DROP CONSTRAINT users_sign_in_by_address, DROP CONSTRAINT users_reports_to_somebody_else,
            DROP COLUMN reports_to, DROP COLUMN team;
        -- RFC 2606 keeps this domain for what is no address.
        UPDATE users SET email = id || '@no-address.invalid' WHERE email IS NULL;
        ALTER TABLE users ALTER COLUMN email SET NOT NULL;
    """)
