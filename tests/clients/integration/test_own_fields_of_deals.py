"""Clients are found by what stands in the own fields of their deals, which another service keeps and tells of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from libs.common.context import Context
from libs.common.ids import new_id
from libs.common.job_runner import JobRunner
from libs.common.problems import Invalid
from services.clients.events import DealChanged
from services.clients.handlers import deal_fields, reactions
from tests.support.actors import ADMIN, JESSICA, JOHN
from tests.support.delivering import envelope

KINDS = {"Area": "choice", "Note": "text", "Seats": "number", "Budget": "money", "Due": "date", "Sure": "yes_no"}
EUROS = {"amount_minor": 500_000, "currency": "EUR"}
ACORN = {
    "area": "Rhineland",
    "note": "Robots & more",
    "seats": 12.5,
    "budget": EUROS,
    "due": "2025-02-10",
    "sure": True,
}
BIRCH = {"area": "Bavaria", "note": "2025-02-30", "seats": 7, "sure": False}
FIELD_IDS = {name.lower(): new_id() for name in KINDS}

Find = Callable[..., str]
Tell = Callable[..., str]


@pytest.fixture
def field(hear: Any) -> Callable[..., None]:
    def tell(key: str, version: int = 1, **changes: Any) -> None:
        told = {"key": key, "label": key.title(), "kind": KINDS[key.title()], "archived": False, "removed": False}
        hear("deal_field.set", field_id=FIELD_IDS[key], version=version, **told | changes)

    return tell


@pytest.fixture
def deal(hear: Any, ids: dict[str, str]) -> Tell:
    """``deal("Acorn", {"area": …})``: it is told, and its id."""

    def tell(
        name: str, custom: Any, kind: str = "deal.changed", version: int = 1, deal_id: str | None = None, **more: Any
    ) -> str:
        deal_id = deal_id or new_id()
        texts = ", ".join(custom[key] for key in sorted(custom) if isinstance(custom[key], str)) or None
        told = {"client_id": ids[name], "deal_id": deal_id, "deal_name": "Ovens", "custom_text": texts} | more
        hear(kind, **told, custom=custom, version=version)
        return deal_id

    return tell


@pytest.fixture
def ids(new_client: Any) -> dict[str, str]:
    return {name: new_client(JOHN.id, company_name=name)["id"] for name in ("Acorn", "Birch", "Cedar")}


@pytest.fixture
def told(field: Any, deal: Tell) -> dict[str, str]:
    """Fields of each kind, and two deals with values, by their clients."""
    for key in FIELD_IDS:
        field(key)
    return {"Acorn": deal("Acorn", ACORN), "Birch": deal("Birch", BIRCH), "none": deal("Birch", {})}


@pytest.fixture
def find(clients: Any) -> Find:
    def ask(key: str, op: str, value: Any = None, who: Any = JOHN) -> str:
        node = {"field": f"deal.custom.{key}", "op": op, "value": value}
        found = clients.as_(who).list_clients(filters={"where": {"all": [node]}}, sort="company_name")
        assert found["total"] == len(found["items"])
        return " ".join(row["company_name"] for row in found["items"])

    return ask


def named(clients: Any, q: str) -> list[tuple[str, str]]:
    rows = clients.as_(JOHN).list_clients(filters={"q": q})["items"]
    hits = [hit for row in rows for hit in row["hits"]]
    return [(hit["own"]["of"], hit["own"]["label"]) if "own" in hit else (hit["field"], "") for hit in hits]


@pytest.mark.usefixtures("told")
def test_values_of_every_kind_are_asked_for(find: Find) -> None:
    expected = [
        ("area", "is", "rhineland", "Acorn"),
        ("area", "any_of", ["Rhineland", "Bavaria"], "Acorn Birch"),
        ("area", "is_not", "Rhineland", "Birch Cedar"),
        ("area", "empty", None, "Cedar"),
        ("area", "not_empty", None, "Acorn Birch"),
        ("note", "contains", "robot", "Acorn"),
        ("note", "is", "2025-02-30", "Birch"),
        ("seats", "gt", 7, "Acorn"),
        ("seats", "between", [7, 12], "Birch"),
        ("seats", "is", {"number": "12.50"}, "Acorn"),
        ("budget", "gte", EUROS, "Acorn"),
        ("budget", "gte", EUROS | {"currency": "USD"}, ""),
        ("due", "lt", "2025-03-01", "Acorn"),
        ("due", "empty", None, "Birch Cedar"),
        ("sure", "is", False, "Birch"),
        ("sure", "is_not", False, "Acorn Cedar"),
    ]
    assert [find(key, op, value) for key, op, value, _ in expected] == [found for *_, found in expected]
    assert find("area", "is", "Rhineland", ADMIN) == "Acorn" and find("area", "is", "Rhineland", JESSICA) == ""


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    ("key", "op", "value", "at_fault"),
    [
        ("colour", "is", "red", "field"),
        ("area", "is", "Mars", "value"),
        ("area", "gt", "2025-01-01", "op"),
        ("seats", "is", "many", "value"),
        ("due", "is", "soon", "value"),
        ("sure", "gt", True, "op"),
    ],
)
def test_what_no_deal_could_hold_is_refused_at_its_place(
    find: Find, key: str, op: str, value: Any, at_fault: str
) -> None:
    with pytest.raises(Invalid) as refused:
        find(key, op, value)
    assert refused.value.field == f"where.all[0].{at_fault}"


def test_conditions_on_deals_stand_beside_others_in_groups(clients: Any, told: dict[str, str]) -> None:
    either = {
        "any": [
            {"field": "deal.custom.seats", "op": "gt", "value": 10},
            {"field": "company_name", "op": "is", "value": "cedar"},
        ]
    }
    where = {"all": [either, {"field": "status", "op": "is", "value": "prospect"}]}
    found = clients.as_(JOHN).list_clients(filters={"where": where}, sort="company_name")
    assert [row["company_name"] for row in found["items"]] == ["Acorn", "Cedar"]


def test_the_newest_word_on_a_deal_counts(told: dict[str, str], deal: Tell, find: Find) -> None:
    deal("Acorn", {"area": "Bavaria"}, version=3, deal_id=told["Acorn"])
    deal("Acorn", {"area": "Rhineland"}, version=2, deal_id=told["Acorn"])
    assert find("area", "is", "Rhineland") == "" and find("seats", "gt", 7) == ""
    deal("Acorn", ACORN, "deal.removed", version=4, deal_id=told["Acorn"])
    assert find("area", "not_empty") == "Birch"


def test_a_message_from_before_deals_told_them_takes_nothing_away(
    ids: dict[str, str], told: dict[str, str], runtime: Any, find: Find
) -> None:
    message = envelope("deal.changed", client_id=ids["Acorn"], deal_id=told["Acorn"], version=9)
    del message.data["custom"]
    with runtime.database.unit_of_work(Context(actor=ADMIN)) as uow:
        reactions.on_deal_state(uow, message.read(DealChanged), message)
    assert find("area", "is", "Rhineland") == "Acorn"


def test_the_newest_word_on_a_field_counts(told: dict[str, str], field: Any, find: Find, clients: Any) -> None:
    field("area", version=3, label="Region", archived=True)
    field("area", version=2, label="Zone")
    assert find("area", "is", "Rhineland") == "Acorn" and named(clients, "rhineland") == [("deal", "Region")]
    field("area", version=4, removed=True)
    field("area", version=3)
    with pytest.raises(Invalid):
        find("area", "is", "Rhineland")


def test_a_value_may_come_before_its_field(deal: Tell, field: Any, find: Find, clients: Any) -> None:
    deal("Cedar", {"due": "2025-02-10"})
    with pytest.raises(Invalid):
        find("due", "is", "2025-02-10")
    assert named(clients, "2025-02-10") == [("custom", "")]
    field("due")
    assert find("due", "is", "2025-02-10") == "Cedar" and named(clients, "2025-02-10") == [("deal", "Due")]


def test_they_go_with_a_merge_and_back(clients: Any, ids: dict[str, str], told: dict[str, str], find: Find) -> None:
    made = clients.as_(JOHN).merge_clients(client_id=ids["Cedar"], other_id=ids["Acorn"])
    assert find("area", "is", "Rhineland") == "Cedar"
    clients.as_(JOHN).undo_change_set(change_set_id=made["change_set_id"])
    assert find("area", "is", "Rhineland") == "Acorn"


class Deals:
    """The deals service, as it was before clients listened: two pages of values."""

    def __init__(self, values: dict[str, dict[str, Any]]) -> None:
        self._items = [{"deal_id": deal_id, **each} for deal_id, each in values.items()]

    def fields(self) -> list[dict[str, Any]]:
        kept = {"options": ["Rhineland", "Bavaria"], "position": 1, "archived": False, "version": 1}
        return [{"id": FIELD_IDS["area"], "key": "area", "label": "Area", "kind": "choice", "entity": "deal", **kept}]

    def values(self, cursor: str | None) -> dict[str, Any]:
        if cursor is None:
            return {"items": self._items[:1], "next_cursor": "1"}
        return {"items": self._items[1:], "next_cursor": None}


def read_all(runtime: Any, deals: Deals) -> int:
    """Read as the worker does, job by job; how many there were."""
    with runtime.database.unit_of_work(Context(actor=ADMIN)) as uow:
        deal_fields.EVERY_FEW_HOURS.run(uow, datetime.now(UTC))
    runner = JobRunner("clients", runtime.database, {deal_fields.JOB: deal_fields.reading(lambda: deals)})
    return sum(1 for _ in iter(runner.run_one, False))


def test_what_was_there_before_is_read(ids: dict[str, str], hear: Any, runtime: Any, find: Find) -> None:
    deal_ids = {name: new_id() for name in ("Acorn", "Birch", "Cedar")}
    for name, deal_id in deal_ids.items():
        hear("deal.created", client_id=ids[name], deal_id=deal_id, custom=None, version=2)
    known = {
        deal_ids["Acorn"]: {"custom": {"area": "Rhineland"}, "version": 2},
        # What we were told since is newer than what is read, and what is read may be newer than what we were told.
        deal_ids["Birch"]: {"custom": {"area": "Rhineland"}, "version": 1},
        deal_ids["Cedar"]: {"custom": {"area": "Bavaria"}, "version": 3},
        new_id(): {"custom": {"area": "Rhineland"}, "version": 1},
    }
    assert read_all(runtime, Deals(known)) == 2
    assert (find("area", "is", "Rhineland"), find("area", "is", "Bavaria")) == ("Acorn", "Cedar")
