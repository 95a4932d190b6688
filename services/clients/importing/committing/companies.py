"""The companies of a batch: each row finds its client or makes one, by the rule that forms of the website follow."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
from sqlalchemy import select, text

from libs.common.copying import copy_records
from libs.common.ids import is_id, new_id
from services.clients import access
from services.clients.domain import Client, ClientState, mail_host, normal_name
from services.clients.handlers.telling import know_tags, tell_access
from services.clients.importing.committing.batch import Batch, Change, Line, texts
from services.clients.importing.committing.own import news
from services.clients.models import DEAL_FIGURES, client_keys, clients

# What a row may change of a client that is there already.
_CHANGES = "company_name email phone website industry status source address city state country notes custom".split()
_SOURCE = "import"
# One statement in the order of the keys, so that no two wait for each other.
_CLAIM = text("""
    INSERT INTO client_keys (key, client_id)
    SELECT key, client_id::uuid FROM jsonb_each_text(CAST(:keys AS jsonb)) AS claimed (key, client_id) ORDER BY key
    ON CONFLICT DO NOTHING
""")


class Companies:
    """The clients that the rows of a batch may be about, found before the first is made."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self.by_key: dict[str, ClientState] = {}
        self.by_name: dict[str, list[ClientState]] = {}
        self.by_host: dict[str, ClientState] = {}
        self._taken: set[str] = set()
        self.made: list[ClientState] = []
        self.changed: list[tuple[ClientState, bool]] = []

    def load(self) -> None:
        """Find every client that a row names, locked in the order of ids."""
        batch, values = self._batch, [line.reading.client for line in self._batch.lines]
        ids = {str(each["external_id"]) for each in values if each.get("external_id")}
        names = {normal_name(str(each["company_name"])) for each in values if each.get("company_name")}
        hosts = {f"host:{each['host']}" for each in values if each.get("host")}
        known = batch.known("client", ids)
        by_host = self._hosts(hosts)
        wanted = set(known.values()) | {each for each in ids if is_id(each)} | set(by_host.values())
        found = {client.id: client for client in self._locked(wanted, names)}
        self._taken = batch.carrying("client", found)
        self.by_key = {key: found[row_id] for key, row_id in known.items() if row_id in found}
        self.by_key |= {each: found[each.lower()] for each in ids if is_id(each) and each.lower() in found}
        self.by_host = {host.removeprefix("host:"): found[row] for host, row in by_host.items() if row in found}
        for client in sorted(found.values(), key=lambda each: (each.created_at, each.id)):
            if client.match_name in names:
                self.by_name.setdefault(client.match_name, []).append(client)

    def _locked(self, ids: Iterable[str], names: Iterable[str]) -> list[Client]:
        actor, session = self._batch.uow.actor, self._batch.uow.session
        theirs = texts(clients.c.id, ids) | texts(clients.c.match_name, names)
        statement = select(Client).where(theirs, clients.c.deleted_at.is_(None), access.writable(actor))
        locked = statement.order_by(clients.c.id).with_for_update(of=clients)
        return list(session.execute(locked.execution_options(populate_existing=True)).scalars())

    def _hosts(self, hosts: set[str]) -> dict[str, str]:
        if not hosts:
            return {}
        statement = select(client_keys.c.key, client_keys.c.client_id).where(texts(client_keys.c.key, hosts))
        return {row.key: row.client_id for row in self._batch.uow.session.execute(statement)}

    def settle(self, line: Line) -> None:
        """Find the client of a row or make it, and take over what the row says of it."""
        values = line.reading.client
        key = str(values["external_id"]) if values.get("external_id") else None
        client, found_by = self._found(values, key)
        if client is None:
            if not (values.get("company_name") or values.get("host")):
                line.refuse("client.external_id", f"no company has the id {key!r}, here or in this file")
                return
            client = self._new(line, values)
        else:
            line.found_by = found_by
            self._change(line, client, values)
        if key is not None and key != client.id:
            self._batch.stands_for("client", key, client.id)
            self.by_key[key] = client
            self._taken.add(client.id)
        line.client_id = client.id

    def _found(self, values: dict[str, Any], key: str | None) -> tuple[ClientState | None, str]:
        """The client that is meant, if it is here, and by what it was looked for."""
        if key is not None and key in self.by_key:
            return self.by_key[key], "id"
        if name := values.get("company_name"):
            alike = self.by_name.get(normal_name(str(name)), [])
            # Two ids of one system are two companies, however alike their names are.
            return next((each for each in alike if key is None or each.id not in self._taken), None), "name"
        return self.by_host.get(values["host"]) if values.get("host") else None, "domain"

    def _new(self, line: Line, values: dict[str, Any]) -> ClientState:
        batch, uow = self._batch, self._batch.uow
        given = {name: values[name] for name in (*_CHANGES, "tags") if values.get(name) is not None}
        name = given.setdefault("company_name", values.get("host"))
        defaults = {"status": "prospect", "source": _SOURCE, "currency": uow.business.currency}
        client = ClientState(
            id=new_id(),
            match_name=normal_name(str(name)),
            owner_id=self._owner(values),
            created_at=values.get("created_at") or uow.now,
            updated_at=uow.now,
            waiting_since=values.get("waiting_since"),
            **defaults | given,
        )
        self.made.append(client)
        self.by_name.setdefault(client.match_name, []).append(client)
        if host := mail_host(client.email) or values.get("host"):
            self.by_host.setdefault(str(host), client)
        batch.note(Change("client", client.id, line.n, client.id, client.company_name, True, client.version))
        line.did("created")
        return client

    def _owner(self, values: dict[str, Any]) -> str | None:
        actor = self._batch.uow.actor
        if actor.role != "admin":
            return actor.id
        if "client.owner" in self._batch.mapped:
            return values.get("owner")
        return self._batch.owner_id

    def _change(self, line: Line, client: ClientState, values: dict[str, Any]) -> None:
        after = news(client, values, _CHANGES)
        if "company_name" in after and normal_name(str(after["company_name"])) == client.match_name:
            # Another spelling of the same name is no news.
            del after["company_name"]
        more = [tag for tag in values.get("tags", []) if tag not in client.tags]
        if more and len(client.tags) + len(more) <= 50:
            after["tags"] = [*client.tags, *more]
        if not after:
            return
        before = {name: getattr(client, name) for name in after}
        if client in self.made:
            for name, value in after.items():
                setattr(client, name, value)
            client.match_name = normal_name(client.company_name)
        else:
            self.changed.append((client, client.change(after, self._batch.uow.now)))
        change = Change("client", client.id, line.n, client.id, client.company_name, False, client.version)
        change.before, change.after = before, after
        self._batch.note(change)
        line.did("updated")

    def write(self) -> None:
        """Write the new ones, and tell of all of them what others have to know."""
        uow = self._batch.uow
        if self.made:
            copy_records(uow.session, clients, self.made, without=DEAL_FIGURES)
        uow.session.flush()
        touched = list({client.id: client for client in [*self.made, *(each for each, _ in self.changed)]}.values())
        if not touched:
            return
        self._claim(touched)
        know_tags(uow, list({tag for client in touched for tag in client.tags}))
        self._batch.new_clients += self.made
        moved = {client.id: client for client, access_changed in self.changed if access_changed}
        if seen := [*self.made, *moved.values()]:
            tell_access(uow, *seen)

    def _claim(self, touched: list[ClientState]) -> None:
        """Later forms of these companies find them, unless an older client has the key."""
        keys: dict[str, str] = {}
        for client in touched:
            keys.setdefault(f"name:{client.match_name}", client.id)
            if host := mail_host(client.email):
                keys.setdefault(f"host:{host}", client.id)
        for host, client in self.by_host.items():
            keys.setdefault(f"host:{host}", client.id)
        self._batch.uow.session.execute(_CLAIM, {"keys": orjson.dumps(keys).decode()})


def settle_clients(batch: Batch) -> None:
    """The company of every line; a line whose company cannot be found is refused."""
    companies = Companies(batch)
    companies.load()
    for line in batch.lines:
        if line.goes_on and line.reading.client:
            companies.settle(line)
    companies.write()
