"""What a sentence says a number is: "the target is $500,000" wants the target, not any amount of $500,000.

Pure: no I/O. Only what stands right before the number is looked at; a number that is called nothing may be any that
was supplied.
"""

from __future__ import annotations

import re

from services.ai.report_insights.figures import Figure

# The names of the figures that are meant, by what they are called in English and German.
_SUBJECTS = {
    "target|above_target_percent": r"targets?|goals?|quotas?|ziele?s?|zielwert",
    "win_rate_percent": r"win[\s-]rate|close rate|closing rate|conversion|gewinnquote|abschlussquote|erfolgsquote",
    "attainment_percent": r"attainment|zielerreichung",
    "overdue_.*": r"overdue invoices|receivables|überfällige rechnungen",
}
_IS = (
    r"(?:\s(?:is|are|was|were|of|at|stands at|sits at|comes to|amounts to|now|currently|only|just|about|around"
    r"|ist|sind|war|von|bei|liegt bei|beträgt|steht bei|derzeit|aktuell|nur|rund|etwa)|\s?[:=(])+\s?$"
)
_CALLED = [(re.compile(names), re.compile(rf"\b(?:{words}){_IS}")) for names, words in _SUBJECTS.items()]


def said_of(before: str, figure: Figure) -> bool:
    """Whether a figure may be what the words before a number call it."""
    return all(names.fullmatch(figure.name) for names, called in _CALLED if called.search(before))
