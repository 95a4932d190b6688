"""The official client against the Gemini stand-in."""

from __future__ import annotations

from typing import Any, Literal

import pytest
import requests
from google import genai
from google.genai import errors, types
from pydantic import BaseModel, Field

from tests.sandbox.conftest import GEMINI_KEY, Sandbox

MODEL = "gemini-2.5-flash"
PROMPT = "Acme wants an online shop with search.\nBudget is 60,000 USD. The launch is in spring."


class Insight(BaseModel):
    title: str = Field(max_length=40)
    weight: float = Field(ge=0.5, le=0.9)


class Analysis(BaseModel):
    ai_score: int = Field(ge=0, le=100)
    risk: Literal["low", "medium", "high"]
    summary: str
    insights: list[Insight] = Field(min_length=2, max_length=4)
    note: str | None = None


@pytest.fixture
def client(sandbox: Sandbox) -> genai.Client:
    return genai.Client(api_key=GEMINI_KEY, http_options=types.HttpOptions(base_url=sandbox.gemini, timeout=5000))


def ask(client: genai.Client, prompt: str = PROMPT) -> types.GenerateContentResponse:
    config = types.GenerateContentConfig(
        response_mime_type="application/json", response_schema=Analysis, system_instruction="You judge deals."
    )
    return client.models.generate_content(model=MODEL, contents=prompt, config=config)


def script(sandbox: Sandbox, *answers: dict[str, Any]) -> None:
    sandbox.behave(sandbox.gemini, answers=list(answers))


def test_structured_output_is_parsed_and_deterministic(sandbox: Sandbox, client: genai.Client) -> None:
    first, second, other = ask(client), ask(client), ask(client, "Another brief entirely")
    assert isinstance(first.parsed, Analysis) and first.parsed == second.parsed and first.parsed != other.parsed
    assert first.parsed.risk == "low" and first.parsed.summary in PROMPT
    assert first.candidates and first.candidates[0].finish_reason == types.FinishReason.STOP
    assert first.usage_metadata and first.usage_metadata.total_token_count
    asked = requests.get(f"{sandbox.gemini}/_sandbox/requests", timeout=5).json()[-3]
    assert asked["body"]["contents"][0]["parts"][0]["text"] == PROMPT and asked["model"] == MODEL


def test_json_schema_with_references_works_too(client: genai.Client) -> None:
    config = types.GenerateContentConfig(
        response_mime_type="application/json", response_json_schema=Analysis.model_json_schema()
    )
    answer = client.models.generate_content(model=MODEL, contents=PROMPT, config=config)
    assert answer.text and Analysis.model_validate_json(answer.text).insights


def test_plain_text_comes_without_a_schema(client: genai.Client) -> None:
    assert "Acme" in (client.models.generate_content(model=MODEL, contents=PROMPT).text or "")


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        ("safety", "partial", "SAFETY"),
        ("safety_empty", None, "SAFETY"),
        ("prompt_blocked", None, None),
        ("empty_candidates", None, None),
        ("no_candidates", None, None),
        ("max_tokens", "partial", "MAX_TOKENS"),
        ("max_tokens_empty", None, "MAX_TOKENS"),
        ("not_json", "partial", "STOP"),
        ("other_shape", "partial", "STOP"),
        ("empty_text", "", "STOP"),
        ("malformed_content", None, "STOP"),
        ("recitation", None, "RECITATION"),
    ],
)
def test_bad_answers_look_as_the_real_ones(
    sandbox: Sandbox, client: genai.Client, kind: str, text: str | None, reason: str | None
) -> None:
    script(sandbox, {"kind": kind})
    answer = ask(client)
    assert answer.parsed is None
    assert answer.text if text == "partial" else answer.text == text
    found = answer.candidates[0].finish_reason if answer.candidates else None
    assert (found.name if found else None) == reason
    assert ask(client).parsed is not None  # one scripted answer serves one request


@pytest.mark.filterwarnings("ignore:A_REASON_OF_TOMORROW")
def test_thoughts_and_unknown_reasons_do_not_hide_the_answer(sandbox: Sandbox, client: genai.Client) -> None:
    script(sandbox, {"kind": "thought"}, {"kind": "unknown_enum"}, {"json": {"ai_score": 1}}, {"text": "Hello"})
    thoughtful = ask(client)
    assert thoughtful.parsed is not None and "think" not in (thoughtful.text or "")
    assert (ask(client).text or "").startswith("{")
    assert ask(client).text == '{"ai_score": 1}'
    assert ask(client).text == "Hello"


def test_quota_says_how_long_to_wait(sandbox: Sandbox, client: genai.Client) -> None:
    script(sandbox, {"kind": "quota", "retry_seconds": 7, "per": "day"})
    with pytest.raises(errors.ClientError) as caught:
        ask(client)
    assert (caught.value.code, caught.value.status) == (429, "RESOURCE_EXHAUSTED")
    quota, retry = caught.value.details["error"]["details"]
    assert "PerDay" in quota["violations"][0]["quotaId"] and retry["retryDelay"] == "7s"


def test_failures_keys_and_models(sandbox: Sandbox, client: genai.Client) -> None:
    sandbox.behave(sandbox.gemini, fail_next=1, default={"kind": "unavailable"})
    for _ in range(2):
        with pytest.raises(errors.ServerError) as down:
            ask(client)
        assert down.value.code == 503
    wrong = genai.Client(api_key="wrong", http_options=types.HttpOptions(base_url=sandbox.gemini))
    with pytest.raises(errors.ClientError) as refused:
        ask(wrong)
    assert refused.value.code == 400 and "API_KEY_INVALID" in str(refused.value.details)
    url = f"{sandbox.gemini}/v1beta/models/{MODEL}:generateContent"
    assert requests.post(url, json={}, timeout=5).status_code == 403
    with pytest.raises(errors.ClientError) as unknown:
        client.models.generate_content(model="palm-1", contents="x")
    assert unknown.value.code == 404
    assert (
        requests.post(url, json={"contents": ["x"]}, headers={"x-goog-api-key": GEMINI_KEY}, timeout=5).status_code
        == 400
    )


def test_a_slow_answer_runs_into_the_clients_timeout(sandbox: Sandbox) -> None:
    script(sandbox, {"text": "late", "delay_ms": 1000})
    options = types.HttpOptions(base_url=sandbox.gemini, timeout=200)
    hurried = genai.Client(api_key=GEMINI_KEY, http_options=options)  # a client nobody holds closes itself mid-call
    with pytest.raises(Exception, match="timed out"):
        hurried.models.generate_content(model=MODEL, contents="x")
    bad = requests.post(f"{sandbox.gemini}/_sandbox/behaviour", json={"answers": [{"kind": "typo"}]}, timeout=5)
    assert bad.status_code == 400


def test_a_model_can_be_looked_up(sandbox: Sandbox, client: genai.Client) -> None:
    model = client.models.get(model=MODEL)
    assert (model.name, model.supported_actions) == (f"models/{MODEL}", ["generateContent"])
    with pytest.raises(errors.ClientError) as unknown:
        client.models.get(model="palm-1")
    assert unknown.value.code == 404
    stranger = genai.Client(
        api_key="someone else's", http_options=types.HttpOptions(base_url=sandbox.gemini, timeout=5000)
    )
    with pytest.raises(errors.ClientError) as refused:
        stranger.models.get(model=MODEL)
    assert refused.value.code == 400
