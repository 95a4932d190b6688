"""Names are found whatever their accents, and people and companies by a part of their number."""

from alembic import op

revision = "0021"
down_revision = "0020"

_SCHEMA = r"""
-- Lower case, without accents; text of plain letters takes no detour.
CREATE FUNCTION search_plain(written text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT lower(
        CASE WHEN octet_length(written) = length(written) THEN written ELSE public.search_unaccent(written) END)
$$;
-- Names of plain letters are found by the indexes of names as they are written.
CREATE INDEX contacts_plain_trgm ON contacts USING gin (search_plain(first_name || ' ' || last_name) gin_trgm_ops)
    WHERE octet_length(first_name || ' ' || last_name) <> length(first_name || ' ' || last_name);
CREATE INDEX clients_plain_trgm ON clients USING gin (search_plain(company_name) gin_trgm_ops)
    WHERE octet_length(company_name) <> length(company_name);
CREATE INDEX contacts_digits ON contacts USING gin (regexp_replace(phone, '\D', '', 'g') gin_trgm_ops)
    WHERE phone IS NOT NULL;
CREATE INDEX clients_digits ON clients USING gin (regexp_replace(phone, '\D', '', 'g') gin_trgm_ops)
    WHERE phone IS NOT NULL;
ANALYZE contacts, clients;
"""


def upgrade() -> None:
    op.execute(_SCHEMA)


def downgrade() -> None:
    op.execute("DROP INDEX clients_digits; DROP INDEX contacts_digits")
    op.execute("DROP INDEX clients_plain_trgm; DROP INDEX contacts_plain_trgm; DROP FUNCTION search_plain(text)")
