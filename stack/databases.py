"""One database and one role per service; no role can connect to another's database."""

from __future__ import annotations

from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from libs.common import audit
from stack.credentials import DATABASES, Credentials

EXTENSIONS = ("pg_trgm", "unaccent", "btree_gist")
PREFIX = "crm_"


def service_url(admin_url: str, service: str, credentials: Credentials) -> str:
    """The service's own URL on the server of `admin_url`."""
    parts = urlsplit(admin_url)
    host = parts.netloc.rpartition("@")[2]
    name, password = PREFIX + service, quote(credentials.database_passwords[service])
    return urlunsplit((parts.scheme, f"{name}:{password}@{host}", f"/{name}", parts.query, ""))


def create_databases(admin_url: str, credentials: Credentials) -> None:
    """Create or repair every role and database. Safe to call again."""
    with psycopg.connect(admin_url, autocommit=True) as server:
        # Two stacks may share one server; a session lock keeps their calls apart.
        server.execute("SELECT pg_advisory_lock(hashtext('amo-crm databases'))")
        for service in DATABASES:
            create_database(server, PREFIX + service, credentials.database_passwords[service])
    for service in DATABASES:
        with psycopg.connect(with_database(admin_url, PREFIX + service), autocommit=True) as database:
            prepare_database(database, PREFIX + service)


def create_database(server: psycopg.Connection, name: str, password: str) -> None:
    """A role that can log in and nothing else, and a database that belongs to it and is closed to all others."""
    role = sql.Identifier(name)
    if not server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).fetchone():
        server.execute(sql.SQL("CREATE ROLE {}").format(role))
    rights = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION PASSWORD {}"
    server.execute(sql.SQL("ALTER ROLE {} " + rights).format(role, sql.Literal(password)))
    if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
        # An admin that is no superuser may give a database only to a role it belongs to.
        server.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(role))
        server.execute(sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0").format(role, role))
    server.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(role))


def prepare_database(database: psycopg.Connection, name: str) -> None:
    """Extensions and the audit log (both the admin's), and the public schema, which the role owns."""
    for extension in EXTENSIONS:
        database.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
    database.execute(sql.SQL("ALTER SCHEMA public OWNER TO {}").format(sql.Identifier(name)))
    database.execute(audit.schema().encode())


def close_common_databases(admin_url: str) -> None:
    """On a server of our own: services have no business in the databases every server comes with."""
    with psycopg.connect(admin_url, autocommit=True) as server:
        server.execute("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC")


def drop_databases(admin_url: str) -> None:
    """Forget every database and role of the CRM on that server."""
    with psycopg.connect(admin_url, autocommit=True) as server:
        for service in DATABASES:
            role = sql.Identifier(PREFIX + service)
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(role))
            server.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(role))


def with_database(url: str, name: str) -> str:
    """The same server and log-in, another database."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, ""))
