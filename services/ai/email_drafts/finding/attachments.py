"""Words that say something comes with the mail."""

from __future__ import annotations

import re
from collections.abc import Iterable

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
    r"|\b(?:comes?|came|coming|goes|travels|arrives|sent)\s+(?:along\s+|together\s+)?with\s+this\s+(?:e-?mail|message|note"
    r"|letter)\b|\bdieser\s+(?:E-?Mail|Mail|Nachricht)\s+(?:liegt|liegen|hängt|hängen)\b"
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


# Where the thing that is attached is named, as far as a verb or a stop.
_STOP = (
    r"(?=[.,;:!?\n]|\s(?:for|with|to|in|as|so|which|that|from|at|if|when|once|below|you|we|I|is|are|was|please|zur|für"
    r"|mit|als|wenn|zu)\b|$)"
)
_THING = r"(?P<thing>[^.,;:!?\n]{2,80}?)"
_BEFORE = (
    re.compile(
        r"(?P<thing>[^.,;:!?\n]{2,80})\s(?:is|are|was|were|comes|come|has been|have been|ist|sind|liegt|liegen"
        r"|habe ich|haben wir|finden Sie|findest du)\s+(?:now\s+|also\s+|hier\s+)?(?:in\s+the\s+)?$",
        re.IGNORECASE,
    ),
    re.compile(r"(?P<thing>[^.,;:!?\n]{2,60})\s(?:that|which)\s+$", re.IGNORECASE),
    re.compile(
        r"\b(?:find|have|see|got|füge|hänge|lege|sende|schicke|habe|haben)\s+(?:ich\s+|wir\s+)?(?:Ihnen\s+|dir\s+)?"
        r"(?P<thing>(?!the\s+$|a\s+$)[^.,;:!?\n]{2,60}?)\s+(?:as\s+)?$",
        re.IGNORECASE,
    ),
)
_LINK = (
    r"(?::|is|are|you(?:['’]ll| will)? find|please find|finden Sie|findest du|erhalten Sie|sende ich(?: Ihnen)?"
    r"|schicke ich(?: Ihnen)?|ist|sind|steht|stehen|liegt|liegen)"
)
_AFTER = re.compile(rf"\s*{_LINK}?\s*{_THING}{_STOP}", re.IGNORECASE)
_AFTER_NOUN = re.compile(rf"\s*{_LINK}\s*{_THING}{_STOP}", re.IGNORECASE)
_NOUN = re.compile(
    r"attachments?$|enclosures?$|an(?:hang|lagen?)(?:\s*:)?$|this\s+\S+$|here(?:with|to|in)$", re.IGNORECASE
)
# Names of the same thing.
_SAME = tuple(
    frozenset(group.split())
    for group in (
        "summary overview zusammenfassung übersicht überblick",
        "timeline schedule zeitplan",
        "contract agreement vertrag",
        "invoice bill rechnung",
        "offer quote quotation proposal angebot",
        "minutes protokoll",
    )
)
# Words that tell no file from another.
_GENERIC = frozenset(
    """
    a an the look at get this that these those it them they here there him her all both each one our my your its some
    any their his
    i we you please also once again more just now find have see enclosed attached attachment attachments file files
    document documents pdf copy copies version details everything information record records reference convenience
    mail email e-mail note message as promised discussed agreed requested mentioned new latest updated revised current
    signed final full short is are was were be been to of and or in for with on below above following
    der die das den dem des ein eine einen einem einer diese dieser dieses diesen ihr ihre ihren unser unsere unseren
    ich sie wir ihnen dir hier bitte auch noch nochmals einmal anbei anhang anlage anlagen im beigefügt angehängt datei
    dateien dokument dokumente unterlagen finden habe wie besprochen gewünscht alles weitere weiteren
    besprochene besprochenen gewünschte gewünschten versprochene neue neuen aktuelle aktuellen mein meine
    """.split()
)


def find_attachments(text: str) -> list[Claim]:
    """All of them; what denies an attachment is none. The value is what is said to be attached: for each thing its
    words, folded; empty where none is named."""
    found = [match for match in _SAYINGS.finditer(text) if not _DENIED.search(text[: match.start()])]
    return apart(Claim("attachment", match[0], match.start(), match.end(), _things(match)) for match in found)


def names_file(words: frozenset[str], filename: str) -> bool:
    """Whether one of the words is one of the file's name, or lies in one: "Plan" in "zeitplan.pdf"."""
    parts = _alike(part for part in re.split(r"[\W_]+", filename.casefold()) if len(part) > 2)
    return any(
        word == part or (min(len(word), len(part)) >= 4 and (word in part or part in word))
        for word in words
        for part in parts
    )


def _alike(words: Iterable[str]) -> frozenset[str]:
    """The words, and others for the same things."""
    told = frozenset(words)
    return told.union(*(group for group in _SAME if told & group))


def _things(match: re.Match[str]) -> tuple[frozenset[str], ...]:
    """What stands before ("the plan is attached"), else after ("attached is the plan")."""
    sentence = re.split(r"[.!?]\s|\n", match.string[: match.start()])[-1]
    if before := next((said for pattern in _BEFORE if (said := pattern.search(sentence))), None):
        return _parted(before["thing"])
    pattern = _AFTER_NOUN if _NOUN.search(match[0]) else _AFTER
    after = pattern.match(match.string, match.end())
    return _parted(after["thing"]) if after else ()


def _parted(thing: str) -> tuple[frozenset[str], ...]:
    thing = re.sub(r"^.*\b(?:see|find|have|read|open|use)\s|\s(?:that|which)$", "", thing, flags=re.IGNORECASE)
    parts = re.split(r"\s(?:and|und|&|as well as|sowie)\s", thing)
    words = (frozenset(re.findall(r"[^\W_]{3,}", part.casefold())) - _GENERIC for part in parts)
    return tuple(each for each in words if each)
