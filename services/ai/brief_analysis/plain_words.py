"""Whether words are a plain name or a plain sentence, and not pieces of JSON or of our own question. Pure."""

from __future__ import annotations

import re

from services.ai.brief_analysis.brief import FIELDS
from services.ai.brief_analysis.prompt import ASKED, SYSTEM
from services.ai.quoting import plain

NAME_LENGTH, SENTENCE_LENGTH = 40, 300

_NAME = re.compile(r"[^\W_][\w .+\-#/]*")
_JSON = re.compile(r"[{}\[\]<>]|\"\s*:|^\s*[,:;]|[,:;]\s*$")


def is_name(text: str) -> bool:
    """Letters, digits, spaces and ``.+-#/``, at least one of them a letter, as technologies are called."""
    line = text.strip()
    lettered = any(char.isalpha() for char in line)
    return len(line) <= NAME_LENGTH and bool(_NAME.fullmatch(line)) and lettered and line.casefold() not in FIELDS


def is_sentence(text: str, *, least: int = 2) -> bool:
    """At least so many words, at most 300 characters, no marks of JSON, and nothing that our own question says."""
    line = " ".join(text.split())
    if len(line) > SENTENCE_LENGTH or _JSON.search(line) or line.count('"') % 2:
        return False
    return len(re.findall(r"[^\W\d_]{2,}", line)) >= least and not _is_ours(line)


def _is_ours(line: str) -> bool:
    said = plain(line).strip(" .,;:!?\"'")
    if said in FIELDS:
        return True
    return len(said.split()) >= 3 and any(said in plain(each) for each in (SYSTEM, ASKED))
