"""The ways to the outside on one page, for admins."""

from __future__ import annotations

from typing import Any

import pytest

from libs.common.integrations import Integration
from libs.common.problems import NotFound, Unavailable
from tests.gateway.conftest import ROLES, problem

NAMES = {
    "stripe": "billing",
    "smtp": "notifications",
    "whatsapp": "notifications",
    "gemini": "ai",
    "object_store": "gateway",
}


def item(name: str, **more: Any) -> dict[str, Any]:
    known: dict[str, Any] = {
        "label": name.title(),
        "configured": True,
        "mode": "live",
        "detail": "x",
        "counts": {"a": 1},
    }
    return Integration(name=name, **known | more).document()


@pytest.fixture(autouse=True)
def _services(rpc: Any) -> None:
    for service in set(NAMES.values()) - {"gateway"}:
        owned = [item(name) for name, owner in NAMES.items() if owner == service]
        rpc.answers[f"{service}.integration_status"] = {"items": owned}
    for service in NAMES.values():
        if service != "gateway":
            rpc.answers[f"{service}.test_integration"] = lambda name: {"ok": True, "message": f"{name}!", "ms": 12}


def listed(http: Any, headers: Any) -> dict[str, Any]:
    answer = http.get("/api/v1/integrations", headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


@pytest.mark.parametrize("role", ROLES)
def test_it_is_for_admins(http: Any, bearer: Any, rpc: Any, role: str) -> None:
    headers = bearer(role)
    answers = [
        http.get("/api/v1/integrations", headers=headers),
        http.post("/api/v1/integrations/stripe/test", headers=headers),
        http.post("/api/v1/integrations/object_store/test", headers=headers),
    ]
    if role == "admin":
        assert [answer.status_code for answer in answers] == [200, 200, 200]
    else:
        for answer in answers:
            problem(answer, 403)
        assert rpc.asked == []


def test_nobody_else_sees_it(http: Any) -> None:
    problem(http.get("/api/v1/integrations"), 401)
    problem(http.post("/api/v1/integrations/stripe/test"), 401)


def test_all_are_joined(http: Any, bearer: Any, rpc: Any) -> None:
    found = listed(http, bearer("admin"))
    assert {each["name"]: each["service"] for each in found["items"]} == NAMES and found["unavailable"] == []
    assert all(each["available"] and each["last_test"] is None for each in found["items"])
    assert found["items"][0]["counts"] == {"a": 1} and found["items"][0]["mode"] == "live"
    store = found["items"][-1]
    assert (store["mode"], store["configured"]) == ("built-in", False) and "folder" in store["detail"]
    assert rpc.last("billing.integration_status").context.actor.role == "admin"


def test_a_service_that_does_not_answer_shows_as_such(http: Any, bearer: Any, rpc: Any) -> None:
    rpc.answers["notifications.integration_status"] = Unavailable("notifications did not answer")
    found = listed(http, bearer("admin"))
    assert found["unavailable"] == ["notifications"]
    missing, chats = [each for each in found["items"] if not each["available"]]
    assert (chats["name"], chats["label"]) == ("whatsapp", "WhatsApp")
    assert (missing["name"], missing["label"], missing["detail"]) == (
        "smtp",
        "Mail (SMTP)",
        "notifications did not answer",
    )
    assert missing["mode"] is None and missing["configured"] is None and missing["counts"] == {}
    assert len(found["items"]) == 5


def test_a_check_is_answered_and_kept(http: Any, bearer: Any, rpc: Any) -> None:
    headers = bearer("admin")
    made = http.post("/api/v1/integrations/stripe/test", headers=headers).json
    assert (made["name"], made["ok"], made["message"], made["ms"]) == ("stripe", True, "stripe!", 12)
    rpc.answers["billing.test_integration"] = {"ok": False, "message": "Stripe is not answering", "ms": 8000}
    http.post("/api/v1/integrations/stripe/test", headers=headers)
    stripe, *others = listed(http, headers)["items"]
    assert stripe["last_test"].items() >= {"ok": False, "message": "Stripe is not answering", "ms": 8000}.items()
    assert stripe["last_test"]["at"] > made["at"] and all(each["last_test"] is None for each in others)


def test_a_check_that_could_not_be_asked_for_is_no_result(http: Any, bearer: Any, rpc: Any) -> None:
    rpc.answers["ai.test_integration"] = Unavailable("ai did not answer")
    headers = bearer("admin")
    problem(http.post("/api/v1/integrations/gemini/test", headers=headers), 503)
    assert all(each["last_test"] is None for each in listed(http, headers)["items"])


@pytest.mark.parametrize("name", ["fax", "STRIPE", "stripe%00", "billing", "whatsapps"])
def test_an_unknown_one(http: Any, bearer: Any, rpc: Any, name: str) -> None:
    problem(http.post(f"/api/v1/integrations/{name}/test", headers=bearer("admin")), 404)
    assert rpc.asked == []


def test_files_are_really_stored(http: Any, bearer: Any, runtime: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    headers, store = bearer("admin"), runtime.object_store
    kept: list[str] = []
    put = store.put
    monkeypatch.setattr(store, "put", lambda key, *rest: (kept.append(key), put(key, *rest)))
    made = http.post("/api/v1/integrations/object_store/test", headers=headers).json
    assert made["ok"] and "stored, read and deleted" in made["message"]
    with pytest.raises(NotFound):
        store.get(kept[0])
    monkeypatch.setattr(
        store, "put", lambda *_: (_ for _ in ()).throw(Unavailable("the object store is not answering"))
    )
    broken = http.post("/api/v1/integrations/object_store/test", headers=headers).json
    assert (broken["ok"], broken["message"]) == (False, "the object store is not answering")
    monkeypatch.setattr(store, "put", put)
    monkeypatch.setattr(store, "get", lambda key: b"something else")
    other = http.post("/api/v1/integrations/object_store/test", headers=headers).json
    assert not other["ok"] and "not what was stored" in other["message"]
    assert listed(http, headers)["items"][-1]["last_test"]["ok"] is False
