"""Whether a sentence tells of what was or of what is to come, as far as a weekday in it needs to know. Pure."""

from __future__ import annotations

import re

_PAST = re.compile(
    r"\b(?:was|were|went|had|did|met|spoke|talked|called|came|saw|said|told|asked|wrote|sent|agreed|discussed|signed"
    r"|visited|presented|showed|got|gave|paid|took|missed|promised|mentioned|confirmed|since"
    r"|war|waren|hatte|hatten|traf|trafen|sprach|sprachen|rief|kam|sagte|schrieb|lief|gab|seit"
    r"|(?:hat|habe|haben|ist|sind|bin)\b[^.!?\n]*\b(?:ge\w+|be\w+|ver\w+|\w+ge\w+)(?:t|en))\b",
    re.IGNORECASE,
)
_FUTURE = re.compile(
    r"\b(?:will|shall|let us|let's|let’s|see you|could|can|may|would|want|wants|wanted|need|needs|until|till|by"
    r"|wird|werden|werde|können|könnte|könnten|wollen|will|möchte|möchten|soll|sollen|bis)\b|'ll\b|’ll\b",
    re.IGNORECASE,
)


def tells_of_past(text: str, place: int) -> bool:
    """Whether the part of the sentence round this place speaks of what was, and of nothing to come."""
    around = _around(text, place)
    return bool(_PAST.search(around)) and not _FUTURE.search(around)


def tells_of_future(text: str, place: int) -> bool:
    around = _around(text, place)
    return bool(_FUTURE.search(around)) and not _PAST.search(around)


def _around(text: str, place: int) -> str:
    """From the stop, comma or colon before to the one after."""
    before = re.split(r"[.!?;:,\n]", text[:place])[-1]
    return before + re.split(r"[.!?;:,\n]", text[place:])[0]
