"""Filters in groups, hits and segments over HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.gateway.integration.test_requests import problem
from tests.gateway.page_answers import CLIENT, ID, WHEN


@pytest.fixture
def john(bearer: Any) -> dict[str, str]:
    found: dict[str, str] = bearer("sales")
    return found


EMPTY = {"items": [], "next_cursor": None, "total": 0}
WHERE = {"any": [{"field": "deal_value", "op": "gt", "value": 50000.5}, {"field": "city", "op": "empty"}]}
TOLD = {"any": [{"field": "deal_value", "op": "gt", "value": 5_000_050}, {"field": "city", "op": "empty"}]}
SEGMENT: dict[str, Any] = {
    "id": ID, "name": "Big", "filters": {"where": TOLD, "q": "shop", "min_deal_value_minor": 150}, "sort": "city",
    "shared": False, "owner_id": ID, "own": True, "created_at": WHEN, "updated_at": WHEN, "version": 1,
}  # fmt: skip
SHOWN = {"where": WHERE, "q": "shop", "min_deal_value": 1.5}


def test_conditions_travel_in_the_address(http: Any, john: Any, rpc: Any) -> None:
    hit = {"field": "notes", "source_id": ID, "snippet": [{"text": "<b>", "found": True}]}
    rpc.answers["clients.list_clients"] = EMPTY | {"items": [CLIENT | {"hits": [hit]}], "fuzzy": True}
    query = {"where": json.dumps(WHERE), "q": "e-commerce OR chatbot", "fuzzy": "true"}
    answer = http.get("/api/v1/clients", query_string=query, headers=john)
    asked = rpc.last("clients.list_clients").arguments
    assert asked == {"filters": {"q": query["q"], "fuzzy": True, "where": TOLD}}
    assert (answer.json["fuzzy"], answer.json["items"][0]["hits"]) == (True, [hit])
    for wrong in ("{", "[[[", "NaN"):
        problem(http.get("/api/v1/clients", query_string={"where": wrong}, headers=john), 422, "where")
    assert http.get("/api/v1/clients", query_string={"where": "x" * 20_000}, headers=john).status_code in (414, 422)


def test_a_segment_is_saved_and_shown_in_major_units(http: Any, john: Any, rpc: Any) -> None:
    rpc.answers |= {f"clients.{name}_segment": SEGMENT for name in ("create", "update", "get")}
    rpc.answers["clients.list_segments"] = EMPTY | {"items": [SEGMENT | {"count": 5}]}
    made = http.post("/api/v1/segments", json={"name": "Big", "filters": SHOWN, "sort": "city"}, headers=john)
    assert made.status_code == 201 and made.json["filters"] == SHOWN
    told = {"name": "Big", "filters": SEGMENT["filters"], "sort": "city"}
    assert rpc.last("clients.create_segment").arguments == {"data": told}
    changes = {"filters": {"created_from": "2025-01-02"}, "shared": True, "version": 1}
    http.patch(f"/api/v1/segments/{ID}", json=changes, headers=john)
    told = {"filters": {"created_from": "2025-01-02"}, "shared": True}
    assert rpc.last("clients.update_segment").arguments == {"segment_id": ID, "changes": told, "version": 1}
    listed = http.get("/api/v1/segments?counts=true", headers=john).json["items"]
    assert listed[0]["count"] == 5 and listed[0]["filters"] == SHOWN
    assert rpc.last("clients.list_segments").arguments == {"counts": True}
    for body, field in (
        ({"name": "", "filters": {}}, "name"),
        ({"name": "x", "filters": {"colour": "red"}}, "filters.colour"),
        ({"name": "x", "filters": {"min_deal_value": "5"}}, "filters.min_deal_value"),
    ):
        problem(http.post("/api/v1/segments", json=body, headers=john), 422, field)


def test_a_list_by_its_segment(http: Any, john: Any, rpc: Any) -> None:
    rpc.answers |= {"clients.get_segment": SEGMENT, "clients.list_clients": EMPTY}
    http.get(f"/api/v1/clients?segment_id={ID}&q=other&limit=5", headers=john)
    assert rpc.last("clients.list_clients").arguments == {
        "filters": SEGMENT["filters"] | {"q": "other", "within": {"q": "shop"}}, "sort": "city", "limit": 5,
    }  # fmt: skip
    http.get(f"/api/v1/clients?segment_id={ID}&sort=company_name", headers=john)
    assert rpc.last("clients.list_clients").arguments["sort"] == "company_name"


def test_a_filter_beside_a_segment_narrows_it(http: Any, john: Any, rpc: Any) -> None:
    kept = {"status": "prospect", "q": "web", "fuzzy": True, "city": "Ulm"}
    rpc.answers |= {"clients.get_segment": SEGMENT | {"filters": kept}, "clients.list_clients": EMPTY}
    rpc.answers["clients.bulk_update"] = {"change_set_id": ID, "changed": 0, "refused": []}
    http.get(f"/api/v1/clients?segment_id={ID}&status=active&q=shop&city=Ulm", headers=john)
    narrowed = {
        "status": "active",
        "q": "shop",
        "city": "Ulm",
        "within": {"status": "prospect", "q": "web", "fuzzy": True},
    }
    assert rpc.last("clients.list_clients").arguments["filters"] == narrowed
    body = {"action": "add_tag", "value": "x", "filter": {"segment_id": ID, "status": "active"}}
    http.post("/api/v1/clients/bulk", json=body, headers=john)
    assert rpc.last("clients.bulk_update").arguments["filters"]["within"] == {"status": "prospect"}
    deep = {"where": '{"all":' * 300 + "1" + "}" * 300}
    problem(http.get("/api/v1/clients", query_string=deep, headers=john), 422, "where")
    assert http.get('/api/v1/clients?where={"field":["x"],"op":"is","value":1}', headers=john).status_code == 200


def test_by_their_owners_names(http: Any, john: Any, rpc: Any, new_user: Any) -> None:
    rpc.answers |= {"clients.get_segment": SEGMENT | {"sort": "owner"}, "clients.list_clients": EMPTY}
    admin, finance, manager = (new_user(role) for role in ("admin", "finance", "manager"))
    for query in ("sort=-owner", f"segment_id={ID}"):
        http.get(f"/api/v1/clients?{query}", headers=john)
        asked = rpc.last("clients.list_clients").arguments
        assert asked["owners"][:3] == [admin, finance, manager] and len(asked["owners"]) == 4
    http.get("/api/v1/clients?sort=status", headers=john)
    assert "owners" not in rpc.last("clients.list_clients").arguments


def test_all_that_match_conditions_are_changed(http: Any, john: Any, rpc: Any) -> None:
    changed = {"change_set_id": ID, "action": "add_tag", "status": "done", "total": 0, "done": 0, "changed": 0}
    rpc.answers["clients.bulk_update"] = changed | {"unchanged": 0, "refused": []}
    body = {"filter": {"where": WHERE, "q": "shop", "fuzzy": True}, "action": "add_tag", "value": "vip"}
    http.post("/api/v1/clients/bulk", json=body, headers=john)
    assert rpc.last("clients.bulk_update").arguments["filters"] == {"where": TOLD, "q": "shop", "fuzzy": True}
