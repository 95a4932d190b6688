"""What clients are searched for in, kept by the database itself; saved filters; indexes for filters on deals."""

from dataclasses import dataclass

from alembic import op

from libs.common.audit.plan import attach, detach

revision = "0007"
down_revision = "0006"


@dataclass(frozen=True)
class _Source:
    """Texts of one table. kinds: for each kind its text and the condition under which there is any, in SQL of ``r``."""

    table: str
    client_id: str
    source_id: str
    columns: str
    kinds: dict[str, tuple[str, str]]


_SOURCES = (
    _Source(
        "clients",
        "id",
        "id",
        "company_name email phone website address city notes",
        {
            "company_name": ("r.company_name", "true"),
            "details": (
                "concat_ws(', ', r.email, r.phone, r.website, r.address, r.city)",
                "coalesce(r.email, r.phone, r.website, r.address, r.city) IS NOT NULL",
            ),
            "notes": ("r.notes", "r.notes <> ''"),
        },
    ),
    _Source(
        "contacts",
        "client_id",
        "id",
        "client_id first_name last_name job_title email phone",
        {
            "contact": (
                "concat_ws(', ', trim(r.first_name || ' ' || r.last_name), r.job_title, r.email, r.phone)",
                "true",
            )
        },
    ),
    _Source(
        "activities",
        "client_id",
        "id",
        "client_id subject description details",
        {"activity": (r"concat_ws(E'\n', r.subject, nullif(r.description, ''), r.details ->> 'message')", "true")},
    ),
    _Source(
        "client_deals",
        "client_id",
        "deal_id",
        "client_id deal_name description",
        {"deal": (r"concat_ws(E'\n', r.deal_name, r.description)", "true")},
    ),
    _Source(
        "documents",
        "client_id",
        "id",
        "client_id filename stored_at",
        {"document": ("r.filename", "r.stored_at IS NOT NULL")},
    ),
)

_TABLES = r"""
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS fuzzystrmatch;

-- Declared immutable since the rules of unaccent do not change here.
CREATE FUNCTION search_unaccent(written text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT public.unaccent('public.unaccent', written)
$$;
-- Text as it is searched: lower case, without accents, every sign between words a space, so that e-commerce is two
-- words that follow each other wherever it stands. Text of plain letters takes no detour, and the whole is put in place
-- of its call, which makes writing a row several times cheaper.
CREATE FUNCTION search_fold(written text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT translate(
        lower(CASE WHEN octet_length(written) = length(written) THEN written ELSE public.search_unaccent(written) END),
        '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', '                                ')
$$;

ALTER TABLE client_deals ADD COLUMN description text;

-- One row for each text of a client: which field it is, and the row it stands in.
CREATE TABLE search_documents (
    client_id  uuid NOT NULL,
    kind       text NOT NULL CHECK (
        kind IN ('company_name', 'details', 'notes', 'contact', 'deal', 'activity', 'document')),
    source_id  uuid NOT NULL,
    content    text NOT NULL,
    -- Of a very long letter the beginning: a tsvector has its bounds.
    words      tsvector NOT NULL GENERATED ALWAYS AS (to_tsvector('simple', search_fold(left(content, 100000)))) STORED,
    written_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (client_id, kind, source_id)
);

-- Every word that stands anywhere, for those who mistype one. Refreshed by the worker.
CREATE TABLE search_words (word text PRIMARY KEY);
CREATE INDEX search_words_trgm ON search_words USING gin (word gin_trgm_ops);

CREATE TABLE segments (
    id         uuid PRIMARY KEY,
    name       text NOT NULL CHECK (name <> ''),
    filters    jsonb NOT NULL,
    sort       text,
    -- whether everybody is offered it; what it finds is what each may see
    shared     boolean NOT NULL,
    owner_id   uuid NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    version    integer NOT NULL
);
CREATE UNIQUE INDEX segments_name ON segments (owner_id, lower(name));
CREATE INDEX segments_shared ON segments (lower(name), id) WHERE shared;
"""

_INDEXES = """
CREATE INDEX search_documents_words ON search_documents USING gin (words) WITH (gin_pending_list_limit = 1024);
CREATE INDEX search_documents_names ON search_documents USING gin (words) WHERE kind = 'company_name';
CREATE INDEX search_documents_written ON search_documents USING brin (written_at) WITH (autosummarize = on);
-- Which clients have a deal of a value or in a stage.
CREATE INDEX client_deals_by_value ON client_deals (base_minor, client_id);
CREATE INDEX client_deals_of_client ON client_deals (client_id, base_minor, stage);
CREATE INDEX client_deals_by_stage ON client_deals (stage, client_id);
DROP INDEX client_deals_client;
-- How often a place or an industry occurs, which decides by what a list is best begun with.
CREATE STATISTICS clients_industries ON (lower(industry)) FROM clients;
CREATE STATISTICS clients_states ON (lower(state)) FROM clients;
CREATE STATISTICS clients_cities ON (lower(city)) FROM clients;
CREATE STATISTICS clients_countries ON (lower(country)) FROM clients;
CREATE STATISTICS clients_sources ON (lower(source)) FROM clients;
ANALYZE search_documents, clients;
"""

_FIELDS = "client_id, kind, source_id, content"


def _texts(source: _Source, rows: str) -> list[str]:
    """A SELECT for each kind of text in the rows."""
    return [
        f"SELECT r.{source.client_id} AS client_id, '{kind}'::text AS kind, r.{source.source_id} AS source_id, "
        f"{content} AS content FROM {rows} AS r WHERE {condition}"
        for kind, (content, condition) in source.kinds.items()
    ]


def _triggers(source: _Source) -> str:
    """The database keeps the search in line with each row, in the same transaction, whoever writes it."""
    table, kinds = source.table, ", ".join(f"'{kind}'" for kind in source.kinds)
    changed = "(" + ", ".join(f"{{row}}.{column}" for column in source.columns.split()) + ")"
    forget = (
        f"DELETE FROM search_documents WHERE client_id = OLD.{source.client_id} AND source_id = OLD.{source.source_id}"
        f" AND kind IN ({kinds})"
    )
    written = " UNION ALL ".join(_texts(source, "(SELECT NEW.*)"))
    many = " UNION ALL ".join(_texts(source, "written"))
    return f"""
CREATE FUNCTION search_{table}_added() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN
    INSERT INTO search_documents ({_FIELDS}) {many} ON CONFLICT DO NOTHING;
    RETURN NULL;
END $body$;
CREATE FUNCTION search_{table}_changed() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN
    {forget};
    INSERT INTO search_documents ({_FIELDS}) {written} ON CONFLICT DO NOTHING;
    RETURN NULL;
END $body$;
CREATE FUNCTION search_{table}_removed() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN
    {forget};
    RETURN NULL;
END $body$;
CREATE TRIGGER searched_added AFTER INSERT ON {table} REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION search_{table}_added();
CREATE TRIGGER searched_changed AFTER UPDATE ON {table} FOR EACH ROW
    WHEN ({changed.format(row="OLD")} IS DISTINCT FROM {changed.format(row="NEW")})
    EXECUTE FUNCTION search_{table}_changed();
CREATE TRIGGER searched_removed AFTER DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION search_{table}_removed();
"""


def upgrade() -> None:
    op.execute(_TABLES)
    texts = " UNION ALL ".join(text for source in _SOURCES for text in _texts(source, source.table))
    op.execute(f"CREATE VIEW search_sources AS {texts}")
    op.execute(f"INSERT INTO search_documents ({_FIELDS}) SELECT {_FIELDS} FROM search_sources")
    op.execute(_INDEXES)
    for source in _SOURCES:
        op.execute(_triggers(source))
    op.execute(attach("segments"))


def downgrade() -> None:
    op.execute(detach("segments"))
    for table in (source.table for source in _SOURCES):
        op.execute("".join(f"DROP TRIGGER searched_{each} ON {table};" for each in ("added", "changed", "removed")))
        op.execute("".join(f"DROP FUNCTION search_{table}_{each};" for each in ("added", "changed", "removed")))
    op.execute("DROP STATISTICS clients_industries, clients_states, clients_cities, clients_countries, clients_sources")
    op.execute("DROP VIEW search_sources")
    op.execute("DROP TABLE segments, search_words, search_documents")
    op.execute("DROP FUNCTION search_fold; DROP FUNCTION search_unaccent")
    op.execute("CREATE INDEX client_deals_client ON client_deals (client_id)")
    op.execute("DROP INDEX client_deals_by_value, client_deals_of_client, client_deals_by_stage")
    op.execute("ALTER TABLE client_deals DROP COLUMN description")
