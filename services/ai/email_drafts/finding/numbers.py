"""Numbers as people write them, in figures and in words, English and German."""

from __future__ import annotations

import re
from decimal import Decimal

_ENGLISH = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
).split()
_GERMAN = (
    "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn"
    " achtzehn neunzehn"
).split()
_ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_GERMAN_TENS = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()
_GERMAN_ONES = {"ein": 1, **{word: value for value, word in enumerate(_GERMAN) if 1 < value < 10}}
_GERMAN_SMALL = {word: value for value, word in enumerate(_GERMAN)} | dict.fromkeys(
    ("ein", "eine", "einen", "einem", "einer"), 1
)
_SCALES = {
    "hundred": 100,
    "thousand": 1000,
    "million": 1_000_000,
    "hundert": 100,
    "tausend": 1000,
    "millionen": 1_000_000,
}
SIMPLE: dict[str, int] = (
    {word: value for value, word in enumerate(_ENGLISH)}
    | {word: 10 * value for value, word in enumerate(_ENGLISH_TENS, 2)}
    | _GERMAN_SMALL
    | {word: 10 * value for value, word in enumerate(_GERMAN_TENS, 2)}
    | {"a": 1, "an": 1, "couple": 2, "dozen": 12}
)

# One number word or several: "six", "sixty-two thousand five hundred", "zweiundsechzigtausendfünfhundert".
_PARTS = sorted({*SIMPLE, *_SCALES, "und", "dreissig"}, key=len, reverse=True)
_ONE = rf"(?:{'|'.join(_PARTS)})+"
WORDS = rf"(?:{_ONE}(?:[ -](?:and )?{_ONE})*)"
FIGURES = r"\d{1,3}(?:[., '’\u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?"

_COMPOUND = re.compile("|".join(_PARTS))


def in_words(text: str) -> int | None:
    """The number that words say, None when they say none."""
    total, current, seen = 0, 0, False
    for word in _COMPOUND.findall(text.casefold().replace("dreissig", "dreißig")):
        if word == "und":
            continue
        seen = True
        scale = _SCALES.get(word)
        if scale is None:
            current += SIMPLE[word]
        elif scale == 100:
            current = max(current, 1) * 100
        else:
            total, current = total + max(current, 1) * scale, 0
    return total + current if seen else None


def in_figures(text: str) -> Decimal:
    """The number that figures say: whichever sign stands before two last digits or alone before fewer than three
    parts the whole from the rest, any other parts thousands."""
    bare = re.sub(r"[ '’\u00a0\u202f]", "", text)
    last = max(bare.rfind("."), bare.rfind(","))
    if last < 0:
        return Decimal(bare)
    tail = bare[last + 1 :]
    if len(tail) == 3:
        return Decimal(re.sub("[.,]", "", bare))
    return Decimal(re.sub("[.,]", "", bare[:last]) + "." + tail)


def number(text: str) -> Decimal | None:
    """The number a text says, in figures or words."""
    if text[:1].isdigit():
        return in_figures(text)
    said = in_words(text)
    return None if said is None else Decimal(said)
