"""Whether words really stand in a text, whatever their case, spacing and quotation marks. Pure: no I/O."""

from __future__ import annotations

import re
import unicodedata

_ALIKE = {0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0x201E: '"', 0x2013: "-", 0x2039: "<", 0x203A: ">"}
_EDGES = " .,;:!?\"'-–•*"
_LINK = re.compile(r"(?:https?://|www\.)[^\s<>()\"']+|[\w.+-]+@[\w-]+\.[\w.-]+", re.IGNORECASE)


def plain(text: str) -> str:
    """Without what differs between two ways to write the same words."""
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_ALIKE)
    return " ".join(folded.split())


def stands_in(words: str, text: str) -> bool:
    """Whether the words stand there, beginning and ending where words do; less than two letters stand nowhere."""
    wanted = plain(words).strip(_EDGES)
    if sum(char.isalnum() for char in wanted) < 2:
        return False
    return re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", plain(text)) is not None


def foreign_links(words: str, text: str) -> list[str]:
    """Links and addresses in the words that the text does not hold."""
    known = plain(text)
    return [link for link in _LINK.findall(words) if plain(link).rstrip(".,;:") not in known]
