"""What a number of a sentence counts: deals are no invoices. Pure: no I/O."""

from __future__ import annotations

import re

from libs.reporting.nouns import NAMED, words_after
from services.ai.report_insights.figures import Figure

# Things that no figure counts yet: a number of them was not supplied.
_OTHERS = (
    r"customers?|compan(?:y|ies)|accounts?|contacts?|leads|prospects?|stages|reps?|people|persons?|colleagues"
    r"|projects?|contracts?|proposals|offers?|payments?|quotes?|calls?|emails?|e-mails?|hours?|minutes?|years?|quarters?"
    r"|firmen|kontakte?n?|stufen|personen|mitarbeiter|projekte?n?|verträgen?|angebote?n?|zahlungen|anrufe?n?|stunden?"
    r"|jahren?|quartalen?"
)
_STATES = {
    "open": "open|offene[nrs]?", "closing": "closing", "stagnant": "stagnant|idle|stalled|stille?",
    "won": "won|gewonnene[nr]?", "overdue": "overdue|überfällige[nr]?", "lost": "lost|verlorene[nr]?",
}  # fmt: skip
_NOUN = re.compile(rf"{NAMED}|\b(?:{_OTHERS})\b")
_STATE = re.compile("|".join(rf"(?P<{name}>\b(?:{words})\b)" for name, words in _STATES.items()))


def counts(figure: Figure, after: str) -> bool:
    """Whether the words after a number may speak of what the figure counts, which its name holds. Words of no known
    thing may."""
    near = words_after(after)
    noun = _NOUN.search(near)
    if noun is None:
        return True
    if noun.lastgroup is None or noun.lastgroup not in figure.name:
        return False
    between = _STATE.search(near[: noun.start()])
    return between is None or _may_be(str(between.lastgroup), figure.name)


def is_of_a_thing(after: str) -> bool:
    """Whether the very next words name a thing that is counted: "one deal", "no overdue invoices"."""
    near = words_after(after)
    noun = _NOUN.search(near)
    return noun is not None and not _STATE.sub("", near[: noun.start()]).strip()


def _may_be(state: str, name: str) -> bool:
    """A figure that names no state at all ("slowest_stage_deals") leaves it open."""
    named = [each for each in _STATES if each in name]
    return state in named or not named
