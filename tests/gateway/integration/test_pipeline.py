"""The pipeline's routes: what they ask the deals service, and how its answers leave."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from libs.common.ids import new_id
from libs.common.problems import Invalid
from tests.gateway.conftest import problem

ITEMS = {"items": [{"stage": "lead", "weight": 33, "default": 10}]}


def test_totals_have_the_lists_filters_and_major_units(http: Any, bearer: Any, rpc: Any) -> None:
    values = [{"currency": "USD", "value_minor": 123_456, "weighted_minor": 50}]
    rpc.answers["deals.totals"] = {"count": 3, "values": values}
    query = "stage=open&stage=won&owner_id=none&created_from=2025-01-01&closed_to=2025-02-01&q=chat"
    answer = http.get(f"/api/v1/deals/totals?{query}", headers=bearer("sales"))
    assert answer.status_code == 200
    assert orjson.loads(answer.data) == {"count": 3, "values": [{"currency": "USD", "value": 1234.56, "weighted": 0.5}]}
    filters = {"stage": ["open", "won"], "owner_id": "none", "created_from": "2025-01-01", "closed_to": "2025-02-01"}
    assert rpc.last("deals.totals").arguments == {"filters": filters | {"q": "chat"}}
    problem(http.get("/api/v1/deals/totals?sort=stage", headers=bearer("sales")), 422, "sort")
    problem(http.get("/api/v1/deals/totals?stage=closed", headers=bearer("sales")), 422)
    problem(http.get("/api/v1/deals/totals"), 401)


def test_a_board_may_be_asked_for_fewer_cards(http: Any, bearer: Any, rpc: Any) -> None:
    rpc.answers["deals.board"] = {"columns": []}
    assert http.get("/api/v1/deals/board?limit=5&tag=vip", headers=bearer()).status_code == 200
    assert rpc.last("deals.board").arguments == {"limit": 5, "filters": {"tag": "vip"}}
    assert http.get("/api/v1/deals/board", headers=bearer()).status_code == 200
    assert rpc.last("deals.board").arguments == {"limit": None, "filters": {}}
    problem(http.get("/api/v1/deals/board?limit=0", headers=bearer()), 422, "limit")


def test_deals_are_filtered_by_the_new_names_too(http: Any, bearer: Any, rpc: Any) -> None:
    rpc.answers["deals.list_deals"] = {"items": [], "next_cursor": None, "total": 0}
    address = "/api/v1/deals?stage=open&sort=-stage_since&closed_from=2025-01-01"
    assert http.get(address, headers=bearer()).status_code == 200
    filters = {"stage": ["open"], "closed_from": "2025-01-01"}
    assert rpc.last("deals.list_deals").arguments == {"sort": "-stage_since", "filters": filters}


@pytest.mark.parametrize("role", ["admin", "sales", "finance", "manager"])
def test_everybody_reads_the_weights_and_an_admin_sets_them(http: Any, bearer: Any, rpc: Any, role: str) -> None:
    rpc.answers["deals.stage_weights"] = rpc.answers["deals.set_stage_weights"] = ITEMS
    headers = bearer(role)
    assert http.get("/api/v1/settings/stage-weights", headers=headers).json == ITEMS
    answer = http.patch("/api/v1/settings/stage-weights", json={"lead": 33, "proposal": None}, headers=headers)
    if role != "admin":
        problem(answer, 403)
        assert [call.method for call in rpc.asked] == ["deals.stage_weights"]
        return
    assert (answer.status_code, answer.json) == (200, ITEMS)
    assert rpc.last("deals.set_stage_weights").arguments == {"weights": {"lead": 33}}


@pytest.mark.parametrize("body", [{"lead": 101}, {"lead": -1}, {"lead": "10"}, {"lead": True}, {"lead": 1.5}])
def test_what_is_no_weight_is_refused_here(http: Any, bearer: Any, rpc: Any, body: dict[str, Any]) -> None:
    problem(http.patch("/api/v1/settings/stage-weights", json=body, headers=bearer("admin")), 422, "lead")
    problem(http.patch("/api/v1/settings/stage-weights", json={"open": 5}, headers=bearer("admin")), 422, "open")
    assert rpc.asked == []


def test_what_the_service_refuses_is_named(http: Any, bearer: Any, rpc: Any) -> None:
    rpc.answers["deals.set_stage_weights"] = Invalid("won always counts 100 %", field="won")
    problem(http.patch("/api/v1/settings/stage-weights", json={"won": 90}, headers=bearer("admin")), 422, "won")


def test_a_move_says_what_it_was_before(http: Any, bearer: Any, rpc: Any) -> None:
    rpc.answers["deals.move_stage"] = {"id": new_id(), "stage": "won", "previous_stage": "lead"}
    answer = http.post(f"/api/v1/deals/{new_id()}/stage", json={"stage": "won"}, headers=bearer())
    assert answer.json["previous_stage"] == "lead"
