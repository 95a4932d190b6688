"""Filters in groups: every field and operator, on the rows each person may look through."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, text

from libs.common.ids import new_id
from libs.common.problems import Invalid
from services.clients.models import client_deals
from services.clients.models import clients as table
from services.clients.queries.matching import matching_ids
from tests.clients.integration.test_scope import MATRIX, PEOPLE
from tests.support.actors import ADMIN, JESSICA, JOHN

ZONE = "America/New_York"


def deal(runtime: Any, client_id: str, value_minor: int | None, stage: str = "lead", **more: Any) -> None:
    row = {"deal_id": new_id(), "client_id": client_id, "deal_name": "A deal", "stage": stage, "currency": "USD"}
    row |= {"value_minor": value_minor, "base_minor": value_minor, "version": 1} | more
    with runtime.database.engine.begin() as connection:
        connection.execute(insert(client_deals).values(**row))


@pytest.fixture
def four(new_client: Any, runtime: Any) -> dict[str, str]:
    made = {
        "Acorn": {"industry": "Technology", "state": "California", "tags": ["vip", "new"], "notes": "likes e-mail"},
        "Birch": {"industry": "technology", "state": "Texas", "status": "active", "email": "hi@birch.example"},
        "Cedar": {"industry": "Food", "state": "California", "tags": ["new"], "source": "fair"},
        "Dogwood": {"phone": "+1 555 0100", "status": "inactive"},
    }
    ids = {name: new_client(JOHN.id, company_name=name, **data)["id"] for name, data in made.items()}
    deal(runtime, ids["Acorn"], 6_000_000)
    deal(runtime, ids["Acorn"], 100, "won")
    deal(runtime, ids["Birch"], 5_000_000, "negotiation")
    deal(runtime, ids["Birch"], 9_000_000, "lost")
    deal(runtime, ids["Cedar"], None)
    with runtime.database.engine.begin() as connection:
        now = datetime.now(UTC)
        values = {"Acorn": (100, now - timedelta(days=3)), "Birch": (200, now - timedelta(days=40)), "Cedar": (0, None)}
        for name, (value, at) in values.items():
            # 23:59:59 on 28 February in New York
            changes = {"lifetime_value_minor": value, "last_activity_at": at, "created_at": "2025-03-01 04:59:59+00"}
            connection.execute(table.update().where(table.c.id == ids[name]).values(**changes))
        connection.execute(text("UPDATE clients SET owner_id = NULL WHERE company_name = 'Dogwood'"))
    return ids


CASES: list[tuple[str, str, Any, str]] = [
    ("company_name", "is", "ACORN", "Acorn"),
    ("company_name", "starts_with", "c", "Cedar"),
    ("company_name", "contains", "OR", "Acorn"),
    ("company_name", "contains", "%", ""),
    ("industry", "is", "technology", "Acorn Birch"),
    ("industry", "is_not", "Technology", "Cedar Dogwood"),
    ("industry", "any_of", ["FOOD", "energy"], "Cedar"),
    ("industry", "none_of", ["food"], "Acorn Birch Dogwood"),
    ("industry", "empty", None, "Dogwood"),
    ("state", "not_empty", None, "Acorn Birch Cedar"),
    ("country", "not_empty", None, ""),
    ("city", "is", "Ulm", ""),
    ("source", "is", "Fair", "Cedar"),
    ("email", "contains", "@birch", "Birch"),
    ("phone", "starts_with", "+1 555", "Dogwood"),
    ("website", "empty", None, "Acorn Birch Cedar Dogwood"),
    ("notes", "contains", "E-Mail", "Acorn"),
    ("status", "is", "prospect", "Acorn Cedar"),
    ("status", "none_of", ["prospect", "active"], "Dogwood"),
    ("tag", "is", "NEW", "Acorn Cedar"),
    ("tag", "is_not", "vip", "Birch Cedar Dogwood"),
    ("tag", "any_of", ["vip", "other"], "Acorn"),
    ("tag", "none_of", ["vip", "new"], "Birch Dogwood"),
    ("tag", "empty", None, "Birch Dogwood"),
    ("owner_id", "is", JOHN.id, "Acorn Birch Cedar"),
    ("owner_id", "is", "none", "Dogwood"),
    ("owner_id", "is", "me", ""),
    ("owner_id", "is_not", JOHN.id, "Dogwood"),
    ("owner_id", "any_of", [JOHN.id, "none"], "Acorn Birch Cedar Dogwood"),
    ("owner_id", "not_empty", None, "Acorn Birch Cedar"),
    ("created_at", "is", "2025-02-28", "Acorn Birch Cedar"),
    ("created_at", "lt", "2025-02-28", ""),
    ("created_at", "lte", "2025-02-28", "Acorn Birch Cedar"),
    ("created_at", "gt", "2025-02-28", "Dogwood"),
    ("created_at", "gte", "2025-03-01", "Dogwood"),
    ("created_at", "between", ["2025-02-01", "2025-02-28"], "Acorn Birch Cedar"),
    ("updated_at", "last_days", 1, "Acorn Birch Cedar Dogwood"),
    ("last_activity_at", "last_days", 7, "Acorn Dogwood"),
    ("last_activity_at", "not_last_days", 30, "Birch Cedar"),
    ("last_activity_at", "empty", None, "Cedar"),
    ("lifetime_value", "gt", 0, "Acorn Birch"),
    ("lifetime_value", "between", [1, 100], "Acorn"),
    ("lifetime_value", "is_not", 0, "Acorn Birch"),
    ("deal_value", "gt", 5_000_000, "Acorn Birch"),
    ("deal_value", "lte", 100, "Acorn"),
    ("deal_value", "between", [5_000_000, 5_000_000], "Birch"),
    ("deal_value", "is_not", 100, "Birch Cedar Dogwood"),
    ("deal_value", "empty", None, "Cedar Dogwood"),
    ("deal_stage", "is", "Negotiation", "Birch"),
    ("deal_stage", "none_of", ["won", "lost"], "Cedar Dogwood"),
    ("deal_stage", "empty", None, "Dogwood"),
    ("open_deals", "is", 1, "Acorn Birch Cedar"),
    ("open_deals", "lt", 1, "Dogwood"),
    ("open_deals", "is_not", 1, "Dogwood"),
    ("open_deals", "between", [0, 5], "Acorn Birch Cedar Dogwood"),
]


def listed(clients: Any, where: Any, who: Any = ADMIN, **filters: Any) -> str:
    found = clients.as_(who).list_clients(filters={"where": where} | filters, sort="company_name")
    assert found["total"] == len(found["items"])
    return " ".join(row["company_name"] for row in found["items"])


def test_each_field_and_operator(clients: Any, four: dict[str, str]) -> None:
    wrong = {}
    for field, op, value, expected in CASES:
        found = listed(clients, {"field": field, "op": op, "value": value})
        if found != expected:
            wrong[field, op, str(value)] = found
    assert wrong == {}


def test_groups_of_conditions(clients: Any, four: dict[str, str]) -> None:
    technology = {"field": "industry", "op": "is", "value": "Technology"}
    california = {"field": "state", "op": "is", "value": "California"}
    large = {"field": "deal_value", "op": "gt", "value": 5_000_000}
    assert listed(clients, {"all": [technology, california, large]}) == "Acorn"
    assert listed(clients, {"any": [technology, california]}) == "Acorn Birch Cedar"
    assert listed(clients, {"all": [large, {"any": [california, {"all": [technology]}]}]}) == "Acorn Birch"
    assert listed(clients, {"any": [technology, california]}, status="prospect") == "Acorn Cedar"
    assert listed(clients, {"field": "owner_id", "op": "is", "value": "me"}, who=JOHN) == "Acorn Birch Cedar"
    assert listed(clients, technology, within={"where": california, "status": "prospect"}) == "Acorn"
    assert listed(clients, technology, within={"where": {"field": "industry", "op": "is", "value": "Food"}}) == ""
    for within in ([], {"within": {}}, {"where": 5}):
        with pytest.raises(Invalid):
            listed(clients, technology, within=within)


@pytest.mark.parametrize("who", MATRIX)
def test_no_card_is_found_by_what_it_hides(clients: Any, world: dict[str, str], who: str) -> None:
    names = {client_id: name for name, client_id in world.items()}
    full = {name for name, access in MATRIX[who].items() if access != "card"}
    shown = {"field": "company_name", "op": "starts_with", "value": "company"}
    hidden = [
        {"field": "notes", "op": "contains", "value": "secret"},
        {"field": "state", "op": "is", "value": "secretshire"},
        {"field": "tag", "op": "is", "value": "secret"},
        {"field": "deal_value", "op": "empty", "value": None},
        {"field": "created_at", "op": "last_days", "value": 3},
    ]

    def ids(where: Any) -> set[str]:
        found = clients.as_(PEOPLE[who]).list_clients(filters={"where": where})
        assert found["total"] == len(found["items"])
        return {names[row["id"]] for row in found["items"]}

    assert ids(shown) == set(MATRIX[who])
    for each in hidden:
        # Neither by what it says nor by what it does not say.
        assert ids(each) | ids({"any": [shown, each]}) == full, each
        assert ids({"all": [shown, {"any": [each, {"field": "city", "op": "empty"}]}]}) == full


def test_what_is_done_to_all_that_match_is_done_to_no_card(clients: Any, world: dict[str, str], runtime: Any) -> None:
    names = {client_id: name for name, client_id in world.items()}
    where = {"where": {"field": "company_name", "op": "contains", "value": "company"}}
    with runtime.database.read() as session:
        ids = session.execute(matching_ids(session, JOHN, where, ZONE)).scalars()
        assert {names[each] for each in ids} == {name for name, access in MATRIX["john"].items() if access != "card"}


CUSTOM: list[tuple[str, str, Any, str]] = [
    ("tier", "is", "gold", "Acorn"),
    ("tier", "is_not", "gold", "Birch Cedar Dogwood"),
    ("tier", "any_of", ["gold", "silver"], "Acorn Birch"),
    ("tier", "contains", "OL", "Acorn"),
    ("tier", "starts_with", "si", "Birch"),
    ("tier", "empty", None, "Cedar Dogwood"),
    ("size", "gt", 12, "Acorn"),
    ("size", "is", {"number": "12.5"}, "Acorn"),
    ("size", "between", [1, 12], "Birch"),
    ("size", "none_of", [7], "Acorn Cedar Dogwood"),
    ("fee", "gte", {"amount_minor": 500, "currency": "EUR"}, "Acorn"),
    ("fee", "gte", {"amount_minor": 500, "currency": "USD"}, ""),
    ("since", "lte", "2025-03-01", "Acorn"),
    ("since", "is", "2025-03-01", "Acorn"),
    ("since", "between", ["2025-03-02", "2025-04-01"], "Birch"),
    ("since", "last_days", 3, ""),
    ("fair", "is", True, "Birch"),
    ("fair", "not_empty", None, "Acorn Birch"),
]
# What can be found in no field of the kind, with the part of the condition that is at fault.
NEVER: list[tuple[str, str, Any, str]] = [
    ("custom.nope", "is", 1, "field"),
    ("custom.nope", "empty", None, "field"),
    ("contact.custom.tier", "is", "gold", "field"),
    ("custom.hobby", "is", "sailing", "field"),
    ("custom.fair", "is", "yes", "value"),
    ("custom.fair", "contains", "x", "op"),
    ("custom.fair", "is_not", 1, "value"),
    ("custom.tier", "is", 5, "value"),
    ("custom.tier", "gt", "2025-03-01", "op"),
    ("custom.tier", "last_days", 3, "op"),
    ("custom.size", "is", "12.5", "value"),
    ("custom.size", "is", {"amount_minor": 5, "currency": "EUR"}, "value"),
    ("custom.size", "last_days", 3, "op"),
    ("custom.fee", "gt", 5, "value"),
    ("custom.since", "is", "soon", "value"),
    ("custom.since", "is", 5, "value"),
    ("custom.since", "starts_with", "2025", "op"),
    ("custom.grade", "is", "C", "value"),
    ("custom.grade", "none_of", ["A", "C"], "value"),
    ("deal_stage", "is", "bogus", "value"),
    ("deal_stage", "any_of", ["won", "bogus"], "value[1]"),
]


def test_the_company_s_own_fields(clients: Any, four: dict[str, str]) -> None:
    kinds = {"Tier": "text", "Size": "number", "Fee": "money", "Since": "date", "Fair": "yes_no"}
    for label, kind in kinds.items():
        clients.as_(ADMIN).create_custom_field(entity="client", data={"label": label, "kind": kind})
    clients.as_(ADMIN).create_custom_field(entity="contact", data={"label": "Hobby", "kind": "text"})
    choice = {"label": "Grade", "kind": "choice", "options": ["A", "B"]}
    clients.as_(ADMIN).create_custom_field(entity="client", data=choice)
    fee = {"amount_minor": 500, "currency": "EUR"}
    values: dict[str, Any] = {
        "Acorn": {"tier": "Gold", "size": 12.5, "fee": fee, "since": "2025-03-01", "fair": False, "grade": "A"},
        "Birch": {"tier": "Silver", "size": 7, "since": "2025-03-02", "fair": True, "grade": "B"},
    }
    for name, custom in values.items():
        clients.as_(ADMIN).update_client(client_id=four[name], changes={"custom": custom})
    contact = {"first_name": "Eve", "custom": {"hobby": "Sailing"}}
    clients.as_(ADMIN).create_contact(client_id=four["Cedar"], data=contact)
    wrong = {}
    for key, op, value, expected in CUSTOM:
        found = listed(clients, {"field": f"custom.{key}", "op": op, "value": value})
        if found != expected:
            wrong[key, op, str(value)] = found
    assert wrong == {}
    for name, op, value, at_fault in NEVER:
        with pytest.raises(Invalid) as refused:
            listed(clients, {"field": name, "op": op, "value": value})
        assert refused.value.field == f"where.{at_fault}", (name, op, value)
    assert listed(clients, {"field": "custom.grade", "op": "is", "value": "a"}) == "Acorn"
    assert listed(clients, {"field": "custom.grade", "op": "contains", "value": "b"}) == "Birch"
    assert listed(clients, {"field": "contact.custom.hobby", "op": "is", "value": "sailing"}) == "Cedar"
    assert listed(clients, {"field": "contact.custom.hobby", "op": "empty"}) == "Acorn Birch Dogwood"


def _nested(depth: int) -> dict[str, Any]:
    node: dict[str, Any] = {"field": "city", "op": "empty"}
    for _ in range(depth):
        node = {"all": [node]}
    return node


REFUSED: list[tuple[Any, str]] = [
    ("x", "where"),
    ([], "where"),
    ({}, "where.field"),
    ({"field": "city"}, "where.op"),
    ({"field": "city", "op": "is", "value": "x", "more": 1}, "where.more"),
    ({"all": []}, "where.all"),
    ({"all": {}}, "where.all"),
    ({"all": [], "any": []}, "where.all"),
    ({"all": [{"field": "city", "op": "empty"}, 7]}, "where.all[1]"),
    ({"any": [{"field": "password", "op": "is", "value": "x"}]}, "where.any[0].field"),
    ({"field": ["city"], "op": "is", "value": "x"}, "where.field"),
    ({"field": "city", "op": "like", "value": "x"}, "where.op"),
    ({"field": "status", "op": "contains", "value": "x"}, "where.op"),
    ({"field": "lifetime_value", "op": "empty"}, "where.op"),
    ({"field": "city", "op": "is", "value": ""}, "where.value"),
    ({"field": "city", "op": "is", "value": 5}, "where.value"),
    ({"field": "city", "op": "is", "value": "a\x00"}, "where.value"),
    ({"field": "city", "op": "any_of", "value": "x"}, "where.value"),
    ({"field": "city", "op": "any_of", "value": []}, "where.value"),
    ({"field": "city", "op": "any_of", "value": ["x", None]}, "where.value[1]"),
    ({"field": "status", "op": "is", "value": "friend"}, "where.value"),
    ({"field": "owner_id", "op": "is", "value": "john"}, "where.value"),
    ({"field": "lifetime_value", "op": "gt", "value": "5"}, "where.value"),
    ({"field": "lifetime_value", "op": "gt", "value": True}, "where.value"),
    ({"field": "lifetime_value", "op": "gt", "value": 10**30}, "where.value"),
    ({"field": "lifetime_value", "op": "between", "value": [1]}, "where.value"),
    ({"field": "lifetime_value", "op": "between", "value": [2, 1]}, "where.value"),
    ({"field": "created_at", "op": "is", "value": "soon"}, "where.value"),
    ({"field": "created_at", "op": "is", "value": "9999-12-31"}, "where.value"),
    ({"field": "created_at", "op": "last_days", "value": 0}, "where.value"),
    ({"field": "custom.X", "op": "is", "value": "x"}, "where.field"),
    ({"field": "custom.x", "op": "like", "value": "x"}, "where.op"),
    ({"field": "custom.x", "op": "is", "value": None}, "where.value"),
    ({"field": "custom.x", "op": "is", "value": {"number": "NaN"}}, "where.value"),
    ({"field": "custom.x", "op": "gt", "value": "soon"}, "where.value"),
    ({"field": "custom.x", "op": "gt", "value": True}, "where.op"),
    ({"field": "custom.x", "op": "contains", "value": 5}, "where.op"),
    ({"field": "custom.x", "op": "any_of", "value": ["x", 5]}, "where.value"),
    ({"field": "custom.x", "op": "between", "value": [5]}, "where.value"),
    ({"field": "custom.x", "op": "is", "value": {"amount_minor": "5", "currency": "EUR"}}, "where.value.amount_minor"),
    ({"field": "custom.x", "op": "is", "value": {"amount_minor": 5, "currency": 5}}, "where.value.currency"),
    (_nested(5), "where.all[0].all[0].all[0].all[0]"),
    ({"any": [{"field": "city", "op": "empty"}] * 51}, "where"),
]  # fmt: skip


@pytest.mark.parametrize(("where", "field"), REFUSED)
def test_what_does_not_fit_is_named_by_its_place(clients: Any, where: Any, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        clients.as_(JOHN).list_clients(filters={"where": where})
    assert refused.value.field == field


def test_as_deep_and_as_many_as_may_be(clients: Any, four: dict[str, str]) -> None:
    assert listed(clients, _nested(4)) == "Acorn Birch Cedar Dogwood"
    assert listed(clients, {"any": [{"field": "city", "op": "empty"}] * 50}) == "Acorn Birch Cedar Dogwood"
    assert listed(clients, None) == "Acorn Birch Cedar Dogwood"
    with pytest.raises(Invalid):
        clients.as_(JESSICA).list_clients(filters={"where": {"field": "city", "op": "is"}})
