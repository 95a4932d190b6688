"""Whether every number of a sentence is one that was supplied. Pure: no I/O.

What a text says is taken away piece by piece: names that were supplied, months and days, money, shares, days and weeks,
counts. A digit or a number in words that is left over was not supplied. Rounding is allowed as far as the text shows
it: ``$62K`` for 62,500.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from libs.common.money import EXPONENTS, to_major
from services.ai.quoting import plain
from services.ai.report_insights import counted
from services.ai.report_insights.figures import Asked, Figure
from services.ai.report_insights.subjects import said_of

_SIGNS = {
    "$": "USD", "us$": "USD", "usd": "USD", "dollars": "USD", "dollar": "USD", "€": "EUR", "eur": "EUR", "euros": "EUR",
    "euro": "EUR", "£": "GBP", "gbp": "GBP", "pounds": "GBP", "chf": "CHF", "franken": "CHF", "¥": "JPY", "jpy": "JPY",
    "yen": "JPY", "₹": "INR",
}  # fmt: skip
# Codes that are words, too, are no signs: "the top 5".
_WORDS_TOO = frozenset("all bam bob cup gel kes lak mad mop pen php rub sos top try yer".split())
_SIGNS |= {code.lower(): code for code in EXPONENTS if code.lower() not in _WORDS_TOO}
_SCALES = {
    "k": 3, "thousand": 3, "tausend": 3, "tsd": 3, "m": 6, "mm": 6, "mio": 6, "million": 6, "millions": 6,
    "millionen": 6, "bn": 9, "billion": 9, "mrd": 9, "milliarden": 9,
}  # fmt: skip
_SIGN = rf"(?:{'|'.join(re.escape(each) for each in sorted(_SIGNS, key=len, reverse=True))})"
_NUMBER = r"\d{1,3}(?:[., '’]\d{3})+(?:[.,]\d{1,4})?|\d+(?:[.,]\d+)?"
_SCALE = rf"(?:\s?(?:{'|'.join(sorted(_SCALES, key=len, reverse=True))})(?![a-zäöü]))"
_MONEY = re.compile(
    rf"(?<![a-z])(?P<before>{_SIGN})\s?(?P<count>{_NUMBER})(?P<scale>{_SCALE})?"
    rf"|(?P<count2>{_NUMBER})(?P<scale2>{_SCALE})?\s?(?P<after>{_SIGN})(?![a-z])"
    rf"|(?P<count3>{_NUMBER})(?P<scale3>{_SCALE})"
)
_PERCENT = re.compile(rf"(?P<count>{_NUMBER})\s?(?:%|percent(?:age points)?|per cent|prozent(?:punkte)?)")
_SPANS = "days?|tage?n?|weeks?|wochen?|fortnights?|months?|monate?n?"
_DAYS = re.compile(rf"(?P<count>{_NUMBER})\+?[\s-]?(?P<unit>{_SPANS})\b")
# "Stuck for a week" says how long as well as "7 days" does.
_ONE_SPAN = re.compile(rf"\b(?:an?|ein(?:e[nmr]?)?)\s(?:\w+\s)?(?P<unit>{_SPANS})\b")
_COUNT = re.compile(_NUMBER)
_UNITS = {"d": 1, "t": 1, "w": 7, "f": 14, "m": 30}

_MONTHS = (
    ("january", "januar", "jan"), ("february", "februar", "feb"), ("march", "märz", "mar"), ("april", "april", "apr"),
    ("may", "mai", "may"), ("june", "juni", "jun"), ("july", "juli", "jul"), ("august", "august", "aug"),
    ("september", "september", "sep"), ("october", "oktober", "oct"), ("november", "november", "nov"),
    ("december", "dezember", "dec"),
)  # fmt: skip
# "may" is a verb more often than a month; alone it says nothing.
_MONTH_WORD = re.compile(
    rf"\b(?:{'|'.join(name for names in _MONTHS for name in names if name not in ('may', 'mar'))})\b"
    r"|\b(?:in|by|for|during|until|till|since|before|after|through|from|of|early|mid|late|next|last|this)[\s-]"
    r"(?:may|mar)\b(?! be\b| have\b)"
)
_ORDINAL = re.compile(r"(?<!\w)(?P<day>\d{1,2})(?:st|nd|rd|th)\b")
# What cannot be read as one number that was supplied: multiples, parts, and quantities nobody counted.
_UNCOUNTED = re.compile(
    r"\d\s?(?:x|×)(?!\w)|\d\s?-?(?:fold|fach)|\b\w+fold\b|\b(?:zwei|drei|vier|fünf|zehn|mehr|viel)fach\w*|\b(?:twice|thrice)\b"
    r"|\b(?:doubl|tripl|trebl|quadrupl|quintupl|halv)(?:e[ds]?|ing)\b|\bdoppelt\w*|\b(?:ver|ge)?(?:doppel|dreifach|vierfach)\w*"
    r"|\bhalbier\w*|\b(?:half|halves|hälfte|drittel|viertel|fünftel|zehntel)\b|\bmajority\b|\bmehrheit\b"
    r"|\b(?:third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)s?\b|\bquarters?[\s-]of\b"
    r"|\b(?:a|one|two|three|ein|eine|one-|three-)[\s-]quarters?\b"
    r"|\b(?:dozen|hundred|thousand|million|billion)s?\b|\b(?:dutzend|hundert|tausend|million|milliarde)\w*"
    r"|\b(?:both|beide[nrs]?|couple|pair|paar|trio)\b"
)
_WORDS = re.compile(
    r"\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|null|eine?[nmrs]?|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf"
    r"|zwölf|(?:drei|vier|fünf|sech|sieb|acht|neun)zehn|(?:zwan|drei|vier|fünf|sech|sieb|acht|neun)[zß]ig|no|keine?[nmrs]?)\b"
)
_IN_WORDS = {
    word: value
    for words in (
        "zero one two three four five six seven eight nine ten eleven twelve",
        "null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
    )
    for value, word in enumerate(words.split())
} | {"no": 0, "kein": 0}
# These are articles and pronouns, too; they count only right before what is counted.
_ARTICLES = re.compile(r"(?:one|no|k?ein)(?:e[nmrs]?)?")
# Roman numerals before what is counted.
_ROMAN = re.compile(r"\b[ivxlc]{2,}\b")
_MINUS = re.compile(r"(?:^|[\s(])(?:[-−]|minus )$")
_OVER = re.compile(r"\b(?:above|ahead of|over|exceeds?|exceeding|beats?|beating|über|oberhalb|übertrifft)\b")
_UNDER = re.compile(r"\b(?:below|behind|under|short of|misses|missing|unter|hinter|verfehlt)\b")


def stands(sentence: str, asked: Asked) -> bool:
    """Whether everything countable in the sentence is a figure, and up and down are not mistaken for each other."""
    text = _without_texts(plain(sentence), asked)
    text = _without_days(text, asked)
    if _MONTH_WORD.search(text):
        return False
    for pattern, backed in _READINGS:
        for match in pattern.finditer(text):
            if not backed(match, text, asked):
                return False
        text = pattern.sub(" ", text)
    return not any(each.isnumeric() for each in text)


def _without_texts(text: str, asked: Asked) -> str:
    """Names may hold digits, and are not looked at; a name that is nothing but a quantity ("5", "7 deals") is."""
    for each in sorted(_of(asked, "text"), key=lambda figure: -len(figure.value)):
        name = plain(each.value)
        if not _is_quantity(name):
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", text)
    return text


def _is_quantity(name: str) -> bool:
    number = re.match(rf"(?:{_SIGN}\s?)?(?:{_NUMBER})|{_WORDS.pattern}|{_MONTH_WORD.pattern}", name)
    if number is None:
        return _UNCOUNTED.fullmatch(name) is not None
    rest = name[number.end() :].strip()
    return not any(each.isalpha() for each in rest) or counted.is_of_a_thing(rest)


def _without_days(text: str, asked: Asked) -> str:
    spoken = [form for each in _of(asked, "month", "date") for form in _forms(each)]
    for form in sorted(spoken, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(form)}(?!\w)", " ", text)
    return text


def _forms(figure: Figure) -> Iterator[str]:
    """How a month or a day may be written."""
    parts = figure.value.split("-")
    year, names = parts[0], _MONTHS[int(parts[1]) - 1]
    quarter = (int(parts[1]) + 2) // 3
    yield figure.value
    if len(parts) == 3:
        day = date.fromisoformat(figure.value).day
        for name in names:
            yield from (f"{name} {day}, {year}", f"{name} {day}", f"{day} {name} {year}", f"{day}. {name} {year}")
            yield from (f"{day} {name}", f"{day}. {name}")
        yield f"{day:02d}.{int(parts[1]):02d}.{year}"
        return
    for name in names:
        yield from (f"{name} {year}", name)
    yield from (f"q{quarter} {year}", f"q{quarter}")


def _is_money(match: re.Match[str], text: str, asked: Asked) -> bool:
    count = match["count"] or match["count2"] or match["count3"]
    scale = (match["scale"] or match["scale2"] or match["scale3"] or "").strip()
    sign = match["before"] or match["after"]
    currency = _SIGNS[sign] if sign else None
    for figure in _of(asked, "money"):
        assert figure.currency is not None
        fits = currency is None or currency == figure.currency
        value = abs(to_major(figure.value, figure.currency))
        fits = fits and said_of(text[: match.start()], figure)
        if fits and _signed(match, text, figure.value) and _says(count, _SCALES.get(scale, 0), value):
            return True
    return False


def _signed(match: re.Match[str], text: str, value: Decimal | int) -> bool:
    """A minus is said only of what is below zero; what is below zero may be said without ("down 5%")."""
    return value < 0 or _MINUS.search(text[: match.start()]) is None


def _is_share(match: re.Match[str], text: str, asked: Asked) -> bool:
    for figure in _of(asked, "percent"):
        value = Decimal(str(figure.value))
        if not _says(match["count"], 0, abs(value)) or not _signed(match, text, value):
            continue
        if not said_of(text[: match.start()], figure):
            continue
        if not figure.name.startswith("above_") or not _turned(text, value):
            return True
    return False


def _turned(text: str, value: Decimal) -> bool:
    """Whether the sentence says above of what is below, or below of what is above."""
    over, under = _OVER.search(text) is not None, _UNDER.search(text) is not None
    return (value < 0 and over and not under) or (value > 0 and under and not over)


def _is_time(match: re.Match[str], text: str, asked: Asked) -> bool:
    unit = _UNITS[match["unit"][0]]
    return any(_says(match["count"], 0, Decimal(figure.value) / unit) for figure in _of(asked, "days"))


def _is_day(match: re.Match[str], text: str, asked: Asked) -> bool:
    """ "By the 3rd" is a day that was supplied, and no count of three."""
    return any(date.fromisoformat(each.value).day == int(match["day"]) for each in _of(asked, "date"))


def _is_count(match: re.Match[str], text: str, asked: Asked) -> bool:
    """A bare number: something counted, or an amount written out to the last digit."""
    value = _read(match[0])
    if _MINUS.search(text[: match.start()]):
        return False
    if any(value == each.value and counted.counts(each, text[match.end() :]) for each in _of(asked, "count")):
        return True
    amounts = (to_major(each.value, each.currency or "") for each in _of(asked, "money"))
    return value >= 1000 and any(value == abs(amount) for amount in amounts)


def _is_counted(match: re.Match[str], text: str, asked: Asked) -> bool:
    """A number in words, as a number in digits; "one" and "no" only where they count."""
    word, after = match[0], text[match.end() :]
    days = re.match(rf"[\s-]*({_SPANS})\b", after)
    if _ARTICLES.fullmatch(word):
        if not counted.is_of_a_thing(after) and not (days and word == "one"):
            return True
        word = re.sub(r"(?<=ein)e[nmrs]?$", "", word)
    value = _IN_WORDS.get(word)
    if value is None:
        return False
    if days:
        return any(value * _UNITS[days[1][0]] == figure.value for figure in _of(asked, "days"))
    return any(value == figure.value and counted.counts(figure, after) for figure in _of(asked, "count"))


def _is_one_span(match: re.Match[str], text: str, asked: Asked) -> bool:
    if match["unit"].startswith("w") and any(figure.name.startswith("closing_") for figure in asked.figures):
        return True  # what closes within a week is what these figures count
    return any(figure.value == _UNITS[match["unit"][0]] for figure in _of(asked, "days"))


def _is_roman(match: re.Match[str], text: str, asked: Asked) -> bool:
    return not counted.is_of_a_thing(text[match.end() :])


def _is_never(match: re.Match[str], text: str, asked: Asked) -> bool:
    return False


# One after the other: what one has read is taken away before the next looks.
_READINGS = (
    (_MONEY, _is_money), (_PERCENT, _is_share), (_ORDINAL, _is_day), (_UNCOUNTED, _is_never), (_DAYS, _is_time),
    (_ONE_SPAN, _is_one_span), (_COUNT, _is_count), (_WORDS, _is_counted), (_ROMAN, _is_roman),
)  # fmt: skip


def _says(count: str, scale: int, value: Decimal) -> bool:
    """Whether the digits say the value, rounded or cut off where they end."""
    said = _read(count).scaleb(scale)
    if said == value:
        return True
    # Without a digit that says something, "$0M" would say every small amount.
    steps = value.scaleb(_decimals(count) - scale)
    rounded = {steps.to_integral_value(rounding=way) for way in (ROUND_DOWN, ROUND_HALF_UP)}
    return said != 0 and said.scaleb(_decimals(count) - scale) in rounded


def _decimals(count: str) -> int:
    tail = re.search(r"[.,](\d{1,2}|\d{4,})$", count)
    return len(tail[1]) if tail else 0


def _read(count: str) -> Decimal:
    """As English and German write it: a last part of one or two digits after a sign is the fraction."""
    bare = re.sub(r"[ '’]", "", count)
    decimals = _decimals(bare)
    digits = re.sub(r"[.,]", "", bare)
    return Decimal(digits).scaleb(-decimals)


def _of(asked: Asked, *kinds: str) -> Iterable[Figure]:
    return [each for each in asked.figures if each.kind in kinds]
