"""One request to the API: what its handler may touch and who asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.stripe.errors import StripeError, not_found
from sandbox.stripe.params import Params
from sandbox.stripe.store import Json, Objects


@dataclass
class Call:
    """The request at hand; `root` is the address it was sent to, for links to our own pages."""

    objects: Objects
    root: str
    request_id: str | None = None
    idempotency_key: str | None = None
    events: list[Json] = field(default_factory=list)

    def get(self, kind: str, id: str) -> Json:
        """The object that the path names. Raises 404."""
        found = self.objects.get(kind, id)
        if found is None:
            raise not_found(kind, id, "intent" if kind == "payment_intent" else "id")
        return found

    def named(self, kind: str, params: Params, name: str) -> Json | None:
        """The object that a parameter names. Raises 400 when there is none of that id."""
        id = params.text(name)
        if id is None:
            return None
        found = self.objects.get(kind, id)
        if found is None:
            raise not_found(kind, id, name, status=400)
        return found

    def event(self, type: str, thing: Json, previous: Json | None = None, created: int = 0) -> Json:
        """Tell the world about an object as it is now."""
        by = {"id": self.request_id, "idempotency_key": self.idempotency_key}
        event = self.objects.event(type, thing, previous=previous, request=by, created=created)
        self.events.append(event)
        return event


@dataclass(frozen=True)
class Answer:
    """A result that is kept although it is no success: a declined card."""

    status: int
    body: Json


Handler = Callable[..., "Json | Answer"]


def expand(objects: Objects, result: Json, paths: list[str]) -> Json:
    """The result with the objects that `expand[]` names in place of their ids."""
    for path in paths:
        result = _expanded(objects, result, path.split("."), path)
    return result


def _expanded(objects: Objects, value: Any, names: list[str], path: str) -> Any:
    if not names or value is None:
        return value
    if isinstance(value, list):
        return [_expanded(objects, entry, names, path) for entry in value]
    if not isinstance(value, dict) or names[0] not in value:
        raise StripeError(400, f"This property cannot be expanded ({path}).", param="expand")
    inner = value[names[0]]
    if isinstance(inner, str):
        inner = objects.find(inner) or inner
    return {**value, names[0]: _expanded(objects, inner, names[1:], path)}
