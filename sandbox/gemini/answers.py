"""Answers of generateContent: good ones, and each kind of bad one that was seen from the real thing."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.gemini.errors import GeminiError, of_status, quota
from sandbox.gemini.schema import Generator

Json = dict[str, Any]

SAFETY_RATINGS = [
    {"category": "HARM_CATEGORY_DANGEROUS_CONTENT", "probability": "HIGH", "blocked": True},
    {"category": "HARM_CATEGORY_HARASSMENT", "probability": "NEGLIGIBLE"},
]


@dataclass(frozen=True)
class Question:
    """What was asked: the model's name and the request's body."""

    model: str
    body: Json

    @property
    def prompt(self) -> str:
        """The text of the last turn; the answer's words come from it."""
        contents = self.body.get("contents") or [{}]
        last = contents[-1] if isinstance(contents, list) else contents
        return "\n".join(part["text"] for part in last.get("parts") or [] if isinstance(part.get("text"), str))

    @property
    def config(self) -> Json:
        return self.body.get("generationConfig") or self.body.get("generation_config") or {}

    @property
    def good(self) -> str:
        """What a well-behaved model says: JSON of the wanted shape, or text."""
        schema = self.config.get("responseJsonSchema") or self.config.get("responseSchema")
        if isinstance(schema, dict):
            return json.dumps(Generator(self.prompt, schema).value(schema), ensure_ascii=False)
        words = " ".join(self.prompt.split()[:60]) or "nothing"
        if self.config.get("responseMimeType") == "application/json":
            return json.dumps({"answer": words}, ensure_ascii=False)
        return f"Here is what I understood: {words}"


def described(model: str) -> Json:
    """What models.get answers."""
    return {
        "name": f"models/{model}",
        "version": "001",
        "displayName": model.replace("-", " ").title(),
        "description": "A stand-in.",
        "inputTokenLimit": 1048576,
        "outputTokenLimit": 65536,
        "supportedGenerationMethods": ["generateContent"],
        "temperature": 1,
        "topP": 0.95,
        "topK": 64,
        "maxTemperature": 2,
        "thinking": True,
    }


def answer(question: Question, scripted: Json | None) -> tuple[int, Json]:
    """Status and body for a question, by script or as a good model would. Raises GeminiError for scripted failures."""
    if scripted is None:
        return 200, _candidate(question, [{"text": question.good}])
    if "body" in scripted:
        return int(scripted.get("status", 200)), scripted["body"]
    if "text" in scripted:
        return 200, _candidate(question, [{"text": scripted["text"]}], scripted.get("finish_reason", "STOP"))
    if "json" in scripted:
        return 200, _candidate(question, [{"text": json.dumps(scripted["json"], ensure_ascii=False)}])
    if "status" in scripted:
        raise of_status(int(scripted["status"]), question.model)
    return 200, KINDS[scripted["kind"]](question, scripted)


def _safety(question: Question, scripted: Json) -> Json:
    half = question.good[: max(1, len(question.good) // 2)]
    return _candidate(question, [{"text": half}], "SAFETY", safetyRatings=SAFETY_RATINGS)


def _safety_empty(question: Question, scripted: Json) -> Json:
    return _envelope(question, [{"finishReason": "SAFETY", "index": 0, "safetyRatings": SAFETY_RATINGS}])


def _prompt_blocked(question: Question, scripted: Json) -> Json:
    feedback = {"blockReason": "PROHIBITED_CONTENT", "safetyRatings": SAFETY_RATINGS}
    return {**_envelope(question, None), "promptFeedback": feedback}


def _empty_candidates(question: Question, scripted: Json) -> Json:
    return _envelope(question, [])


def _no_candidates(question: Question, scripted: Json) -> Json:
    return _envelope(question, None)


def _max_tokens(question: Question, scripted: Json) -> Json:
    return _candidate(question, [{"text": question.good[: max(1, len(question.good) * 2 // 3)]}], "MAX_TOKENS")


def _max_tokens_empty(question: Question, scripted: Json) -> Json:
    """A thinking model that spent its whole budget before the first word."""
    return _envelope(question, [{"content": {"role": "model"}, "finishReason": "MAX_TOKENS", "index": 0}])


def _not_json(question: Question, scripted: Json) -> Json:
    return _candidate(question, [{"text": "Sure! Here is the analysis you asked for."}])


def _other_shape(question: Question, scripted: Json) -> Json:
    return _candidate(question, [{"text": '{"unexpected": [1, 2, 3], "shape": true}'}])


def _thought(question: Question, scripted: Json) -> Json:
    return _candidate(question, [{"text": "Let me think about it.", "thought": True}, {"text": question.good}])


def _unknown_enum(question: Question, scripted: Json) -> Json:
    return _candidate(question, [{"text": question.good}], "A_REASON_OF_TOMORROW")


def _empty_text(question: Question, scripted: Json) -> Json:
    return _candidate(question, [{"text": ""}])


def _malformed_content(question: Question, scripted: Json) -> Json:
    return _envelope(question, [{"content": {}, "finishReason": "STOP", "index": 0}])


def _recitation(question: Question, scripted: Json) -> Json:
    return _envelope(question, [{"finishReason": "RECITATION", "index": 0}])


def _quota(question: Question, scripted: Json) -> Json:
    per = "Day" if scripted.get("per") == "day" else "Minute"
    raise quota(question.model, float(scripted.get("retry_seconds", 53)), per)


def _quota_untold(question: Question, scripted: Json) -> Json:
    """429 that does not say when to come back."""
    raise GeminiError(429)


def _unavailable(question: Question, scripted: Json) -> Json:
    raise GeminiError(503)


KINDS: dict[str, Callable[[Question, Json], Json]] = {
    "safety": _safety,
    "safety_empty": _safety_empty,
    "prompt_blocked": _prompt_blocked,
    "empty_candidates": _empty_candidates,
    "no_candidates": _no_candidates,
    "max_tokens": _max_tokens,
    "max_tokens_empty": _max_tokens_empty,
    "not_json": _not_json,
    "other_shape": _other_shape,
    "thought": _thought,
    "unknown_enum": _unknown_enum,
    "empty_text": _empty_text,
    "malformed_content": _malformed_content,
    "recitation": _recitation,
    "quota": _quota,
    "quota_untold": _quota_untold,
    "unavailable": _unavailable,
}


def _candidate(question: Question, parts: list[Json], reason: str = "STOP", **more: Any) -> Json:
    candidate = {"content": {"parts": parts, "role": "model"}, "finishReason": reason, "index": 0, **more}
    return _envelope(question, [candidate])


def _envelope(question: Question, candidates: list[Json] | None) -> Json:
    parts = [part for entry in candidates or [] for part in (entry.get("content") or {}).get("parts") or []]
    asked, said = _tokens(question.prompt), sum(_tokens(part.get("text", "")) for part in parts)
    thought = sum(_tokens(part.get("text", "")) for part in parts if part.get("thought"))
    usage: Json = {"promptTokenCount": asked, "totalTokenCount": asked + said}
    if said:
        usage["candidatesTokenCount"] = said - thought
    if thought:
        usage["thoughtsTokenCount"] = thought
    body: Json = {
        "usageMetadata": usage,
        "modelVersion": question.model,
        "responseId": uuid.uuid4().hex[:22],
    }
    return body if candidates is None else {"candidates": candidates, **body}


def _tokens(text: str) -> int:
    return -(-len(text) // 4)
