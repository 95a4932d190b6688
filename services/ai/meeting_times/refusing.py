"""The parts of a sentence that say no: ``not Friday``, ``any day but Monday``, ``Freitag nicht``. Pure: no I/O."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from services.ai.meeting_times.clock_words import PARTS


class Says(Enum):
    """What a part of a sentence says of the times in it. AWAY: only that they are elsewhere then, which is no answer
    about other times."""

    YES = "yes"
    NO = "no"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence, from where to where. is_open: whether more of a list may follow what it says no to."""

    start: int
    end: int
    says: Says
    is_open: bool = False

    def holds(self, place: int) -> bool:
        """Whether a place of the text is in it."""
        return self.start <= place < self.end


_DAY = r"(?:mon|tues?|wed|thurs?|fri|sat|sun|today|tomorrow|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag"
_NEXT = rf"(?:on|in|at|the|this|next|for|am|im|den|der|dem|an|am|{'|'.join(PARTS.values())}|{_DAY}))"
_ANY = re.compile(
    r"\b(?:any\w*|every\w*|all|alles|jede\w*|alle)"
    r"(?:\s+(?!(?:works?|is|are|suits?|fine|good|ok\w*|great|possible|can|could|would|i|we|geht|passt|ist|ich|wir)\b)\w+){0,4}"
    r"\s*$",
    re.IGNORECASE,
)
_BUT = re.compile(r"\b(?:but|aber|though|however|sondern|allerdings|jedoch)\b", re.IGNORECASE)
_EXCEPT = re.compile(
    r"\b(?:except(?:ing)?(?:\s+for)?|excluding|other\s+than|apart\s+from|aside\s+from|instead\s+of|rather\s+than|without"
    rf"|außer|ausser|ausgenommen|mit\s+ausnahme|bis\s+auf|ohne|statt|anstatt|(?:just\s+|nur\s+|only\s+)?not(?=\s+{_NEXT})"
    r"|nicht(?=\s+(?:am|im|an|den|in)\b))(?!\w)",
    re.IGNORECASE,
)
_COMMA = re.compile(r"[,;:](?!\d)|\s[-–—]\s(?!\d)")
_NO = re.compile(
    r"\b(?:not|never|no|nor|none|nothing|neither|cannot|(?:ca|wo|do|does|is|are|would|could|did|should)n'?t|unable|bad|avoid|skip"
    r"|hate|impossible|nicht|nichts|nie|niemals|kein(?:e[nrms]?)?|leider(?!\s+(?:nur|erst))|schlecht|ungünstig|schwierig)\b",
    re.IGNORECASE,
)
_AWAY = re.compile(
    r"\b(?:unavailable|busy|booked|away|full|tied\s+up|on\s+(?:vacation|holiday|leave)|(?:is|are|am|i'm|be)\s+out|out\s+of\s+office|ooo"
    r"|weg|verplant|ausgebucht|belegt|unterwegs|beschäftigt|verhindert|(?:im\s+)?urlaub"
    r"|(?:i|we|ich|wir)(?:'ve|\s+have|\s+habe[n]?|'m\s+in|\s+am\s+in)\s+(?:(?:a|an|another|my|other|got|already|schon|da|noch|einen?|eine)\s+)*"
    r"(?:meetings?|calls?|appointments?|termine?|besprechung(?:en)?))\b",
    re.IGNORECASE,
)
_YES = re.compile(
    r"\b(?:no\s+(?:problem|worries|later|rush|issue)|not\s+a\s+problem|not\s+(?:bad|only)|(?:do\s+not|don't)\s+(?:mind|forget|worry|hesitate)"
    r"|can'?t\s+wait|(?:^|(?<=[,;]\s))\W*(?:would|is|could|should)n't(?=\s+(?:it|we|you|that|this|the|next|mon|tue|wed|thu|fri))|if\s+not|why\s+not|why\s+don't|kein\s+problem|warum\s+nicht|wieso\s+nicht|wenn\s+nicht|nicht\s+schlecht|not\s+sure\s+if)\b",
    re.IGNORECASE,
)


def clauses(sentence: str, spans: Sequence[tuple[int, int]]) -> list[Clause]:
    """The parts of a sentence. spans: where hours stand, which hold a no of their own (``not before 10``)."""
    plain = sentence
    for start, end in spans:
        plain = plain[:start] + " " * (end - start) + plain[end:]
    found: list[Clause] = []
    for start, end, is_exception in _parts(sentence, spans):
        found.append(_clause(plain, start, end, is_exception=is_exception))
    return found


def _parts(sentence: str, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, bool]]:
    cuts = {0: False}
    for match in (*_COMMA.finditer(sentence), *_BUT.finditer(sentence)):
        said_all = bool(_ANY.search(sentence[: match.start()]))
        cuts[match.start()] = said_all and match.group().casefold() in ("but", "aber")
    cuts |= {match.start(): True for match in _EXCEPT.finditer(sentence)}
    whole = [*spans, *(match.span() for match in _YES.finditer(sentence))]
    places = sorted(place for place in cuts if place == 0 or not any(start <= place < end for start, end in whole))
    for place, after in zip(places, [*places[1:], len(sentence)], strict=True):
        yield place, after, cuts[place] and not any(start <= place < end for start, end in whole)


def _clause(plain: str, start: int, end: int, *, is_exception: bool) -> Clause:
    part = _YES.sub(lambda match: " " * len(match.group()), plain[start:end])
    no, away = _NO.search(part), _AWAY.search(part)
    says = Says.NO if is_exception or no else Says.AWAY if away else Says.YES
    first = 0 if is_exception else min((each.start() for each in (no, away) if each), default=0)
    # "I can't do Monday, Tuesday or Friday": the no comes before what it is said of.
    return Clause(start, end, says, says is not Says.YES and first <= len(part) // 2)
