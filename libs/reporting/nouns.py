"""What a number in a sentence counts, English and German: the one place that says which words name which thing."""

from __future__ import annotations

import re

NOUNS = {
    "deals": r"deals?|opportunit(?:y|ies)|geschäfte?n?|abschlüsse?n?",
    "invoices": r"invoices?|bills?|rechnung(?:en)?",
    "meetings": r"meetings?|appointments?|termine?n?|besprechung(?:en)?",
    "unanswered": r"inquir(?:y|ies)|enquir(?:y|ies)|messages?|clients?|conversations?|anfragen?|nachrichten?|kunden?",
    "tasks": r"tasks?|to-?dos?|aufgaben?",
}
# A pattern with a group of each thing's name.
NAMED = "|".join(rf"(?P<{name}>\b(?:{words})\b)" for name, words in NOUNS.items())
# A noun stands within so many words after its number, and before the next comma.
_NEAR = re.compile(r"[\s-]*((?:[^\s.,;:()]+[\s-]+){0,3}[^\s.,;:()]+)")


def words_after(text: str) -> str:
    """Of what follows a number, the words that may say what it counts; "" where there are none."""
    near = _NEAR.match(text)
    return near[1] if near else ""
