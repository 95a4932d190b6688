"""The app of the Gemini port. What was asked is kept in memory, the newest thousand requests."""

from __future__ import annotations

import hmac
import re
import time
from collections import deque
from typing import Any

from flask import Flask, Response, jsonify, request

from sandbox.behaviour import Behaviour, BehaviourError, control
from sandbox.gemini.answers import KINDS, Json, Question, answer, described
from sandbox.gemini.errors import GeminiError, key_invalid, key_missing, of_status
from sandbox.settings import Settings

BEHAVIOUR: dict[str, Any] = {
    # Each answer is one of {"text"}, {"json"}, {"body", "status"?}, {"status"}, {"kind"}, with "delay_ms"? beside it.
    "answers": [],
    "default": None,
    "fail_next": 0,
    "fail_status": 503,
    "delay_ms": 0,
}
KEPT_REQUESTS = 1000
MODELS = re.compile(r"gemini-[\w.-]+")
FIELDS = {
    "contents",
    "systemInstruction",
    "generationConfig",
    "safetySettings",
    "tools",
    "toolConfig",
    "cachedContent",
    "labels",
}


class ScriptedAnswers(Behaviour):
    """Behaviour that also refuses scripted answers of no known kind."""

    def update(self, patch: Any) -> Json:
        if isinstance(patch, dict) and isinstance(patch.get("answers", []), list):
            default = patch.get("default")
            for entry in [*patch.get("answers", []), *([] if default is None else [default])]:
                _check(entry)
        return super().update(patch)


def _check(entry: Any) -> None:
    if not isinstance(entry, dict) or not entry.keys() & {"text", "json", "body", "status", "kind"}:
        raise BehaviourError('an answer is {"text"}, {"json"}, {"body", "status"?}, {"status"} or {"kind"}')
    if "kind" in entry and entry["kind"] not in KINDS:
        raise BehaviourError(f"no such kind: {entry['kind']}; known: {', '.join(sorted(KINDS))}")


class GeminiSandbox:
    """The stand-in for Gemini. Without a key in the settings any key is taken."""

    def __init__(self, settings: Settings) -> None:
        self._key = settings.gemini_api_key
        self._behaviour = ScriptedAnswers(BEHAVIOUR)
        self._requests: deque[Json] = deque(maxlen=KEPT_REQUESTS)
        self.app = Flask(__name__, static_folder=None)
        self.app.register_blueprint(control(self._behaviour))
        self.app.add_url_rule("/<any(v1, v1beta):version>/models/<call>", view_func=self._generate, methods=["POST"])
        self.app.add_url_rule("/<any(v1, v1beta):version>/models/<model>", view_func=self._describe, methods=["GET"])
        self.app.add_url_rule("/_sandbox/requests", view_func=self._show, methods=["GET"])
        self.app.add_url_rule("/_sandbox/requests", "forget", self._forget, methods=["DELETE"])
        self.app.register_error_handler(GeminiError, _refused)
        self.app.register_error_handler(404, lambda _: _refused(GeminiError(404, "Requested entity was not found.")))

    def _generate(self, version: str, call: str) -> tuple[Response, int]:
        model, _, method = call.partition(":")
        self._authenticate()
        if method != "generateContent" or not MODELS.fullmatch(model):
            raise GeminiError(
                404,
                f"models/{model} is not found for API version {version}, or is not supported for {method}.",
            )
        question = Question(model, _body())
        self._requests.append({"version": version, "model": model, "at": time.time(), "body": question.body})
        self._misbehave(model)
        scripted = self._behaviour.pop("answers") or self._behaviour.get("default")
        if scripted:
            time.sleep(float(scripted.get("delay_ms", 0)) / 1000)
        status, body = answer(question, scripted)
        return jsonify(body), status

    def _describe(self, version: str, model: str) -> Response:
        self._authenticate()
        self._misbehave(model)
        if not MODELS.fullmatch(model):
            raise GeminiError(404, f"Model is not found: models/{model} for api version {version}")
        return jsonify(described(model))

    def _misbehave(self, model: str) -> None:
        """Be late, and fail, as told."""
        time.sleep(self._behaviour.get("delay_ms") / 1000)
        if self._behaviour.take("fail_next"):
            raise of_status(self._behaviour.get("fail_status"), model)

    def _authenticate(self) -> None:
        key = request.headers.get("x-goog-api-key", "")
        if not key:
            raise key_missing()
        if self._key and not hmac.compare_digest(key.encode(), self._key.encode()):
            raise key_invalid()

    def _show(self) -> Response:
        return jsonify(list(self._requests))

    def _forget(self) -> Response:
        self._requests.clear()
        return jsonify([])


def _body() -> Json:
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        raise GeminiError(400, "Invalid JSON payload received.")
    unknown = [name for name in body if _camel(name) not in FIELDS]
    if unknown:
        raise GeminiError(400, f'Invalid JSON payload received. Unknown name "{unknown[0]}": Cannot find field.')
    contents = body.get("contents")
    if not contents:
        raise GeminiError(400, "* GenerateContentRequest.contents: contents is not specified\n")
    if not isinstance(contents, list) or not all(_is_turn(turn) for turn in contents):
        raise GeminiError(400, 'Invalid value at "contents": a list of {"role", "parts": [{"text"}]} is wanted.')
    return body


def _is_turn(turn: Any) -> bool:
    parts = turn.get("parts") if isinstance(turn, dict) else None
    return isinstance(parts, list) and all(isinstance(part, dict) for part in parts)


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


def _refused(problem: GeminiError) -> tuple[Response, int]:
    return jsonify(problem.body), problem.code
