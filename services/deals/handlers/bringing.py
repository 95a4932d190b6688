"""Deals that come with an import of the clients service: each once, whoever asks twice; and away again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import any_, delete, func, insert, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from libs.common import custom_fields, row_access
from libs.common.custom_fields import Definition
from libs.common.database import UnitOfWork
from libs.common.fields import identifier, read
from libs.common.money import MoneyError
from libs.common.problems import Forbidden, Invalid, Problem
from services.deals.domain import Deal, DealError
from services.deals.events import DealCreated, DealRemoved, DealReopened, DealStageChanged, DealState
from services.deals.fields import DEAL
from services.deals.handlers.deals import live
from services.deals.handlers.telling import state_of, step_of
from services.deals.models import briefs, deal_invoices, deals, imported_deals, stage_history

Document = dict[str, Any]

MOST = 1000


def bring_deals(
    uow: UnitOfWork, import_id: str, system: str, brought: list[Document], clients: list[Document]
) -> Document:
    """Make the deals that are not here yet, as the actor of this transaction. A deal is known by the id it has in the
    system it comes from, else by its client, name and first day; one that is known is left as it is.

    ``[{n, key, data}]`` → ``{items: [{n, state, deal_id, version} | {n, problem, field}]}``
    """
    if not isinstance(brought, list) or len(brought) > MOST:
        raise Invalid(f"deals is a list of at most {MOST:,}", field="deals")
    uow.session.execute(select(func.pg_advisory_xact_lock(func.hashtext("brought deals"))))
    for each in clients:
        row_access.apply(uow.session, row_access.AccessChanged.model_validate(each))
    book = _Book(uow, str(identifier("import_id", import_id)), str(system))
    book.load(brought)
    items = [book.settle(each) for each in brought]
    book.write()
    return {"items": items}


class _Book:
    """The deals that are known, and those that are made."""

    def __init__(self, uow: UnitOfWork, import_id: str, system: str) -> None:
        self._uow, self._import_id, self._system = uow, import_id, system
        self._by_key: dict[str, Any] = {}
        self._by_name: dict[tuple[str, str, str | None], Any] = {}
        self._clients: dict[str, Any] = {}
        self._ours: dict[str, str] = {}
        self._made: list[tuple[Deal, str | None]] = []
        self._events: list[tuple[DealState, Any]] = []
        self._steps: list[Document] = []
        self._own: list[Definition] = []

    def load(self, brought: list[Document]) -> None:
        session, row = self._uow.session, imported_deals.c
        keys = [str(each["key"]) for each in brought if each.get("key")]
        known = select(row.key, deals.c.id, deals.c.version, row.import_id).join(deals, deals.c.id == row.deal_id)
        mine = (row.system == self._system, row.key == any_(literal(keys, ARRAY(row.key.type))))
        self._by_key = {each.key: each for each in session.execute(known.where(*mine))}
        own = select(deals.c.id, deals.c.version).where(deals.c.id == any_(literal(_ids(keys), ARRAY(deals.c.id.type))))
        self._by_key |= {each.id: each for each in session.execute(own)}
        if any(each["data"].get("custom") for each in brought):
            self._own = custom_fields.held(session, "deal")
        client_ids = _ids(str(each["data"].get("client_id")) for each in brought)
        self._load_clients(client_ids)
        named = select(deals.c.id, deals.c.version, deals.c.client_id, deals.c.deal_name, deals.c.created_on, row.key)
        named = named.join(imported_deals, row.deal_id == deals.c.id, isouter=True).order_by(deals.c.id.desc())
        theirs = deals.c.client_id == any_(literal(client_ids, ARRAY(deals.c.client_id.type)))
        for each in session.execute(named.where(theirs)):
            name = each.deal_name.lower()
            if each.key is None:
                self._by_name[each.client_id, name, each.created_on.isoformat()] = each
                self._by_name[each.client_id, name, None] = each
        ours = select(row.deal_id).where(row.import_id == self._import_id)
        self._ours = dict.fromkeys(session.execute(ours).scalars(), "created")

    def _load_clients(self, client_ids: list[str]) -> None:
        entry = row_access.entries.c
        usable = select(entry.record_id, entry.owner_id, entry.label).where(
            entry.record_id == any_(literal(client_ids, ARRAY(entry.record_id.type))), entry.closed.is_(False)
        )
        self._clients = {each.record_id: each for each in self._uow.session.execute(usable)}

    def settle(self, each: Document) -> Document:
        """What becomes of one deal."""
        n, key, data = each["n"], each.get("key"), dict(each["data"])
        found = self._known(str(key) if key else None, data)
        if found is not None:
            return {
                "n": n,
                "state": self._ours.get(found.id, "unchanged"),
                "deal_id": found.id,
                "version": found.version,
            }
        try:
            deal = self._make(data)
        except (Problem, DealError, MoneyError) as error:
            return {"n": n, "problem": str(error), "field": getattr(error, "field", None)}
        self._made.append((deal, str(key) if key else None))
        self._ours[deal.id] = "created"
        if key:
            self._by_key[str(key)] = deal
        else:
            self._by_name[deal.client_id, deal.deal_name.lower(), data.get("created_on")] = deal
        return {"n": n, "state": "created", "deal_id": deal.id, "version": deal.version}

    def _known(self, key: str | None, data: Document) -> Any:
        if key is not None:
            return self._by_key.get(key) or self._by_key.get(key.lower())
        name = str(data.get("deal_name") or "").lower()
        return self._by_name.get((str(data.get("client_id")), name, data.get("created_on")))

    def _make(self, data: Document) -> Deal:
        own = custom_fields.merged({}, custom_fields.read(self._own, data.pop("custom", None) or {}))
        given, actor = read(DEAL, data) | {"custom": own}, self._uow.actor
        for name in ("deal_name", "client_id"):
            if not given.get(name):
                raise Invalid(f"{name} is needed", field=name)
        client = self._clients.get(given["client_id"])
        if client is None or (actor.role == "sales" and client.owner_id != actor.id):
            raise Forbidden("only the client's owner may make deals with it")
        if actor.role == "sales":
            given.pop("owner_id", None)
        events: list[tuple[DealState, Any]] = []
        steps: list[Document] = []
        deal = None
        for deal, move, _past in live(self._uow, given, brought_in=True):
            kinds: list[type[DealState]] = [DealStageChanged] if move else [DealCreated]
            kinds += [DealReopened] if move and move.reopens else []
            previous = move.previous if move else None
            at = _At(deal.id, deal.version)
            events += [(state_of(kind, deal, client.label, previous), at) for kind in kinds]
            steps.append(step_of(self._uow, deal, move))
        assert deal is not None
        self._events += events
        self._steps += steps
        return deal

    def write(self) -> None:
        if not self._made:
            return
        session = self._uow.session
        session.add_all(deal for deal, _key in self._made)
        session.flush()
        session.execute(insert(stage_history), self._steps)
        kept: Document = {"import_id": self._import_id, "system": self._system}
        session.execute(insert(imported_deals), [kept | {"deal_id": deal.id, "key": key} for deal, key in self._made])
        self._uow.outbox.add_all(self._events)


class _At:
    """A deal at one of its versions."""

    def __init__(self, deal_id: str, version: int) -> None:
        self.id, self.version = deal_id, version


def take_back_deals(uow: UnitOfWork, import_id: str, deal_ids: list[str]) -> Document:
    """Remove deals that an import made, unless they were changed since or something hangs on them:
    ``{removed: [{deal_id, client_id, deal_name, currency, version}], refused: [{deal_id, reason}]}``."""
    if not isinstance(deal_ids, list) or len(deal_ids) > MOST:
        raise Invalid(f"deal_ids is a list of at most {MOST:,}", field="deal_ids")
    row = imported_deals.c
    mine = select(row.deal_id).where(row.import_id == identifier("import_id", import_id), _among(row.deal_id, deal_ids))
    statement = select(Deal).where(deals.c.id.in_(mine)).order_by(deals.c.id).with_for_update()
    found = list(uow.session.execute(statement.execution_options(populate_existing=True)).scalars())
    ids = [deal.id for deal in found]
    hanging = _hanging(uow, ids)
    # Bringing a deal in moved it as often as its history has steps; whatever came then came from somebody.
    steps = select(stage_history.c.deal_id, func.count()).where(_among(stage_history.c.deal_id, ids))
    born: dict[str, int] = {each[0]: each[1] for each in uow.session.execute(steps.group_by(stage_history.c.deal_id))}
    refused = [
        {"deal_id": deal.id, "reason": hanging.get(deal.id, "changed since")}
        for deal in found
        if deal.id in hanging or deal.version != born.get(deal.id)
    ]
    kept = {each["deal_id"] for each in refused}
    gone = [deal for deal in found if deal.id not in kept]
    _remove(uow, gone)
    names = ("client_id", "deal_name", "currency", "version")
    removed = [{"deal_id": deal.id} | {name: getattr(deal, name) for name in names} for deal in gone]
    return {"removed": removed, "refused": refused}


def _remove(uow: UnitOfWork, gone: list[Deal]) -> None:
    if not gone:
        return
    entry, ids = row_access.entries.c, [deal.id for deal in gone]
    labels = select(entry.record_id, entry.label).where(_among(entry.record_id, {deal.client_id for deal in gone}))
    names = {each.record_id: each.label for each in uow.session.execute(labels)}
    for deal in gone:
        deal.version += 1
    uow.outbox.add_all((state_of(DealRemoved, deal, names.get(deal.client_id, "")), deal) for deal in gone)
    for deal in gone:
        uow.session.expunge(deal)
    for table, column in ((imported_deals, "deal_id"), (stage_history, "deal_id"), (deals, "id")):
        uow.session.execute(delete(table).where(_among(table.c[column], ids)))


def _hanging(uow: UnitOfWork, ids: list[str]) -> dict[str, str]:
    found = {}
    for table, what in ((briefs, "it has a brief"), (deal_invoices, "it has an invoice by now")):
        for deal_id in uow.session.execute(select(table.c.deal_id).where(_among(table.c.deal_id, ids))).scalars():
            found[deal_id] = what
    return found


def _among(column: Any, ids: Iterable[str]) -> Any:
    return column == any_(literal(list(ids), ARRAY(column.type)))


def _ids(values: Iterable[str]) -> list[str]:
    from libs.common.ids import is_id

    return sorted({value.lower() for value in values if is_id(value)})
