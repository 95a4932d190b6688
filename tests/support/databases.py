"""Databases of their own for tests of one service, cloned from a migrated template."""

from __future__ import annotations

import secrets
from concurrent.futures import Future, ThreadPoolExecutor
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from libs.common import audit, migrate


class Databases:
    """Makes and drops databases on the test server.

    The copy for a service's next test is made while the one at hand runs, and what a test is done with is dropped then,
    too: most of the time that takes is waiting for the server's checkpoint.
    """

    def __init__(self, admin_url: str) -> None:
        self._admin_url = admin_url
        self._templates: dict[str, str] = {}
        self._ahead = ThreadPoolExecutor(1, "databases")
        self._next: dict[str, Future[str]] = {}
        self._dropped: list[Future[None]] = []

    def new(self, service: str) -> str:
        """The URL of a fresh database at the service's newest version."""
        template = self._templates.get(service) or self._template(service)
        ready = self._next.pop(service, None)
        url = ready.result() if ready is not None else self._copy(service, template)
        self._next[service] = self._ahead.submit(self._copy, service, template)
        return url

    def close(self) -> None:
        """Finish what is under way; raises what went wrong with it."""
        self._ahead.shutdown()
        for each in [*self._next.values(), *self._dropped]:
            each.result()

    def _copy(self, service: str, template: str) -> str:
        return self._create(f"t_{service}_{secrets.token_hex(4)}", template)

    def _template(self, service: str) -> str:
        name = f"t_template_{service}_{secrets.token_hex(4)}"
        url = self._create(name, "template0")
        migrate.upgrade(service, url.replace("postgresql://", "postgresql+psycopg://", 1))
        self._templates[service] = name
        return name

    def empty(self, name: str) -> str:
        """The URL of an empty database."""
        return self._create(f"t_{name}_{secrets.token_hex(4)}", "template0")

    def drop(self, url: str) -> None:
        """Remove a database whose test is over: soon enough, and most of it is never written to the disk."""
        self._dropped.append(self._ahead.submit(self._drop, url))

    def _drop(self, url: str) -> None:
        name = sql.Identifier(urlsplit(url).path.removeprefix("/"))
        with psycopg.connect(self._admin_url, autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def _create(self, name: str, template: str) -> str:
        # Copying files takes two thirds of the time that copying through the log does (0.11 s against 0.16 s).
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        with psycopg.connect(self._admin_url, autocommit=True) as server:
            server.execute(made.format(sql.Identifier(name), sql.Identifier(template)))
        parts = urlsplit(self._admin_url)
        url = urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, ""))
        if template == "template0":
            with psycopg.connect(url, autocommit=True) as database:
                database.execute(audit.schema().encode())
        return url
