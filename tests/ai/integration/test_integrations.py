"""How the provider stands, by the answers it gave, and the check that asks it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from libs.common.integrations import CheckFailed
from libs.common.problems import Forbidden, NotFound
from services.ai import wiring
from services.ai.adapters.built_in import BuiltInProvider
from services.ai.domain import ProviderProblem
from tests.ai.integration.test_analysis import Gemini, ai, gemini, runtime, submit, work
from tests.support.actors import ADMIN, FINANCE, JOHN, MANAGER, system

__all__ = ["ai", "gemini", "runtime", "work"]


def provider_of(ai: Any) -> dict[str, Any]:
    (item,) = ai.as_(ADMIN).integration_status()["items"]
    found: dict[str, Any] = item
    return found


@pytest.fixture
def keyed(runtime: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As with a key."""
    settings = runtime.settings.model_copy(update={"gemini_api_key": "AIza-secret"})
    monkeypatch.setattr(wiring, "runtime", lambda: SimpleNamespace(settings=settings, database=runtime.database))


@pytest.fixture(autouse=True)
def _provider(gemini: Gemini, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "provider", lambda: gemini)


@pytest.mark.parametrize("method", ["integration_status", "test_integration"])
def test_only_admins_may_ask(ai: Any, method: str) -> None:
    arguments = {"name": "gemini"} if method == "test_integration" else {}
    for actor in (JOHN, FINANCE, MANAGER):
        with pytest.raises(Forbidden):
            getattr(ai.as_(actor), method)(**arguments)
    for actor in (ADMIN, system("gateway")):
        assert getattr(ai.as_(actor), method)(**arguments)


def test_without_a_key_the_rules_answer(ai: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    item = provider_of(ai)
    assert (item["name"], item["configured"], item["mode"]) == ("gemini", False, "built-in")
    assert "GEMINI_API_KEY" in item["detail"] and item["last_success"] is None
    monkeypatch.setattr(wiring, "provider", BuiltInProvider)
    found = ai.as_(ADMIN).test_integration(name="gemini")
    assert found["ok"] and "built-in" in found["message"]


@pytest.mark.usefixtures("keyed")
def test_an_answer_is_a_success(ai: Any, runtime: Any, work: Any) -> None:
    assert provider_of(ai)["mode"] == "live"
    submit(runtime)
    assert provider_of(ai)["counts"]["waiting"] == 1
    work()
    item = provider_of(ai)
    assert item["last_success"].startswith("gemini-test answered in ") and item["last_success_at"]
    assert item["counts"] == {"waiting": 0, "answered_24h": 1, "stood_in_24h": 0, "failed_24h": 0}
    assert item["last_error"] is None and "AIza" not in str(item)


@pytest.mark.usefixtures("keyed")
def test_a_stand_in_is_an_error(ai: Any, runtime: Any, work: Any, gemini: Gemini) -> None:
    gemini.problems = [ProviderProblem("Gemini refused the request (403 PERMISSION_DENIED)")]
    submit(runtime)
    work()
    item = provider_of(ai)
    assert item["last_error"] == "Gemini refused the request (403 PERMISSION_DENIED)" and item["last_error_at"]
    assert item["last_success"] is None and item["counts"]["stood_in_24h"] == 1


def test_another_address_than_googles_is_a_stand_in(ai: Any, runtime: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = {"gemini_api_key": "k", "gemini_base_url": "http://127.0.0.1:1"}
    changed = runtime.settings.model_copy(update=elsewhere)
    monkeypatch.setattr(wiring, "runtime", lambda: SimpleNamespace(settings=changed))
    item = provider_of(ai)
    assert (item["mode"], item["configured"]) == ("sandbox", True) and "stand-in" in item["detail"]


def test_the_check_names_what_it_found(ai: Any, gemini: Gemini, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ai.as_(ADMIN).test_integration(name="gemini")["message"] == "Gemini answered"

    def fail() -> str:
        raise CheckFailed("Gemini does not accept this system's key (400)")

    monkeypatch.setattr(gemini, "check", fail)
    found = ai.as_(ADMIN).test_integration(name="gemini")
    assert (found["ok"], found["message"]) == (False, "Gemini does not accept this system's key (400)")
    with pytest.raises(NotFound):
        ai.as_(ADMIN).test_integration(name="stripe")
