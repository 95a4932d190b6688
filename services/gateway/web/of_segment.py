"""Lists and reports that are narrowed to the clients of a segment: what there is to choose, and what it is called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _

from libs.common.rpc.client import Call
from services.gateway.web.parts import Part


def offered() -> Call:
    """The segments a reader may choose from."""
    return Call("clients", "list_segments", {})


def one(segment_id: Any) -> Call | None:
    """The one that is chosen; None where none is, so that nobody is asked."""
    return Call("clients", "get_segment", {"segment_id": str(segment_id)}) if segment_id else None


def names(part: Part | None) -> dict[str, str]:
    """What the segments are called, by their ids; nothing where that did not come."""
    if not part:
        return {}
    return {each["id"]: each["name"] for each in part.get("items", [part.value])}


def chip(part: Part | None) -> tuple[str, Callable[[str], str]]:
    """How the filter shows among the others."""
    known = names(part)
    return _("Segment"), lambda segment_id: known.get(segment_id, "?")
