"""Words that say something comes with the mail."""

from __future__ import annotations

import re

from services.ai.email_drafts.finding.claims import Claim, apart

_SAYINGS = re.compile(
    r"\b(?:re-?)?attach(?:ed|ing|ment|ments)?\b(?!\s+(?:great\s+)?(?:importance|value|weight|strings"
    r"|to\s+(?:the\s+idea|this\s+idea)))"
    r"|\benclos(?:ed|ing|ure|ures)\b"
    r"|\b(?:please\s+)?(?:find|see)\s+(?:\w+\s+){0,4}(?:below\s+as\s+a|in\s+the)\s+(?:PDF|file)\b"
    r"|\b(?:PDF|file|document|copy|spreadsheet|deck)\s+(?:is\s+|comes\s+)?(?:included|appended)\b"
    r"|\b(?:included|appended)\s+(?:\w+\s+){0,3}(?:PDF|file|document|copy|spreadsheet|deck)\b"
    r"|\b(?:includ|append|send)(?:ing|ed)?\s+(?:\w+\s+){0,5}(?:with|along with|to)\s+this\s+(?:e-?mail|message|note)\b"
    r"|\balong\s+with\s+this\s+(?:e-?mail|message|note)\b|\bwith\s+this\s+(?:e-?mail|message)\s+(?:you|comes|I|we)\b"
    r"|\bhere(?:with|to|in)\b(?=[^.]{0,40}\b(?:PDF|file|document|copy|proposal|plan|invoice|contract|schedule)\b)"
    r"|\banbei\b|\b(?:im|als|siehe|den|der|dem)\s+An(?:hang|lagen?)\b|\bAnlagen?\s*:|\bAnhang\b|\bin\s+(?:der"
    r"|den)\s+Anlagen?\b"
    r"|\b(?:bei|an)ge(?:fügt|hängt|legt)\w*\b|\b(?:bei|an)liegend\w*\b|\banhängend\w*\b|\bbeizufügen\b|\banzuhängen\b"
    r"|\b(?:füge|hänge|lege)\b[^.\n]{0,60}\b(?:bei|an)\b"
    r"|\bmit\s+dieser\s+(?:E-?Mail|Nachricht)\s+(?:erhalten|bekommen|sende|schicke)\w*\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:not|no|without|nothing|never|n't|kein|keine|keinen|ohne|nicht|nichts)\b[^.\n]{0,12}$", re.IGNORECASE
)


def find_attachments(text: str) -> list[Claim]:
    """All of them; what denies an attachment is none."""
    found = [match for match in _SAYINGS.finditer(text) if not _DENIED.search(text[: match.start()])]
    return apart(Claim("attachment", match[0], match.start(), match.end(), None) for match in found)
