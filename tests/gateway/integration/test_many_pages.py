"""The list of clients: many are deleted when it was asked, what is said afterwards, and what an export is without."""

from __future__ import annotations

import html
from typing import Any

import pytest

from libs.common.ids import new_id
from services.gateway.web import toasts
from tests.gateway.integration.test_pages import token_of
from tests.gateway.page_answers import ANSWERS, ID

DEALS = "it has deals"


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[toasts.Toast]:
    """The messages for the page that comes next."""
    kept: list[toasts.Toast] = []
    monkeypatch.setattr(toasts, "keep", lambda _response, toast: kept.append(toast))
    return kept


def answered(changed: int, refused: list[dict[str, Any]], total: int | None = None) -> dict[str, Any]:
    total = changed + len(refused) if total is None else total
    counted = {"changed": changed, "unchanged": 0, "done": total, "total": total, "status": "done"}
    return {"change_set_id": ID, "action": "delete", "refused": refused, **counted}


def left(name: str | None, reason: str = DEALS) -> dict[str, Any]:
    return {"id": new_id(), "company_name": name, "reason": reason}


def test_what_is_deleted_is_asked_for_once_more(admin: Any, rpc: Any, runtime: Any, said: list[toasts.Toast]) -> None:
    rpc.answers["clients.bulk_update"] = answered(2, [])
    ids = [new_id(), new_id()]
    form = {"csrf_token": token_of(admin, runtime), "action": "delete", "ids": ids, "query": "q=wood"}
    asked = admin.post("/clients/bulk", data=form)
    assert asked.status_code == 200 and "Delete 2 clients?" in asked.text
    assert not [each for each in rpc.asked if each.method == "clients.bulk_update"]
    assert all(f'name="ids" value="{each}"' in asked.text for each in ids)
    assert 'name="sure" value="yes"' in asked.text and 'href="/clients?q=wood"' in asked.text
    assert admin.post("/clients/bulk", data=form | {"sure": "yes"}).status_code == 303
    assert rpc.last("clients.bulk_update").arguments == {"action": "delete", "value": None, "ids": ids}
    assert said == [toasts.Toast("2 clients deleted", f"/change-sets/{ID}/undo")]


def test_all_that_match_are_counted_before_they_are_deleted(admin: Any, rpc: Any, runtime: Any) -> None:
    rpc.answers["clients.list_clients"] = {"items": [], "next_cursor": None, "total": 43}
    form = {"csrf_token": token_of(admin, runtime), "action": "delete", "matching": "yes", "query": "city=Ulm&limit=9"}
    text = html.unescape(admin.post("/clients/bulk", data=form).text)
    assert "Delete 43 clients?" in text and 'name="matching" value="yes"' in text
    assert 'name="query" value="city=Ulm&limit=9"' in text
    assert rpc.last("clients.list_clients").arguments["filters"] == {"city": "Ulm"}


def test_the_list_asks_by_itself(admin: Any) -> None:
    text = admin.get("/clients").text
    assert 'id="sure"' in text and "data-how-many" in text


def test_a_reason_that_several_share_is_said_once(admin: Any, rpc: Any, runtime: Any, said: list[toasts.Toast]) -> None:
    refused = [left(name) for name in ("Ash", "Beech", "Cedar", "Elm", "Fir")] + [left(None, "it is gone")]
    form = {"csrf_token": token_of(admin, runtime), "action": "delete", "ids": [ID], "sure": "yes"}
    for total in (7, 10):
        rpc.answers["clients.bulk_update"] = answered(1, refused, total)
        admin.post("/clients/bulk", data=form)
    told = (
        "1 client deleted. 5 clients left as they were: it has deals (Ash, Beech, Cedar, 2 more)"
        ". 1 client left as it was: it is gone (?)"
    )
    assert [each.text for each in said] == [told, f"{told}. 3 more left as they were"]


def test_a_list_with_cards_says_that_its_export_is_without_them(admin: Any, rpc: Any) -> None:
    assert "of which only the card shows" not in admin.get("/clients").text
    rpc.answers["clients.list_clients"] = ANSWERS["clients.list_clients"] | {"total": 125, "cards": 12}
    assert "without the 12 of colleagues of which only the card shows" in admin.get("/clients").text
