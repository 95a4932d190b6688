"""Templates: messages that WhatsApp has approved, with numbered places."""

from __future__ import annotations

import re
from collections.abc import Sequence

_PLACE = re.compile(r"\{\{\s*(\d{1,2})\s*\}\}")

# What the approved template for a new brief says, until its text has been synced: first name, company, project.
BRIEF_WORDS = """Hi {{1}}! 👋

Thanks for sharing your project details with {{2}}.

We received your brief for the {{3}} project. Our team is reviewing it now.

A sales rep will reach out within 24 hours to discuss next steps.

Quick question: What's your preferred time for a call this week?"""


def places(body: str) -> int:
    """How many parameters a template's text takes."""
    return max((int(each) for each in _PLACE.findall(body)), default=0)


def filled(body: str, parameters: Sequence[str]) -> str:
    """The text with its parameters; a place without one stays as it is."""

    def value(found: re.Match[str]) -> str:
        number = int(found[1])
        return parameters[number - 1] if 1 <= number <= len(parameters) else found[0]

    return _PLACE.sub(value, body)
