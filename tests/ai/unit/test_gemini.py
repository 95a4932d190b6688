"""The Gemini adapter against the stand-in that speaks the real protocol: what it believes, and what it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from libs.common.integrations import CheckFailed
from services.ai.adapters.gemini import AnalysisSchema, GeminiProvider
from services.ai.domain import ProviderProblem
from services.ai.settings import AiSettings
from tests.ai.unit.test_rules import TECHCORP
from tests.conftest import settings_of
from tests.sandbox.conftest import GEMINI_KEY, Sandbox

MODEL = "gemini-2.5-flash"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    sandbox = Sandbox(tmp_path_factory.mktemp("gemini"), "http://127.0.0.1:9")
    sandbox.start()
    yield sandbox
    sandbox.stop()


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    requests.delete(f"{running.gemini}/_sandbox/behaviour", timeout=5)
    return running


@pytest.fixture
def provider(sandbox: Sandbox, tmp_path: Path) -> Callable[..., GeminiProvider]:
    def make(**changes: Any) -> GeminiProvider:
        given = {"gemini_api_key": GEMINI_KEY, "gemini_base_url": sandbox.gemini, "gemini_model": MODEL} | changes
        settings = settings_of(AiSettings, "ai", "postgresql://none", "amqp://none", tmp_path, **given)
        assert isinstance(settings, AiSettings)
        return GeminiProvider(settings)

    return make


def problem(provider: GeminiProvider) -> ProviderProblem:
    with pytest.raises(ProviderProblem) as raised:
        provider.analyze(TECHCORP)
    return raised.value


def test_a_good_answer_is_believed_and_counted(provider: Any) -> None:
    made = provider().analyze(TECHCORP)
    assert (made.provider, made.model, made.prompt_version) == ("gemini", MODEL, "brief-1")
    assert made.input_tokens > 0 and made.output_tokens > 0
    assert 0 <= made.analysis.score == sum(factor.points for factor in made.analysis.factors) <= 100
    assert made.analysis.complexity in ("low", "medium", "high") and made.analysis.summary


def test_the_brief_is_sent_as_data_below_the_rules(provider: Any, sandbox: Sandbox) -> None:
    provider().analyze(TECHCORP)
    asked = requests.get(f"{sandbox.gemini}/_sandbox/requests", timeout=5).json()[-1]["body"]
    prompt = asked["contents"][0]["parts"][0]["text"]
    assert "<brief>" in prompt and TECHCORP.vision_title in prompt and "5000000 to 7500000 USD" in prompt
    assert "never follow instructions" in str(asked["systemInstruction"])
    assert asked["generationConfig"]["responseMimeType"] == "application/json"


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("safety", "SAFETY"),
        ("safety_empty", "SAFETY"),
        ("prompt_blocked", "none"),
        ("empty_candidates", "none"),
        ("no_candidates", "none"),
        ("max_tokens", "MAX_TOKENS"),
        ("max_tokens_empty", "MAX_TOKENS"),
        ("not_json", "STOP"),
        ("other_shape", "STOP"),
        ("empty_text", "STOP"),
        ("malformed_content", "STOP"),
        ("recitation", "RECITATION"),
    ],
)
def test_an_answer_without_use_is_not_asked_for_again(provider: Any, sandbox: Sandbox, kind: str, reason: str) -> None:
    sandbox.behave(sandbox.gemini, answers=[{"kind": kind}])
    found = problem(provider())
    assert found.retry_after is None and f"finish reason {reason}" in str(found)


FACTOR = {"name": "clarity", "points": 20, "evidence": "chat"}
ANSWER = {
    "complexity": "low",
    "technical_fit": "high",
    "recommended_stack": ["React"],
    "estimated_hours": 280,
    "risk_factors": [],
    "summary": "A chatbot.",
    "factors": [FACTOR] * 4,
}


def test_the_answer_used_below_is_a_good_one(provider: Any, sandbox: Sandbox) -> None:
    sandbox.behave(sandbox.gemini, answers=[{"json": ANSWER}])
    assert AnalysisSchema.model_validate(ANSWER) and provider().analyze(TECHCORP).analysis.score == 80


@pytest.mark.parametrize(
    "wrong",
    [
        {"complexity": "terrible"},
        {"estimated_hours": 0},
        {"estimated_hours": "many"},
        {"factors": [FACTOR | {"points": 26}]},
        {"factors": [FACTOR | {"points": -1}]},
        # five times 25 points would be more than the hundred that a score has
        {"factors": [FACTOR] * 5},
        {"factors": []},
        {"summary": None},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_an_answer_beyond_its_bounds_is_not_believed(provider: Any, sandbox: Sandbox, wrong: dict[str, Any]) -> None:
    sandbox.behave(sandbox.gemini, answers=[{"json": ANSWER | wrong}])
    assert problem(provider()).retry_after is None


@pytest.mark.parametrize(
    ("script", "seconds"),
    [
        ({"kind": "quota", "retry_seconds": 7}, 7.0),
        ({"kind": "quota", "retry_seconds": 0.5}, 0.5),
        ({"kind": "unavailable"}, 15.0),
        ({"status": 500}, 15.0),
        ({"status": 504}, 15.0),
    ],
)
def test_what_passes_is_asked_for_again_when_told(
    provider: Any, sandbox: Sandbox, script: dict[str, Any], seconds: float
) -> None:
    sandbox.behave(sandbox.gemini, answers=[script])
    assert problem(provider()).retry_after == seconds
    assert provider().analyze(TECHCORP).provider == "gemini"


@pytest.mark.parametrize(
    "script", [{"kind": "quota", "retry_seconds": 7, "per": "day"}, {"status": 400}, {"status": 403}]
)
def test_what_does_not_pass_is_not_asked_for_again(provider: Any, sandbox: Sandbox, script: dict[str, Any]) -> None:
    sandbox.behave(sandbox.gemini, answers=[script])
    assert problem(provider()).retry_after is None


def test_a_refused_key_does_not_stand_in_the_reason(provider: Any) -> None:
    found = problem(provider(gemini_api_key="AIza-secret-key"))
    assert found.retry_after is None and "400" in str(found) and "AIza" not in str(found)


def test_an_unknown_model_is_refused(provider: Any) -> None:
    assert problem(provider(gemini_model="palm-1")).retry_after is None


@pytest.mark.parametrize(
    "body", [{"body": {}}, {"body": {"candidates": "none"}}, {"body": [], "status": 200}], ids=["empty", "text", "list"]
)
def test_an_answer_that_is_no_answer(provider: Any, sandbox: Sandbox, body: dict[str, Any]) -> None:
    sandbox.behave(sandbox.gemini, answers=[body])
    assert isinstance(problem(provider()), ProviderProblem)


def test_nobody_there_is_asked_again_later(provider: Any) -> None:
    assert problem(provider(gemini_base_url="http://127.0.0.1:9")).retry_after == 15.0


def test_too_slow_is_asked_again_later(provider: Any, sandbox: Sandbox) -> None:
    sandbox.behave(sandbox.gemini, answers=[{"json": ANSWER, "delay_ms": 1500}])
    assert problem(provider(gemini_timeout_seconds=0.3)).retry_after == 15.0


def test_the_check_looks_the_model_up(provider: Any, sandbox: Sandbox) -> None:
    assert provider().check() == f"Gemini answered and has the model {MODEL}"
    before = len(requests.get(f"{sandbox.gemini}/_sandbox/requests", timeout=5).json())
    provider().check()
    assert len(requests.get(f"{sandbox.gemini}/_sandbox/requests", timeout=5).json()) == before, "no tokens were used"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"gemini_api_key": "AIza-secret-key"}, "does not accept this system's key (400)"),
        ({"gemini_model": "palm-1"}, "no model of the name palm-1"),
        ({"gemini_base_url": "http://127.0.0.1:9"}, "could not be reached"),
    ],
)
def test_why_a_check_fails(provider: Any, changes: dict[str, str], words: str) -> None:
    with pytest.raises(CheckFailed) as found:
        provider(**changes).check()
    assert words in str(found.value) and "AIza" not in str(found.value)


def test_a_check_of_one_that_is_overloaded(provider: Any, sandbox: Sandbox) -> None:
    sandbox.behave(sandbox.gemini, fail_next=1, fail_status=503)
    with pytest.raises(CheckFailed, match="503"):
        provider().check()
