"""Everything exported, brought into an empty system and exported again: the same but for ids, versions and changes."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text

from libs.common import inbox
from libs.common.context import Context
from libs.common.custom_fields import KINDS
from libs.common.runtime import Runtime
from services.clients import wiring
from services.clients.adapters.deals import DealsOverRpc
from services.clients.queries import clients_access
from services.clients.rpc import ClientsRpc
from services.clients.settings import ClientsSettings
from services.clients.worker import TABLE
from services.deals import settings as deals_settings
from services.deals import wiring as deals_wiring
from services.deals.rpc import DealsRpc
from services.deals.settings import DealsSettings
from services.gateway.api.exports import (
    ACTIVITIES,
    CLIENTS,
    CONTACTS,
    DEALS,
    FIELDS,
    SEGMENTS,
    field_row,
    segment_rows,
)
from services.gateway.taking import Columns, xlsx_pieces, zip_pieces
from tests.clients.importing.conftest import Importer
from tests.support.actors import ADMIN, FINANCE, JOHN, system
from tests.support.calling import Caller
from tests.support.delivering import told

ZONE = "America/New_York"
ADDRESSES = {ADMIN.id: "ada@amo.example", JOHN.id: "john@amo.example", FINANCE.id: "fay@amo.example"}
# What is another system's own: its ids, and when it wrote.
OWN = frozenset("id client_id contact_id deal_id owner_id assignee_id updated_at version".split())


@dataclass
class System:
    """Clients and deals, which hear each other."""

    clients_runtime: Runtime[Any]
    deals_runtime: Runtime[Any]
    patch: pytest.MonkeyPatch

    @property
    def clients(self) -> Any:
        self.patch.setattr(wiring, "runtime", lambda: self.clients_runtime)
        return Caller(ClientsRpc, self.clients_runtime)

    @property
    def deals(self) -> Any:
        self.patch.setattr(deals_wiring, "clients", lambda: self)
        return Caller(DealsRpc, self.deals_runtime)

    def access(self, client_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.clients.as_(system("deals")).client_access(client_id=client_id)
        return found

    def call(self, _context: Context, _service: str, method: str, *, seconds: float, **arguments: Any) -> Any:
        """What RpcClient is to the clients worker."""
        return getattr(self.deals.as_(system("clients")), method)(**arguments)

    def importer(self) -> Importer:
        def access(client_ids: set[str]) -> list[dict[str, Any]]:
            with self.clients_runtime.database.read() as session:
                return clients_access(session, client_ids)

        rpc: Any = self
        book = DealsOverRpc(rpc, self.clients_runtime.own_context, access)
        self.patch.setattr(wiring, "deals", lambda: book)
        return Importer(self.clients, self.clients_runtime)

    def settle(self) -> None:
        """Clients hears what deals told."""
        for event in told(self.deals_runtime):
            for each in TABLE.subscriptions:
                if each.event.event_type == event.type:
                    context = Context(actor=system("clients"), correlation_id=event.correlation_id)
                    with self.clients_runtime.database.unit_of_work(context) as uow:
                        if inbox.first_time(uow.session, each.consumer, event, datetime.now(UTC)):
                            each.handle(uow, event.read(each.event), event)

    def export(self) -> bytes:
        return b"".join(zip_pieces([(FIELDS, self.fields), (SEGMENTS, self.segments), *self.tables()]))

    def tables(self) -> list[tuple[Columns, Any]]:
        ask = self.clients.as_(ADMIN).export_page
        pages = (
            (self._with_own(CLIENTS), partial(ask, what="clients")),
            (self._with_own(CONTACTS), partial(ask, what="contacts")),
            (self._with_own(DEALS), self.deals.as_(ADMIN).export_deals),
            (ACTIVITIES, partial(ask, what="activities")),
        )
        return [(columns, partial(_rows, page)) for columns, page in pages]

    def segments(self) -> Iterator[dict[str, Any]]:
        found: Any = _rows(partial(self.clients.as_(ADMIN).export_page, what="segments"))
        for row in segment_rows(found, ADDRESSES, "USD"):
            yield dict(row)

    def fields(self) -> Iterator[dict[str, Any]]:
        for entity in ("client", "contact", "deal"):
            yield from map(field_row, self.owner(entity).list_custom_fields(entity=entity)["items"])

    def _with_own(self, columns: Columns) -> Columns:
        found = self.owner(str(columns.entity)).list_custom_fields(entity=columns.entity)["items"]
        return columns.with_own([each["key"] for each in found])

    def owner(self, entity: str) -> Any:
        return (self.deals if entity == "deal" else self.clients).as_(ADMIN)

    def kept(self, entity: str) -> list[dict[str, Any]]:
        """The values of the company's own fields as rows keep them."""
        runtime = self.deals_runtime if entity == "deal" else self.clients_runtime
        with runtime.database.read() as session:
            found = session.execute(text(f"SELECT custom FROM {entity}s WHERE custom <> '{{}}' ORDER BY custom::text"))
            return list(found.scalars())

    def define(self) -> None:
        """A field of each kind on clients, contacts and deals."""
        for entity in ("client", "contact", "deal"):
            for kind in KINDS:
                more = {"options": ["=One", "Two, three"]} if kind == "choice" else {}
                self.owner(entity).create_custom_field(entity=entity, data={"label": f"My {kind}", "kind": kind} | more)


def save(here: System) -> None:
    """Segments of several people, shared and private, by all that filters may name."""
    shared = {"shared": True}
    where = {"any": [
        {"field": "owner_id", "op": "any_of", "value": [JOHN.id, "me", "none"]},
        {"all": [
            {"field": "deal_value", "op": "between", "value": [100_050, 2_000_000]},
            {"field": "lifetime_value", "op": "gte", "value": 0},
            {"field": "open_deals", "op": "gt", "value": 2},
            {"field": "tag", "op": "is", "value": "a b"},
            {"field": "last_activity_at", "op": "last_days", "value": 30},
        ]},
        {"field": "custom.my_text", "op": "contains", "value": 'say "x"'},
        {"field": "contact.custom.my_number", "op": "is", "value": {"number": "0.10"}},
        {"field": "deal.custom.my_money", "op": "is", "value": {"amount_minor": 5, "currency": "USD"}},
        {"field": "custom.my_choice", "op": "is", "value": "=One"},
    ]}  # fmt: skip
    flat = {
        "status": "active",
        "owner_id": JOHN.id,
        "min_deal_value_minor": 1_234_567,
        "unanswered": False,
        "q": "x OR y",
    }
    for person, data in (
        (ADMIN, {"name": "=Mine", "filters": {"where": where}, "sort": "-created_at"}),
        (JOHN, {"name": "Twin", "filters": flat | {"created_from": "2024-02-29"}, "sort": "company_name"} | shared),
        (FINANCE, {"name": "twin", "filters": {}} | shared),
        (ADMIN, {"name": "Archived", "filters": {"where": {"field": "custom.my_date", "op": "not_empty"}}}),
        (JOHN, {"name": "Nobody else sees it", "filters": {}}),
    ):
        here.clients.as_(person).create_segment(data=data)


def own(words: str, number: Any, money: tuple[int, str], date: str, choice: str, yes_no: bool) -> dict[str, Any]:
    amount = {"amount_minor": money[0], "currency": money[1]}
    values = {"text": words, "number": number, "money": amount, "date": date, "choice": choice, "yes_no": yes_no}
    return {"custom": {f"my_{kind}": value for kind, value in values.items()}}


def _rows(page: Any) -> Iterator[dict[str, Any]]:
    cursor = None
    while True:
        found = page(filters={}, limit=2, cursor=cursor)
        for row in found["items"]:
            names = {"owner": row.get("owner_id"), "assignee": row.get("assignee_id")}
            yield row | {name: ADDRESSES.get(user_id, "") for name, user_id in names.items()}
        if (cursor := found["next_cursor"]) is None:
            return


def shown(archive: bytes) -> dict[str, list[dict[str, str]]]:
    """The tables without what is the system's own, in one order."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        for name in files.namelist():
            rows = csv.DictReader(io.StringIO(files.read(name).decode(), newline=""))
            kept = [{key: value for key, value in row.items() if key not in OWN} for row in rows]
            found[name] = sorted(kept, key=lambda row: tuple(row.values()))
    return found


def segments_of(archive: bytes) -> bytes:
    """The file of the segments as it stands."""
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        return files.read("segments.csv")


@pytest.fixture
def systems(runtime_of: Any, monkeypatch: pytest.MonkeyPatch) -> list[System]:
    monkeypatch.setattr(deals_settings, "current", lambda: DealsSettings.model_construct(business_tz=ZONE))
    return [
        System(runtime_of("clients", ClientsSettings), runtime_of("deals", DealsSettings), monkeypatch)
        for _ in range(2)
    ]


def fill(here: System) -> None:
    """Clients and people of one name, hostile texts, people without addresses, deals with their past, and more."""
    here.define()
    clients, deals = here.clients.as_(ADMIN), here.deals.as_(ADMIN)
    ids = []
    for number, more in enumerate(
        (
            {
                "company_name": "Twin",
                "notes": '=1+1\nsecond, "line"',
                "phone": "+1-555-0123",
                "tags": ["a b", "1,234", 'say "hi"; or|not'],
            }
            | own("=cmd|1", -1.234, (123450, "EUR"), "2025-02-01", "=One", yes_no=True),
            {"company_name": "Twin", "email": "info@twin.example", "status": "active", "city": "'=x", "website": "-"}
            | own("'=x", 123456789012345, (1234, "BHD"), "1999-12-31", "Two, three", yes_no=False),
            {"company_name": "Ünïcode <script>", "industry": "@home", "owner_id": JOHN.id, "status": "churned"},
            {"company_name": "Nobody's"},
        )
    ):
        ids.append(clients.create_client(data={"country": f"C{number}"} | more)["id"])
    clients.assign_client(client_id=ids[3], owner_id=None)
    for client_id, first, address in (
        (ids[0], "Ann", "ann@twin.example"),
        (ids[0], "Bob", None),
        (ids[1], "Ann", None),
        (ids[2], "Zoe", None),
        (ids[2], "Zoe", None),
        (ids[2], "Zoe", None),
    ):
        clients.create_contact(client_id=client_id, data={"first_name": first, "last_name": "O'Hara", "email": address})
    people = clients.list_contacts(client_id=ids[0])["items"]
    clients.update_contact(contact_id=people[1]["id"], changes={"is_primary": True, "job_title": "+chief"})
    clients.update_contact(
        contact_id=people[0]["id"], changes=own("a\nb", 0.000001, (0, "JPY"), "2030-05-06", "=One", yes_no=False)
    )
    past = [{"stage": "lead", "on": "2024-01-05"}, {"stage": "proposal", "on": "2024-02-01"}]
    given = {"deal_name": "Won", "deal_value_minor": 123456, "currency": "EUR", "history": past, "stage": "won"}
    won = deals.create_deal(
        data=given
        | {"client_id": ids[0], "actual_close_date": "2024-03-01"}
        | own("-", 12.125, (5, "USD"), "2024-06-07", "Two, three", yes_no=True)
    )["id"]
    deals.create_deal(
        data={"deal_name": "Open", "client_id": ids[0], "tags": ["big", "a;b"], "expected_close_date": "2031-01-01"}
    )
    lost = {"stage": "lost", "lost_reason": "-price", "deal_value_minor": 0, "created_on": "2024-01-01"}
    deals.create_deal(data={"deal_name": "Lost", "client_id": ids[2], "actual_close_date": "2024-01-09", **lost})
    deals.create_deal(
        data={"deal_name": "Dollars", "client_id": ids[1], "deal_value_minor": 999, "stage": "negotiation"}
    )
    moved = deals.create_deal(data={"deal_name": "Dollars", "client_id": ids[1], "created_on": "2024-05-05"})["id"]
    deals.move_stage(deal_id=moved, stage="won")
    said = {"description": "=cmd\n\nlong", "occurred_at": "2025-01-02T03:04:05.678901+00:00", "deal_id": won}
    log = clients.log_activity
    log(client_id=ids[0], data={"type": "call", "subject": "+Called", "contact_id": people[0]["id"], **said})
    log(
        client_id=ids[0],
        data={"type": "task", "subject": "Do", "due_at": "2031-02-03T00:00:00+00:00", "assignee_id": JOHN.id},
    )
    done = log(client_id=ids[1], data={"type": "task", "subject": "Done"})
    clients.update_activity(activity_id=done["id"], changes={"done": True})
    here.settle()


def test_an_export_brought_in_elsewhere_is_the_same_export(systems: list[System]) -> None:
    here, there = systems
    fill(here)
    save(here)
    archived = here.clients.as_(ADMIN).list_custom_fields(entity="client")["items"][0]
    here.clients.as_(ADMIN).update_custom_field(field_id=archived["id"], changes={"archived": True})
    first = here.export()
    importer = there.importer()
    found = importer.bring(first, "crm-2026.zip")
    assert (found["state"], found["bad"], found["questions"]) == ("ready", 0, [])
    done = importer.commit(found["id"])
    assert set(done["states"]) == {"created"}, importer.rows(found["id"], "refused")
    there.settle()
    second = there.export()
    assert shown(second) == shown(first)
    assert [len(rows) for rows in shown(second).values()] == [18, 4, 4, 6, 5, 9]
    assert segments_of(second) == segments_of(first)
    assert (done["results"]["field.created"], done["results"]["segment.created"]) == (18, 4)
    assert {name: there.kept(name) for name in ("client", "contact", "deal")} == {
        name: here.kept(name) for name in ("client", "contact", "deal")
    }
    assert [len(there.kept(name)) for name in ("client", "contact", "deal")] == [2, 1, 1]

    # The same archive once more, there and where it came from, changes nothing.
    before = len(told(there.clients_runtime)), len(told(there.deals_runtime))
    assert importer.commit(importer.bring(first, "crm-2026.zip")["id"])["results"] == {}
    assert (len(told(there.clients_runtime)), len(told(there.deals_runtime))) == before
    assert there.export() == second
    back = here.importer()
    assert back.commit(back.bring(first, "crm-2026.zip")["id"])["results"] == {}
    assert shown(here.export()) == shown(first)

    # And taken back, nothing of it is left.
    undone = there.importer().undo(found["id"])
    there.settle()
    assert (undone["kept"], [len(rows) for rows in shown(there.export()).values()]) == ([], [0, 0, 0, 0, 0, 0])

    # Brought in once more after that, it is all there again.
    importer = there.importer()
    importer.commit(importer.bring(first, "crm-2026.zip")["id"])
    there.settle()
    assert shown(there.export()) == shown(first)


def test_workbooks_brought_in_again_change_nothing(systems: list[System]) -> None:
    here = systems[0]
    fill(here)
    money = {"amount_minor": 123450, "currency": "USD"}
    client = here.clients.as_(ADMIN).list_clients(filters={"country": "C0"})["items"][0]
    numbers = {"my_money": money, "my_number": -1234567.891}
    here.clients.as_(ADMIN).update_client(client_id=client["id"], changes={"custom": numbers})
    before, importer = here.export(), here.importer()
    for columns, rows in here.tables():
        book = b"".join(xlsx_pieces(columns, rows(), "USD"))
        found = importer.bring(book, f"{columns.name}.xlsx")
        assert (found["state"], found["bad"], found["questions"]) == ("ready", 0, []), importer.rows(found["id"], "bad")
        done = importer.commit(found["id"])
        assert (done["results"], set(done["states"])) == ({}, {"unchanged"}), columns.name
    assert here.export() == before
