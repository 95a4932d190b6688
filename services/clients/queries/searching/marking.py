"""Where in a text the found words stand: pieces of plain text, some of them marked. Never HTML."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

_WORD = re.compile(r"[^\W_]+")
_SPACE = re.compile(r"\s+")
# Letters that are no accented ones and are written with others, as the database's unaccent has it.
_SPELT = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i"})
_AROUND = 70
_LONGEST = 180

Needle = tuple[tuple[str, ...], bool]
"""Folded words that follow each other, and whether the last one is a beginning."""


def fold(word: str) -> str:
    """A word as the search table has it: lower case, without accents."""
    if word.isascii():
        return word.lower()
    spread = unicodedata.normalize("NFKD", word.lower().translate(_SPELT))
    return "".join(each for each in spread if not unicodedata.combining(each))


def marked(text: str, needles: Sequence[Needle]) -> list[dict[str, Any]] | None:
    """``[{text, found}]``: a stretch of the text around what was found first; None where nothing was."""
    places = _together(_places(text, needles))
    if not places:
        return None
    start, end = _stretch(text, places[0])
    pieces: list[dict[str, Any]] = []
    at = start
    for begins, ends in places:
        if begins < start or ends > end:
            continue
        pieces += [_piece(text[at:begins], found=False), _piece(text[begins:ends], found=True)]
        at = ends
    pieces.append(_piece(text[at:end], found=False))
    if start:
        pieces.insert(0, _piece("… ", found=False))
    if end < len(text):
        pieces.append(_piece(" …", found=False))
    return _joined(each for each in pieces if each["text"])


def part_marked(text: str, part: str) -> list[dict[str, Any]] | None:
    """The same for letters in the middle of a word of a short text."""
    at = text.lower().find(part.lower())
    if at < 0:
        return None
    pieces = [(text[:at], False), (text[at : at + len(part)], True), (text[at + len(part) :], False)]
    return [_piece(each, found=found) for each, found in pieces if each]


def _places(text: str, needles: Sequence[Needle]) -> list[tuple[int, int]]:
    if not text.isascii():
        return _places_of_folded(text, needles)
    # Folded it is as long as it was, so one look for each needle does.
    folded = text.lower()
    return [match.span(1) for needle in needles for match in _pattern(needle).finditer(folded)]


@functools.lru_cache(maxsize=1024)
def _pattern(needle: Needle) -> re.Pattern[str]:
    """A needle in folded text; looked ahead for, since one may begin within another."""
    words, prefix = needle
    end = r"[^\W_]*" if prefix else r"(?![^\W_])"
    return re.compile(r"(?<![^\W_])(?=(" + r"[\W_]+".join(map(re.escape, words)) + end + "))")


def _places_of_folded(text: str, needles: Sequence[Needle]) -> list[tuple[int, int]]:
    """Word by word: folded, letters may be more than they were."""
    words = [(match.start(), match.end(), fold(match.group())) for match in _WORD.finditer(text)]
    found = []
    for index in range(len(words)):
        for needle, prefix in needles:
            stretch = words[index : index + len(needle)]
            if len(stretch) == len(needle) and _is(needle, prefix, [each[2] for each in stretch]):
                found.append((stretch[0][0], stretch[-1][1]))
    return found


def _is(needle: tuple[str, ...], prefix: bool, words: list[str]) -> bool:
    if words[:-1] != list(needle[:-1]):
        return False
    return words[-1].startswith(needle[-1]) if prefix else words[-1] == needle[-1]


def _together(places: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Places in order, those that overlap as one."""
    joined: list[tuple[int, int]] = []
    for begins, ends in sorted(places):
        if joined and begins < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(ends, joined[-1][1]))
        else:
            joined.append((begins, ends))
    return joined


def _stretch(text: str, place: tuple[int, int]) -> tuple[int, int]:
    """From a word's beginning somewhat before a place to a word's end somewhat after it."""
    start = max(0, place[0] - _AROUND)
    if start:
        space = text.find(" ", start, place[0])
        start = space + 1 if space >= 0 else start
    end = min(len(text), max(place[1], start + _LONGEST))
    if end < len(text):
        space = text.rfind(" ", place[1], end)
        end = space if space >= 0 else end
    return start, end


def _piece(text: str, *, found: bool) -> dict[str, Any]:
    return {"text": _SPACE.sub(" ", text), "found": found}


def _joined(pieces: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    whole: list[dict[str, Any]] = []
    for each in pieces:
        if whole and whole[-1]["found"] == each["found"]:
            whole[-1]["text"] += each["text"]
        else:
            whole.append(each)
    return whole
