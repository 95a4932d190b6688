"""The words of hours, English and German, and the patterns they make. Pure: no I/O."""

from __future__ import annotations

import re

# Those of several words before the shorter ones in them.
PARTS = {
    "morning": r"mornings?|vormittags?|morgens|früh|before lunch|(?-i:AM)",
    "afternoon": r"afternoons?|nachmittags?|(?:after|nach dem) lunch|nach dem mittag(?:essen)?|(?-i:PM)",
    "evening": r"evenings?|abends?",
    "noon": r"noon|midday|lunch(?:time)?|mittags?",
}
_NUMBERS = {
    word: number
    for number, words in enumerate(
        "one eins|two zwei|three drei|four vier|five fünf|six sechs|seven sieben|eight acht|nine neun|ten zehn"
        "|eleven elf|twelve zwölf".split("|"),
        1,
    )
    for word in words.split()
}
_MINUTES = {"half": 30, "quarter": 15, "viertel": 15, "five": 5, "fünf": 5, "ten": 10, "zehn": 10, "twenty": 20,
            "zwanzig": 20, "halb": -30, "dreiviertel": -15}  # fmt: skip
_DIGITS = r"[01]?\d|2[0-4]"
_HOUR = rf"{_DIGITS}|{'|'.join(_NUMBERS)}"
_SPOKEN = (
    r"half\s+past|(?:a\s+)?quarter\s+(?:past|after|to|till|of|before)|(?:five|ten|twenty)\s+(?:past|to)"
    r"|(?:viertel|fünf|zehn|zwanzig)\s+(?:nach|vor)|dreiviertel|halb"
)
_WEEKDAYS = "montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag"
# "11 am Mittwoch" is no "am".
_HALF = rf"\s?[ap]\.?\s?m\b\.?(?!\s+(?:{_WEEKDAYS}|kommenden|nächsten))"
_PART = (
    r"\s+(?:in\s+the\s+|am\s+)?"
    r"(?:morning|afternoon|evening|morgens|vormittags?|früh|nachmittags?|mittags|abends?)(?!\w)"
)
_AM = ("a", "mor", "vor", "frü")

# What an hour is not: an amount, a length, a number of something.
NO_HOUR_AFTER = r"(?<![$€£#])(?<![$€£#]\s)(?<!\beur\s)(?<!\busd\s)(?<!\bgbp\s)"
MONEY = re.compile(
    r"\s?(?:[$€£%]|(?:k|m|mio|mrd|tsd|grand|thousand|tausend|million\w*|hundred|hundert|bucks|usd|eur|euros?|dollars?|gbp|chf"
    r"|percent|prozent)(?!\w))",
    re.IGNORECASE,
)
THINGS = re.compile(
    r"\s(?:(?:business|working|more|other|weitere)\s+)?(?:years?|jahren?|months?|monate?n?|weeks?|wochen?|days?|tagen?|tage"
    r"|hours?|hrs?|stunden?|min(?:ute[ns]?|s)?|people|persons?|personen|leuten?|employees|mitarbeiter\w*|users?|nutzer\w*"
    r"|seats?|licen[cs]es|lizenzen|of|times|mal|pages?|seiten|teams?|calls?|projects?|projekten?|chatbots?|agents?|options?"
    r"|questions?|fragen|points?|point|punkten?|x|gb|km)(?!\w)",
    re.IGNORECASE,
)
NOT = (
    r"(?:not?|nothing|never|cannot|\w+n'?t|nicht|nichts|nie)\s+"
    r"(?:(?:available|free|do|make\s+it|meet|talk|work|possible|anything|any\s?time|have\s+time)\s+)?"
)
BUSY = (
    r"(?:(?:have|has|'ve|got|in|habe?|hab|bin\s+in|im)\s+(?:(?:a|an|another|my|einen?|einem|einer|ein|noch|da|schon|already"
    r"|got)\s+)*(?:meetings?|calls?|appointments?|termine?n?|besprechungen?|besprechung|gespräch|kundentermin)"
    r"|busy|booked|occupied|tied\s+up|unavailable|not\s+(?:available|free)|away|out|unterwegs|beschäftigt"
    r"|ausgebucht|verplant|nicht\s+da)"
)
BUSY_AFTER = r"(?:termine?n?|besprechung(?:en)?|meetings?|beschäftigt|unterwegs|verplant|belegt|ausgebucht)"


def number(word: str) -> int:
    """Of an hour in digits or letters."""
    return int(word) if word.isdigit() else _NUMBERS[word.casefold()]


def minutes(spoken: str | None) -> int:
    """How many minutes after the hour that follows, negative before it: 30 for ``half past``, -30 for ``halb``."""
    words = (spoken or "").casefold().split()
    if not words:
        return 0
    count = next(_MINUTES[word] for word in words if word in _MINUTES)
    return -count if words[-1] in ("to", "till", "of", "before", "vor") else count


def half(word: str) -> str:
    """``am`` or ``pm``, of ``p.m.``, ``in the evening`` or ``nachmittags``."""
    bare = re.sub(r"^\s*(?:in\s+the|am(?=\s))?\s*", "", word.casefold())
    return "am" if bare.startswith(_AM) and not bare.startswith(("afternoon", "abend")) else "pm"


def clock(n: int) -> str:
    """The pattern of a time, with groups ``hour1``, ``minute1`` … for n = 1."""
    return (
        rf"(?:(?P<spoken{n}>{_SPOKEN})\s+)?(?P<hour{n}>{_HOUR})(?:[:.h](?P<minute{n}>[0-5]\d))?(?P<half{n}>{_HALF})?"
        rf"(?P<uhr{n}>\s?(?:uhr|o'clock)|h(?!\w)|-?ish)?(?P<part{n}>{_PART})?"
    )


def _bare(spoken: str = "", hour: str = _HOUR, minute: str = "", half: str = "", uhr: str = "", part: str = "") -> str:
    return (
        rf"(?P<spoken1>{spoken})(?P<hour1>{hour})(?P<minute1>{minute})(?P<half1>{half})(?P<uhr1>{uhr})(?P<part1>{part})"
    )


_UHR = r"(?:\s?(?:uhr|o'clock)|-?ish)"
# A number alone is an hour only where a word before it, or what follows it, says so.
BARE = (
    _bare(spoken=rf"(?:{_SPOKEN})\s+", half=rf"(?:{_HALF})?", part=rf"(?:{_PART})?"),
    _bare(hour=_DIGITS, minute="[0-5]\\d", half=rf"(?:{_HALF})?", uhr=rf"(?:{_UHR})?", part=rf"(?:{_PART})?").replace(
        "(?P<minute1>", "[:h](?P<minute1>"
    ),
    _bare(half=_HALF),
    _bare(uhr=_UHR, part=rf"(?:{_PART})?"),
    _bare(part=_PART),
    _bare(hour=r"0?[7-9]|1\d|2[0-3]", uhr="h"),
)  # fmt: skip
