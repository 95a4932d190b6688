"""A database that a test is done with, as it was before."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg import sql

# All that somebody may have changed of a database, but for the rows in it.
_SHAPE = """
    WITH own AS (SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')
    SELECT md5(concat_ws('|',
        (SELECT string_agg(concat(c.oid, c.relname, c.relacl, c.reloptions, c.relkind), ',' ORDER BY c.oid)
            FROM pg_class c WHERE c.relnamespace IN (SELECT oid FROM own)),
        (SELECT string_agg(concat(a.attrelid, a.attname, a.atttypid, a.attnotnull, a.atthasdef, a.attisdropped), ','
            ORDER BY a.attrelid, a.attnum)
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            WHERE c.relnamespace IN (SELECT oid FROM own) AND a.attnum > 0),
        (SELECT string_agg(concat(t.oid, t.tgenabled), ',' ORDER BY t.oid) FROM pg_trigger t WHERE NOT t.tgisinternal),
        (SELECT string_agg(concat(k.oid, k.convalidated, pg_get_constraintdef(k.oid)), ',' ORDER BY k.oid)
            FROM pg_constraint k WHERE k.connamespace IN (SELECT oid FROM own)),
        (SELECT string_agg(concat(p.oid, p.proacl, md5(p.prosrc)), ',' ORDER BY p.oid)
            FROM pg_proc p WHERE p.pronamespace IN (SELECT oid FROM own))
    ))
"""
_TABLES = """
    SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY 1
"""
_SEQUENCES = "SELECT format('%I.%I', schemaname, sequencename), last_value FROM pg_sequences ORDER BY 1"
_ALONE = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@dataclass(frozen=True, slots=True)
class Original:
    """What a service's migrations make of a database. rows: of each table that has any, as COPY writes them.

    shape: a digest of all but the rows, and of where sequences stand.
    """

    shape: str
    tables: tuple[str, ...]
    rows: dict[str, bytes]
    sequences: tuple[tuple[str, int | None], ...]

    @classmethod
    def of(cls, url: str) -> Original:
        """The database as it is now."""
        with psycopg.connect(url, autocommit=True) as database:
            tables = tuple(row[0] for row in database.execute(_TABLES))
            rows = {table: copied for table in tables if (copied := _copied(database, table))}
            sequences = tuple((str(name), last) for name, last in database.execute(_SEQUENCES))
            return cls(_shape(database), tables, rows, sequences)

    def restored(self, url: str) -> bool:
        """Make a database the same again, whoever is connected to it; whether that can be done: a test may have changed
        more than rows."""
        with psycopg.connect(url, autocommit=True) as database:
            database.execute(_ALONE)
            if _shape(database) != self.shape:
                return False
            with database.transaction():
                # Neither keys nor triggers have a say: rows go in any order, and audited ones as well.
                database.execute("SET LOCAL session_replication_role = replica")
                database.execute("; ".join(f"DELETE FROM {table}" for table in self.tables).encode())
                for table, rows in self.rows.items():
                    with database.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.SQL(table))) as copy:
                        copy.write(rows)
                for name, last in self.sequences:
                    database.execute("SELECT setval(%s, %s, %s)", (name, last or 1, last is not None))
            return True


def _shape(database: psycopg.Connection[tuple[str, ...]]) -> str:
    row = database.execute(_SHAPE).fetchone()
    return row[0] if row else ""


def _copied(database: psycopg.Connection[tuple[str, ...]], table: str) -> bytes:
    with database.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.SQL(table))) as copy:
        return b"".join(bytes(piece) for piece in copy)
