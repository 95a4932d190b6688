"""What a person changed in a draft: the drafted words against those that stand there now. Pure."""

from __future__ import annotations

import difflib
import re
from typing import Literal, TypedDict


class Piece(TypedDict):
    """A stretch of text that both have, or that one of the two has."""

    kind: Literal["same", "removed", "added"]
    text: str


def difference(before: str, after: str) -> list[Piece]:
    """The pieces in order: all but the added make ``before``, all but the removed make ``after``."""
    old, new = _words(before), _words(after)
    pieces: list[Piece] = []
    for tag, first, last, start, stop in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append({"kind": "same", "text": "".join(old[first:last])})
            continue
        if first < last:
            pieces.append({"kind": "removed", "text": "".join(old[first:last])})
        if start < stop:
            pieces.append({"kind": "added", "text": "".join(new[start:stop])})
    return pieces


def _words(text: str) -> list[str]:
    return re.findall(r"\s+|[^\s]+", text)
