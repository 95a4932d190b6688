"""The routes for bulk changes, tasks, rates and duplicates: what they ask the service, and who may call them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from libs.common.ids import new_id
from libs.common.problems import Conflict
from tests.gateway.conftest import problem

ID = new_id()
ACTIVITY = {
    "id": ID, "client_id": ID, "type": "task", "subject": "Call", "description": "",
    "occurred_at": "2025-01-10T10:00:00Z", "due_at": None, "assignee_id": None, "done_at": None, "version": 2,
}  # fmt: skip
RATE = {
    "currency": "EUR",
    "day": "2025-01-10",
    "rate": "1.030000000001",
    "set_by": ID,
    "set_at": "2025-01-10T10:00:00Z",
}


@pytest.fixture
def john(bearer: Any) -> dict[str, str]:
    found: dict[str, str] = bearer("sales")
    return found


def test_a_bulk_change_and_its_undo(http: Any, john: Any, rpc: Any) -> None:
    made = {"change_set_id": ID, "action": "add_tag", "changed": 1, "unchanged": 0, "refused": []}
    rpc.answers["clients.bulk_update"] = made
    rpc.answers["clients.undo_change_set"] = {"change_set_id": ID, "restored": 1, "refused": []}
    body = {"ids": [ID], "action": "add_tag", "value": "vip"}
    answer = http.post("/api/v1/clients/bulk", json=body, headers=john)
    assert (answer.status_code, answer.json) == (200, made)
    assert rpc.last("clients.bulk_update").arguments == body
    answer = http.post(f"/api/v1/change-sets/{ID}/undo", headers=john)
    assert (answer.status_code, answer.json["restored"]) == (200, 1)
    assert rpc.last("clients.undo_change_set").arguments == {"change_set_id": ID}
    rpc.answers["clients.undo_change_set"] = Conflict("this change was undone already")
    problem(http.post(f"/api/v1/change-sets/{ID}/undo", headers=john), 409)
    assert http.post("/api/v1/change-sets/x/undo", headers=john).status_code == 404


def test_many_are_given_only_to_who_can_own_them(
    http: Any, bearer: Any, rpc: Any, new_user: Callable[..., str]
) -> None:
    rpc.answers["clients.bulk_update"] = {"changed": 0}
    admin = bearer("admin")
    jessica, fiona, gone = (
        new_user("sales", "j@x.example"),
        new_user("finance"),
        new_user("sales", "g@x.example", False),
    )

    def assign(value: Any, headers: Any = admin) -> Any:
        body = {"ids": [ID], "action": "assign", "value": value}
        return http.post("/api/v1/clients/bulk", json=body, headers=headers)

    assert assign(jessica).status_code == 200 and assign(None).status_code == 200
    assert rpc.last("clients.bulk_update").arguments["value"] is None
    for nobody in (fiona, gone, new_id(), "x"):
        problem(assign(nobody), 422, "value")
    problem(assign(jessica, bearer("sales")), 403)
    answer = http.post("/api/v1/clients/bulk", json={"ids": [ID], "action": "assign"}, headers=admin)
    assert answer.status_code == 200 and len(rpc.asked) == 3


def test_tasks_are_asked_for_by_their_filters(http: Any, john: Any, rpc: Any) -> None:
    rpc.answers["clients.list_tasks"] = {"items": [ACTIVITY | {"company_name": "X"}], "next_cursor": None, "total": 1}
    answer = http.get(f"/api/v1/tasks?done=false&assignee_id={ID}&due_to=2025-01-10&limit=5", headers=john)
    assert answer.status_code == 200 and answer.json["items"][0]["company_name"] == "X"
    assert rpc.last("clients.list_tasks").arguments == {
        "filters": {"done": False, "assignee_id": ID, "due_to": "2025-01-10"},
        "limit": 5,
    }
    problem(http.get("/api/v1/tasks?done=maybe", headers=john), 422, "done")


def test_an_activity_is_changed_and_a_task_given_to_somebody_who_works_here(
    http: Any, john: Any, rpc: Any, new_user: Callable[..., str]
) -> None:
    rpc.answers["clients.update_activity"] = rpc.answers["clients.log_activity"] = ACTIVITY
    fiona, gone = new_user("finance"), new_user("sales", "gone@x.example", False)
    path = f"/api/v1/activities/{ID}"
    answer = http.patch(path, json={"done": True, "assignee_id": fiona, "version": 2}, headers=john)
    assert (answer.status_code, answer.json["version"]) == (200, 2)
    changes = {"done": True, "assignee_id": fiona}
    given = {"activity_id": ID, "changes": changes, "version": 2, "assignee_role": "finance"}
    assert rpc.last("clients.update_activity").arguments == given
    new = {"type": "task", "subject": "x"}
    for nobody in (gone, new_id()):
        problem(http.patch(path, json={"assignee_id": nobody}, headers=john), 422, "assignee_id")
        body = new | {"assignee_id": nobody}
        problem(http.post(f"/api/v1/clients/{ID}/activities", json=body, headers=john), 422, "assignee_id")
    assert http.patch(path, json={"assignee_id": None}, headers=john).status_code == 200
    body = new | {"assignee_id": fiona}
    assert http.post(f"/api/v1/clients/{ID}/activities", json=body, headers=john).status_code == 201
    assert rpc.last("clients.log_activity").arguments["data"] == body


def test_a_history_is_narrowed(http: Any, john: Any, rpc: Any) -> None:
    for name in ("timeline", "list_activities"):
        rpc.answers[f"clients.{name}"] = {"items": [], "next_cursor": None, "total": 0}
    for path, name in (("timeline", "timeline"), ("activities", "list_activities")):
        query = f"types=call&types=task&deal_id={ID}&limit=3"
        assert http.get(f"/api/v1/clients/{ID}/{path}?{query}", headers=john).status_code == 200
        asked = rpc.last(f"clients.{name}").arguments
        assert asked == {"client_id": ID, "types": ["call", "task"], "deal_id": ID, "limit": 3}


def test_rates_are_exact_numbers_and_finance_sets_them(http: Any, bearer: Any, rpc: Any) -> None:
    page = {"items": [RATE], "next_cursor": None, "total": 1, "base_currency": "USD"}
    rpc.answers["clients.list_exchange_rates"] = page
    rpc.answers["clients.set_exchange_rate"] = RATE | {"deals": 2, "clients": 1}
    for role in ("admin", "finance", "sales", "manager"):
        headers = bearer(role) | {"Content-Type": "application/json"}
        listed = http.get("/api/v1/exchange-rates", headers=headers)
        assert listed.status_code == 200 and '"rate":1.030000000001' in listed.text
        assert listed.json["base_currency"] == "USD"
        body = '{"currency": "EUR", "day": "2025-01-10", "rate": 1.030000000001}'
        answer = http.post("/api/v1/exchange-rates", data=body, headers=headers)
        if role in ("admin", "finance"):
            assert answer.status_code == 200 and answer.json["deals"] == 2 and '"rate":1.030000000001' in answer.text
            asked = rpc.last("clients.set_exchange_rate").arguments
            assert asked == {"currency": "EUR", "day": "2025-01-10", "rate": "1.030000000001"}
        else:
            problem(answer, 403)


def test_duplicates_are_no_clients_id(http: Any, john: Any, rpc: Any) -> None:
    found = {"id": ID, "company_name": "TechCorp", "reasons": ["same name"], "score": 90}
    rpc.answers["clients.find_duplicates"] = {"items": [found]}
    answer = http.get(f"/api/v1/clients/duplicates?company_name=TechCorp&phone=%2B1&exclude_id={ID}", headers=john)
    assert (answer.status_code, answer.json["items"]) == (200, [found])
    asked = rpc.last("clients.find_duplicates").arguments
    assert asked == {"company_name": "TechCorp", "phone": "+1", "exclude_id": ID}


def test_the_list_takes_the_newer_filters(http: Any, john: Any, rpc: Any) -> None:
    rpc.answers["clients.list_clients"] = {"items": [], "next_cursor": None, "total": 0}
    query = "city=Ulm&source=fair&created_from=2025-01-10&sort=company_name"
    assert http.get(f"/api/v1/clients?{query}", headers=john).status_code == 200
    asked = rpc.last("clients.list_clients").arguments
    assert asked["filters"] == {"city": "Ulm", "source": "fair", "created_from": "2025-01-10"}
