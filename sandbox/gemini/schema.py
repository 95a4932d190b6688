"""A value that fits a response schema, always the same for the same prompt.

Reads both dialects: Gemini's own (`"type": "OBJECT"`, `nullable`) and JSON Schema (`$ref`, `anyOf`, `const`).
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

Schema = dict[str, Any]

DEEPEST = 12
DEFAULT_RANGE = 100
WORDS = 12
# From this length on a string is a text of several sentences.
LONG = 5000
STACK = ("React", "FastAPI", "PostgreSQL", "Next.js", "Redis")
HOURS_REST_ON = ("features", "vision_summary", "timeline_weeks")


class Generator:
    """Draws its strings from one prompt and its numbers from the prompt's hash."""

    def __init__(self, prompt: str, root: Schema) -> None:
        self._prompt, self._root = prompt, root
        self._sentences = _sentences(prompt)

    def value(self, schema: Schema, path: str = "$", depth: int = 0) -> Any:
        """One value for a schema; optional properties are filled too, as models do."""
        schema = self._resolved(schema)
        if "const" in schema:
            return schema["const"]
        if schema.get("enum"):
            return schema["enum"][0]
        kind = _kind(schema)
        if depth > DEEPEST or kind == "null":
            return None
        if kind in ("object", "array"):
            return self._object(schema, path, depth) if kind == "object" else self._array(schema, path, depth)
        return self._scalar(schema, path, kind)

    def _scalar(self, schema: Schema, path: str, kind: str) -> Any:
        if kind == "boolean":
            return bool(self._draw(path) % 2)
        return self._number(schema, path, kind) if kind in ("integer", "number") else self._string(schema, path)

    def _resolved(self, schema: Schema) -> Schema:
        for _ in range(DEEPEST):
            if "$ref" in schema:
                found: Any = self._root
                for name in str(schema["$ref"]).removeprefix("#/").split("/"):
                    found = found.get(name, {}) if isinstance(found, dict) else {}
                schema = found
            elif choices := schema.get("anyOf") or schema.get("oneOf"):
                schema = next((entry for entry in choices if _kind(self._resolved(entry)) != "null"), choices[0])
            else:
                break
        return schema

    def _object(self, schema: Schema, path: str, depth: int) -> Schema:
        properties: Schema = schema.get("properties") or {}
        if cited := self._citation(properties, path):
            return cited
        order = [name for name in schema.get("propertyOrdering") or [] if name in properties]
        names = order + [name for name in properties if name not in order]
        return {name: self.value(properties[name], f"{path}.{name}", depth + 1) for name in names}

    def _citation(self, properties: Schema, path: str) -> Schema | None:
        """``{field, words}`` is a quote: as a careful model does, from the prompt's JSON, words that stand there."""
        if set(properties) != {"field", "words"}:
            return None
        fields = self._resolved(properties["field"]).get("enum") or []
        if "hours" in path:
            fields = [*(each for each in HOURS_REST_ON if each in fields), *fields]
        for field in fields:
            told = re.search(rf'"{re.escape(str(field))}":\s*\[?\s*("(?:[^"\\]|\\.)+")', self._prompt)
            if told:
                return {"field": field, "words": " ".join(json.loads(told[1]).split()[:WORDS])}
        return None

    def _array(self, schema: Schema, path: str, depth: int) -> list[Any]:
        least, most = int(schema.get("minItems") or 0), schema.get("maxItems")
        count = max(least, 3 if most is None else min(3, int(most)))
        items = schema.get("items")
        entry = items if isinstance(items, dict) else {}
        return [self.value(entry, f"{path}[{number}]", depth + 1) for number in range(count)]

    def _number(self, schema: Schema, path: str, kind: str) -> int | float:
        low, high = _limits(schema)
        if kind == "integer":
            first, last = -int(-low // 1), int(high // 1)
            return first + self._draw(path) % max(1, last - first + 1)
        return round(low + (high - low) * (self._draw(path) % 1000) / 999, 3)

    def _string(self, schema: Schema, path: str) -> str:
        fixed = {"date": "2026-01-15", "date-time": "2026-01-15T10:00:00Z", "email": "ada@example.com"}
        if schema.get("format") in fixed:
            return fixed[schema["format"]]
        least, most = int(schema.get("minLength") or 0), schema.get("maxLength")
        if "stack" in path:
            return STACK[self._draw(path) % len(STACK)]
        text = self._sentence(path)
        if most is not None and int(most) >= LONG:
            text = f"{text}.\n\n{self._sentence(f'{path}.2')}.\n\n{self._sentence(f'{path}.3')}."
        while len(text) < least:
            text += f" {text or 'nothing'}"
        return text if most is None else text[: int(most)]

    def _sentence(self, path: str) -> str:
        return " ".join(self._sentences[self._draw(path) % len(self._sentences)].split()[:WORDS])

    def _draw(self, path: str) -> int:
        return int.from_bytes(hashlib.sha256(f"{path}|{self._prompt}".encode()).digest()[:6], "big")


def _sentences(prompt: str) -> list[str]:
    """Plain ones: of a prompt that holds JSON those of its values, for no careful model answers with pieces of it."""
    told = [json.loads(each) for each in re.findall(r'("(?:[^"\\\n]|\\[^\n])*")(?!\s*:)', prompt) if _loads(each)]
    parts = re.split(r"[\n.!?]+", "\n".join(told) if re.search(r'"\s*:', prompt) else prompt)
    plain = [part.strip() for part in parts if not re.search(r"[{}\[\]<>\"]|[,:;]\s*$", part)]
    return [part for part in plain if len(re.findall(r"[^\W\d_]{2,}", part)) >= 2] or ["There is little to go by"]


def _loads(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _kind(schema: Schema) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((entry for entry in kind if str(entry).lower() != "null"), "null")
    if kind is None:
        kind = "object" if "properties" in schema else "array" if "items" in schema else "string"
    return str(kind).lower()


def _limits(schema: Schema) -> tuple[float, float]:
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum"))
    if low is None:
        low = 0 if high is None or float(high) >= 0 else float(high) - DEFAULT_RANGE
    if high is None:
        high = float(low) + DEFAULT_RANGE
    step = 1 if _kind(schema) == "integer" else 1e-3
    low = float(low) + (step if "minimum" not in schema and "exclusiveMinimum" in schema else 0)
    return low, float(high) - (step if "maximum" not in schema and "exclusiveMaximum" in schema else 0)
