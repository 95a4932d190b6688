"""An import as a person brings it in: the file through the store, the work by the worker's own job."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from libs.common.custom_fields import Definition, definition_of
from libs.common.ids import new_id
from libs.common.job_runner import JobRunner
from libs.common.runtime import Runtime
from services.clients import wiring
from services.clients.importing.steps import counting
from services.clients.worker import TABLE
from tests.support.actors import ADMIN, FINANCE, JESSICA, JOHN

PEOPLE = {
    "ada@amo.example": ADMIN.id,
    **{person.name.lower(): person.id for person in (ADMIN, JOHN, JESSICA)},
    **{person.id: person.id for person in (ADMIN, JOHN, JESSICA)},
    "john@amo.example": JOHN.id,
}

# Everybody, also who owns no clients.
DIRECTORY = PEOPLE | {"fay@amo.example": FINANCE.id, FINANCE.id: FINANCE.id}


@dataclass
class Deals:
    """What the deals service is to an import: it knows a deal by its key, else by client and name."""

    made: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    asked: list[list[dict[str, Any]]] = field(default_factory=list)
    fields: list[Definition] = field(default_factory=list)
    brought: dict[str, list[str]] = field(default_factory=dict)
    # Why fields stay, by their keys.
    staying: dict[str, str] = field(default_factory=dict)

    def custom_fields(self) -> list[Definition]:
        return self.fields

    def bring_fields(
        self, import_id: str, person: dict[str, Any], fields: list[dict[str, Any]], *, archive: bool
    ) -> list[str]:
        known = {each.key for each in self.fields}
        new = [definition_of(each) for each in fields if each["key"] not in known]
        self.fields += new
        brought = self.brought.setdefault(import_id, [])
        brought += [each.key for each in new]
        return [each["key"] for each in fields if each["key"] in brought]

    def take_back_fields(self, import_id: str, person: dict[str, Any], named: list[str]) -> list[dict[str, Any]]:
        reasons = dict.fromkeys(named, "a segment filters by it") | self.staying
        mine = [each for each in self.fields if each.key in self.brought.get(import_id, [])]
        self.fields = [each for each in self.fields if each not in mine or each.key in reasons]
        return [
            {"id": new_id(), "entity": "deal", "label": each.label, "reason": reasons[each.key]}
            for each in mine
            if each.key in reasons
        ]

    def bring(
        self, import_id: str, system: str, person: dict[str, Any], deals: list[dict[str, Any]], client_ids: set[str]
    ) -> list[dict[str, Any]]:
        self.asked.append(deals)
        return [self._bring(import_id, system, each) for each in deals]

    def _bring(self, import_id: str, system: str, each: dict[str, Any]) -> dict[str, Any]:
        place = (system, each["key"]) if each["key"] else (each["data"]["client_id"], each["data"]["deal_name"])
        new = place not in self.made
        deal = self.made.setdefault(place, each["data"] | {"id": new_id(), "import_id": import_id})
        state = "created" if new or deal["import_id"] == import_id else "unchanged"
        return {"n": each["n"], "state": state, "deal_id": deal["id"], "version": 1}

    def take_back(self, import_id: str, deal_ids: list[str]) -> dict[str, Any]:
        gone = [deal for deal in self.made.values() if deal["id"] in deal_ids]
        self.made = {place: deal for place, deal in self.made.items() if deal["id"] not in deal_ids}
        shown = [{name: deal[name] for name in ("client_id", "deal_name")} | {"deal_id": deal["id"]} for deal in gone]
        return {"removed": [each | {"currency": "USD", "version": 9} for each in shown], "refused": []}


@pytest.fixture(autouse=True)
def nobody_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker takes in what deals tell here, so that nothing is waited for."""
    monkeypatch.setattr(counting, "PATIENCE_SECONDS", 0.0)


@pytest.fixture
def deals(monkeypatch: pytest.MonkeyPatch) -> Deals:
    book = Deals()
    monkeypatch.setattr(wiring, "deals", lambda: book)
    return book


class Importer:
    """``importer.bring(b"…", "clients.csv")``: uploads and works until nothing is to be done."""

    def __init__(self, clients: Any, runtime: Runtime[Any], who: Any = ADMIN) -> None:
        self.clients, self.runtime, self.who = clients, runtime, who

    def as_(self, who: Any) -> Importer:
        return Importer(self.clients, self.runtime, who)

    @property
    def rpc(self) -> Any:
        return self.clients.as_(self.who)

    def upload(self, content: bytes, name: str = "clients.csv") -> str:
        made = self.rpc.prepare_import(filename=name, people=PEOPLE, directory=DIRECTORY)
        stored = self.runtime.object_store.put(made["key"], content, "text/csv")
        self.rpc.complete_import(import_id=made["import_id"], size=stored.size)
        return str(made["import_id"])

    def work(self) -> None:
        runner = JobRunner("clients", self.runtime.database, TABLE.jobs)
        while runner.run_one():
            pass

    def bring(self, content: bytes | str, name: str = "clients.csv", **answers: Any) -> dict[str, Any]:
        """Uploaded, read and checked."""
        import_id = self.upload(content.encode() if isinstance(content, str) else content, name)
        self.work()
        return self.change(import_id, answers=answers) if answers else self.get(import_id)

    def change(self, import_id: str, **changes: Any) -> dict[str, Any]:
        self.rpc.change_import(import_id=import_id, **changes)
        self.work()
        return self.get(import_id)

    def commit(self, import_id: str, only_good: bool = False) -> dict[str, Any]:
        self.rpc.commit_import(import_id=import_id, only_good=only_good)
        self.work()
        return self.get(import_id)

    def undo(self, import_id: str) -> dict[str, Any]:
        self.rpc.undo_import(import_id=import_id)
        self.work()
        return self.get(import_id)

    def get(self, import_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.rpc.get_import(import_id=import_id)
        return found

    def rows(self, import_id: str, state: str | None = None) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.rpc.import_rows(import_id=import_id, state=state, limit=200)["items"]
        return found

    def listed(self, **filters: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.rpc.list_clients(filters=filters, sort="company_name", limit=200)["items"]
        return found


@pytest.fixture
def importer(clients: Any, runtime: Runtime[Any], deals: Deals) -> Importer:
    return Importer(clients, runtime)


Bring = Callable[..., dict[str, Any]]
