"""orjson as kombu's JSON: faster, and it writes dates and UUIDs as text."""

from __future__ import annotations

from typing import Any

import kombu.serialization
import orjson


def use_orjson() -> None:
    """Make nameko read and write its messages with orjson."""
    kombu.serialization.register(  # type: ignore[no-untyped-call]  # kombu has no types
        "json", _dumps, orjson.loads, content_type="application/json", content_encoding="utf-8"
    )


def _dumps(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()
