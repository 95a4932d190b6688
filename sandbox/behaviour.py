"""What a stand-in was told to do wrong. Kept in memory: a restarted sandbox behaves well again."""

from __future__ import annotations

import copy
import threading
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, request

Json = dict[str, Any]


class BehaviourError(Exception):
    """A behaviour that does not exist, or a value of the wrong type."""


class Behaviour:
    """A tree of switches and counters. The defaults say which exist and of which type their values are.

    A counter (`fail_next: 3`) is used up by `take`; None in the defaults takes any value.
    """

    def __init__(self, defaults: Mapping[str, Any]) -> None:
        self._defaults = dict(defaults)
        self._lock = threading.Lock()
        self._state: Json = copy.deepcopy(self._defaults)

    def update(self, patch: Any) -> Json:
        """Merge a patch and answer the new state. Raises BehaviourError and changes nothing when it does not fit."""
        with self._lock:
            self._state = _merged(self._defaults, self._state, patch, "")
            return copy.deepcopy(self._state)

    def snapshot(self) -> Json:
        """The state now; counters show what is left."""
        with self._lock:
            return copy.deepcopy(self._state)

    def reset(self) -> Json:
        """Back to good behaviour."""
        with self._lock:
            self._state = copy.deepcopy(self._defaults)
            return copy.deepcopy(self._state)

    def get(self, *path: str) -> Any:
        """One value, for example `get("webhooks", "paused")`."""
        with self._lock:
            return copy.deepcopy(_at(self._state, path))

    def take(self, *path: str) -> bool:
        """Count one down; False when nothing is left."""
        with self._lock:
            parent = _at(self._state, path[:-1])
            if parent[path[-1]] <= 0:
                return False
            parent[path[-1]] -= 1
            return True

    def pop(self, *path: str) -> Any:
        """Take the first entry of a list; None when it is empty."""
        with self._lock:
            queue = _at(self._state, path)
            return queue.pop(0) if queue else None


def _at(tree: Json, path: tuple[str, ...]) -> Any:
    found: Any = tree
    for name in path:
        found = found[name]
    return found


def _merged(defaults: Json, state: Json, patch: Any, where: str) -> Json:
    if not isinstance(patch, dict):
        raise BehaviourError(f"{where or 'the body'} must be a JSON object")
    result = dict(state)
    for name, value in patch.items():
        path = f"{where}.{name}" if where else name
        if name not in defaults:
            raise BehaviourError(f"no such behaviour: {path}; known: {', '.join(sorted(defaults))}")
        result[name] = _checked(defaults[name], state[name], value, path)
    return result


def _checked(default: Any, current: Any, value: Any, path: str) -> Any:
    if default is None:
        return copy.deepcopy(value)
    if isinstance(default, dict):
        return _merged(default, current, value, path)
    if isinstance(default, bool) or isinstance(value, bool):
        fits = isinstance(default, bool) and isinstance(value, bool)
    elif isinstance(default, int | float):
        fits = isinstance(value, int | float if isinstance(default, float) else int) and value >= 0
    else:
        fits = isinstance(value, type(default))
    if not fits:
        raise BehaviourError(f"{path} must be like {default!r}")
    return copy.deepcopy(value)


def control(behaviour: Behaviour) -> Blueprint:
    """`/_sandbox/behaviour` (GET, POST, DELETE) and `/health`, the same on every port."""
    routes = Blueprint("control", __name__)

    @routes.get("/health")
    def health() -> Response:
        return jsonify(status="ok")

    @routes.get("/_sandbox/behaviour")
    def show() -> Response:
        return jsonify(behaviour.snapshot())

    @routes.post("/_sandbox/behaviour")
    def change() -> Response | tuple[Response, int]:
        try:
            return jsonify(behaviour.update(request.get_json(force=True, silent=True)))
        except BehaviourError as problem:
            return jsonify(error=str(problem)), 400

    @routes.delete("/_sandbox/behaviour")
    def forget() -> Response:
        return jsonify(behaviour.reset())

    return routes
