"""Gemini through google-genai: structured output, checked before it is believed."""

from __future__ import annotations

from functools import cached_property
from typing import Any, TypeVar

import httpx2

from libs.common.integrations import CheckFailed
from services.ai.adapters.gemini_errors import fault, problem_of
from services.ai.domain import GEMINI, ProviderProblem
from services.ai.settings import AiSettings
from services.ai.tasks import Answered, Task, Tokens, Unusable

Asked = TypeVar("Asked")
Result = TypeVar("Result")

_CHECK_MILLISECONDS = 7000


class GeminiProvider:
    """Asks Gemini once; when to ask again is decided by ``asking``."""

    name = GEMINI

    def __init__(self, settings: AiSettings) -> None:
        self._settings = settings

    @property
    def model(self) -> str:
        return self._settings.gemini_model

    def answer(self, task: Task[Asked, Result], asked: Asked, *, seconds: float | None = None) -> Answered[Result]:
        answer = self._ask(task, task.prompt(asked), seconds or self._settings.gemini_timeout_seconds)
        used = _tokens(answer)
        parsed = _whole(answer, task, used)
        try:
            result = task.accept(parsed, asked)
        except Unusable as unusable:
            raise _no_use(str(unusable), used) from None
        model = answer.model_version or self.model
        return Answered(result, GEMINI, model, task.prompt_version, used.input, used.output, used.thought)

    def check(self) -> str:
        """Look the model up: that proves address, key and model, and uses no tokens."""
        from google.genai import errors
        from google.genai.types import GetModelConfig, HttpOptions

        config = GetModelConfig(http_options=HttpOptions(timeout=_CHECK_MILLISECONDS))
        try:
            self._client.models.get(model=self.model, config=config)
        except errors.APIError as error:
            raise CheckFailed(fault(error, self.model)) from None
        except httpx2.HTTPError as error:
            raise CheckFailed(f"Gemini could not be reached ({type(error).__name__})") from None
        return f"Gemini answered and has the model {self.model}"

    @cached_property
    def _client(self) -> Any:
        # Kept: the library closes its connections when a client is dropped, even in the middle of a call.
        from google import genai
        from google.genai.types import HttpOptions

        options = HttpOptions(base_url=self._settings.gemini_base_url or None)
        return genai.Client(api_key=self._settings.gemini_api_key, http_options=options)

    def _ask(self, task: Task[Any, Any], prompt: str, seconds: float) -> Any:
        from google.genai import errors
        from google.genai.types import GenerateContentConfig, HttpOptions

        config = GenerateContentConfig(
            # The library itself asks once: it would not wait as long as it is told to.
            http_options=HttpOptions(timeout=round(seconds * 1000)),
            system_instruction=task.system,
            response_mime_type="application/json",
            response_schema=task.schema,
            max_output_tokens=task.max_output_tokens,
            temperature=task.temperature,
        )
        try:
            return self._client.models.generate_content(model=self.model, contents=prompt, config=config)
        except errors.APIError as error:
            raise problem_of(error) from None
        except httpx2.HTTPError as error:  # what google-genai speaks HTTP with
            reason = f"Gemini could not be reached ({type(error).__name__})"
            raise ProviderProblem(reason, again=True, outage=True) from None


def _whole(answer: Any, task: Task[Any, Any], used: Tokens) -> Any:
    """The answer when it came to its end and has the shape asked for; half a sentence is no answer."""
    candidates = answer.candidates or []
    if not candidates:
        feedback = getattr(answer, "prompt_feedback", None)
        blocked = getattr(feedback, "block_reason", None)
        raise _no_use(f"it blocked the question, {_word(blocked)}" if blocked else "it sent none", used)
    reason = _word(candidates[0].finish_reason)
    if reason != "STOP":
        raise _no_use(f"finish reason {reason}", used)
    if not isinstance(answer.parsed, task.schema):
        raise _no_use("it has not the shape that was asked for", used)
    return answer.parsed


def _no_use(why: str, used: Tokens) -> ProviderProblem:
    return ProviderProblem(f"Gemini gave no usable answer: {why}", tokens=(used.input, used.output, used.thought))


def _word(value: Any) -> str:
    return str(getattr(value, "value", value))[:60]


def _tokens(answer: Any) -> Tokens:
    usage = answer.usage_metadata
    return Tokens(
        getattr(usage, "prompt_token_count", None),
        getattr(usage, "candidates_token_count", None),
        getattr(usage, "thoughts_token_count", None),
    )
