"""Dates in a text: in figures, with the month's name, relative to a day, stretches, lengths and hours of a day."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from services.ai.email_drafts.finding.claims import Claim, apart
from services.ai.email_drafts.finding.date_words import (
    ANY_WEEKDAY,
    COUNT,
    DAY,
    LONG_MONTH,
    MONTH,
    MONTHS,
    QUARTERS,
    UNITS,
    WEEK_OF,
    WEEKDAY,
    WEEKDAYS,
    YEAR,
)
from services.ai.email_drafts.finding.numbers import number
from services.ai.email_drafts.finding.times import Days, Hour, Readings, When, length

_LENGTH = re.compile(
    rf"\b(?:(?P<from>{COUNT})\s*(?:-|–|to|bis(?:\s+zu)?|or|oder)\s*)?(?P<count>{COUNT})(?:\s+of)?(?:\s|-)*"
    rf"(?P<unit>{'|'.join(f'(?:{words})' for words in UNITS.values())})\b(?!\s*(?:/|a\s+week))",
    re.IGNORECASE,
)

_Reader = Callable[[re.Match[str], date], Readings | None]


def find_dates(text: str, today: date) -> list[Claim]:
    """All of them; ``today`` is the day the text was written on. The value is ``Readings``."""
    return apart(_found(text, today))


def _found(text: str, today: date) -> Iterator[Claim]:
    for pattern, read in _PATTERNS:
        for match in pattern.finditer(text):
            try:
                readings = read(match, today)
            except ValueError:
                # The 31st of February is a claim that nothing can back.
                readings = ((),)
            if readings is not None:
                # The point after "1 March." is the sentence's.
                said = re.sub(r"(?<=[^\W\d]{2})\.$", "", match[0].rstrip())
                start = match.start() + len(said) - len(said.lstrip())
                yield Claim("date", said.lstrip(), start, match.start() + len(said), readings)


def _one(*readings: When) -> Readings:
    return (readings,)


def _year_of(match: re.Match[str], today: date) -> tuple[int, bool]:
    told = match.groupdict().get("year")
    return (int(told), False) if told else (today.year, True)


def _day_of(match: re.Match[str], day: date, *, yearless: bool) -> Readings:
    """The day, or its week; a weekday beside it has to be that day's."""
    named = match.groupdict()
    if named.get("week"):
        return _one(Days.week(day, yearless=yearless))
    weekday = named.get("weekday")
    if weekday and not yearless and day.weekday() != WEEKDAYS[weekday.casefold()]:
        return ((),)
    return _one(Days.one(day, yearless=yearless))


def _iso(match: re.Match[str], _today: date) -> Readings:
    return _day_of(match, date(int(match["year"]), int(match["m"]), int(match["d"])), yearless=False)


def _german(match: re.Match[str], today: date) -> Readings:
    told = match["year"]
    year = int(told) + (2000 if len(told) == 2 else 0) if told else today.year
    return _day_of(match, date(year, int(match["m"]), int(match["d"])), yearless=not told)


def _slashes(match: re.Match[str], today: date) -> Readings:
    told = match["year"]
    year = int(told) + (2000 if len(told) == 2 else 0) if told else today.year
    one, two = int(match["a"]), int(match["b"])
    readings = [
        Days.one(date(year, month, day), yearless=not told)
        for month, day in dict.fromkeys(((one, two), (two, one)))
        if month <= 12 and 1 <= day <= 31 and month >= 1
    ]
    return (tuple(readings),)


def _named(match: re.Match[str], today: date) -> Readings:
    year, yearless = _year_of(match, today)
    return _day_of(match, date(year, MONTHS[match["month"].casefold()], int(match["day"])), yearless=yearless)


def _month(match: re.Match[str], today: date) -> Readings:
    year, yearless = _year_of(match, today)
    days = Days.month(year, MONTHS[match["month"].casefold()], yearless=yearless)
    part = _part(match["part"])
    return _one(Days.part_of_month(part, days) if part else days)


def _part(said: str | None) -> str | None:
    word = (said or "").casefold().strip(" -")
    if not word:
        return None
    return "early" if re.match("early|begin|start|anfang", word) else "mid" if re.match("mid|mitte", word) else "late"


def _weekday(match: re.Match[str], today: date) -> Readings:
    """The next of them and the one after, as "next Tuesday" may mean either; "last" is the one before."""
    ahead = (WEEKDAYS[match["weekday"].casefold()] - today.weekday()) % 7
    coming = today + timedelta(days=ahead)
    said = (match["which"] or "").casefold()
    if said.startswith(("last", "past", "letzt", "vergangen", "vorig")):
        before = coming - timedelta(days=7)
        return _one(Days.one(before), Days.one(before - timedelta(days=7)))
    return _one(Days.one(coming), Days.one(coming + timedelta(days=7)), Days.one(coming - timedelta(days=7)))


_RELATIVE_DAYS = {
    "day before yesterday": -2, "vorgestern": -2, "yesterday": -1, "gestern": -1, "gestrig": -1, "today": 0,
    "tonight": 0, "heute": 0, "heutig": 0, "this morning": 0, "this afternoon": 0, "this evening": 0,
    "last night": -1, "day after tomorrow": 2, "übermorgen": 2, "tomorrow": 1, "morgen": 1, "morgig": 1,
}  # fmt: skip


def _relative(match: re.Match[str], today: date) -> Readings:
    said = re.sub(r"^the\s+", "", match["word"].casefold())
    said = re.sub(r"(?<=gestrig|.heutig|.morgig)e[nrms]?$", "", " ".join(said.split()))
    return _one(Days.one(today + timedelta(days=_RELATIVE_DAYS[said])))


def _stretch(match: re.Match[str], today: date) -> Readings:
    which, unit = match["which"].casefold(), match["unit"].casefold()
    step = 0
    if re.match(r"next|coming|following|kommend|nächst|folgend", which):
        step = 1
    elif re.match(r"last|previous|past|letzt|vergangen|vorig", which):
        step = -1
    part = _part(match["part"])
    if unit.startswith(("week", "woche")):
        week = Days.week(today + timedelta(days=7 * step))
        return _one(Days(week.last - timedelta(days=3), week.last) if part == "late" else week)
    if unit.startswith(("month", "monat")):
        months = today.year * 12 + today.month - 1 + step
        days = Days.month(months // 12, months % 12 + 1)
        return _one(Days.part_of_month(part, days) if part else days)
    if unit.startswith(("quarter", "quartal")):
        quarters = today.year * 4 + (today.month - 1) // 3 + step
        return _one(_quarter_days(quarters // 4, quarters % 4 + 1))
    return _one(Days(date(today.year + step, 1, 1), date(today.year + step, 12, 31)))


def _quarter_days(year: int, quarter: int, *, yearless: bool = False) -> Days:
    last = Days.month(year, quarter * 3).last
    return Days(date(year, quarter * 3 - 2, 1), last, yearless)


def _quarter(match: re.Match[str], today: date) -> Readings:
    year, yearless = _year_of(match, today)
    word = re.sub("[nrs]$", "", (match["word"] or "").casefold())
    quarter = int(match["q"]) if match["q"] else QUARTERS.get(word, QUARTERS.get(match["word"].casefold(), 1))
    return _one(_quarter_days(year, quarter, yearless=yearless))


def _calendar_week(match: re.Match[str], today: date) -> Readings:
    year, yearless = _year_of(match, today)
    return _one(Days.week(date.fromisocalendar(year, int(match["n"]), 1), yearless=yearless))


def _year(match: re.Match[str], _today: date) -> Readings:
    year = int(match["year"])
    return _one(Days(date(year, 1, 1), date(year, 12, 31)))


def _nth(match: re.Match[str], today: date) -> Readings:
    """A day without its month: this one's, the next one's or the last one's."""
    day, found = int(match["day"]), []
    for step in (0, 1, -1):
        months = today.year * 12 + today.month - 1 + step
        found.append(Days.one(date(months // 12, months % 12 + 1, min(day, 28)) + timedelta(days=max(0, day - 28))))
    return (tuple(found),)


def _hour(match: re.Match[str], _today: date) -> Readings | None:
    hour, minute = int(match["h"]), int(match["min"] or 0)
    half = re.sub(r"[.\s]", "", (match["half"] or "").casefold())
    if half == "pm" and hour < 12:
        hour += 12
    if half == "am" and hour == 12:
        hour = 0
    return _one(Hour(hour, minute)) if hour < 24 and minute < 60 else None


# "A day that suits you" is no length; "in a week" is one.
_ONE = re.compile(r"an?|ein(?:e|en|em|er)?", re.IGNORECASE)
_LASTS = re.compile(
    r"\b(?:in|within|for|after|takes?|than|about|innerhalb|binnen|nach|dauert|vor|seit)\s+$", re.IGNORECASE
)


def _length(match: re.Match[str], _today: date) -> Readings | None:
    said = match["unit"].casefold()
    if _ONE.fullmatch(match["count"]) and not _LASTS.search(match.string[: match.start()]):
        return None
    unit = next(name for name, words in UNITS.items() if re.fullmatch(words, said, re.IGNORECASE))
    parts = [number(match[name].replace(",", ".")) for name in ("from", "count") if match[name]]
    return tuple((length(float(each), unit),) for each in parts if each is not None) or None


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


_WHICH = (
    r"(?P<which>next|this|last|coming|past|this\s+coming|kommende[nrms]?|nächste[nrms]?|diese[nrms]?"
    r"|letzte[nrms]?|vergangene[nrms]?|vorige[nrms]?)"
)
_PATTERNS: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (_pattern(rf"\b{ANY_WEEKDAY}?{WEEK_OF}?(?P<year>(?:19|20)\d\d)-(?P<m>\d\d)-(?P<d>\d\d)\b"), _iso),
    (
        _pattern(
            rf"(?<![\d.,]){ANY_WEEKDAY}?{WEEK_OF}?(?P<d>[0-3]?\d)\.\s?(?P<m>[01]?\d)\.(?:\s?(?P<year>(?:20)?\d\d)(?![\d.,]*\d))?(?!\d)"
        ),
        _german,
    ),
    (_pattern(r"(?<![\d/])(?P<a>[0-3]?\d)[/-](?P<b>[0-3]?\d)[/-](?P<year>(?:20)?\d\d)(?![\d/])"), _slashes),
    (_pattern(r"(?<![\d/])(?P<a>[01]?\d)/(?P<b>[0-3]?\d)(?P<year>)(?![\d/%])"), _slashes),
    (
        _pattern(
            rf"\b{ANY_WEEKDAY}?{WEEK_OF}?{MONTH}\s+(?:the\s+)?{DAY}(?:st|nd|rd|th)?(?!\s?(?:%|€|\$"
            rf"|k\b))(?:,?\s+(?:of\s+)?{YEAR})?"
        ),
        _named,
    ),
    (
        _pattern(
            rf"\b{ANY_WEEKDAY}?{WEEK_OF}?(?:the\s+)?{DAY}(?:st|nd|rd|th|\.)?\s+(?:of\s+)?{MONTH}(?:,?\s+{YEAR})?"
        ),
        _named,
    ),
    (
        _pattern(
            r"\b(?P<part>(?:early|mid|late|(?:the\s+)?(?:end|beginning|start|middle)\s+of|Anfang|Mitte|Ende)[\s-]+)?"
            rf"(?-i:{LONG_MONTH})(?:,?\s+{YEAR})?(?!\s+(?:I|we|you|be|not|have|also)\b)"
        ),
        _month,
    ),
    (
        _pattern(
            r"\b(?P<part>(?:early|mid|late|(?:the\s+)?(?:end|beginning|start|middle)\s+of|Anfang|Mitte"
            r"|Ende)[\s-]+)?(?:the\s+|der\s+|des\s+)?"
            r"(?P<which>next|this|last|previous|coming|following|past|kommende[nrms]?|nächste[nrms]?|diese[nrms]?"
            r"|letzte[nrms]?|vergangene[nrms]?|vorige[nrms]?|folgende[nrms]?)"
            r"\s+(?P<unit>week|month|quarter|year|Woche|Monats?|Quartals?|Jahr(?:es)?)\b"
        ),
        _stretch,
    ),
    (
        _pattern(
            r"\b(?P<part>(?:the\s+)?(?:end|middle)\s+of\s+|Ende\s+|Mitte\s+)(?P<which>the\s+|der\s+"
            r"|des\s+)(?P<unit>week|month|quarter|year|Woche|Monats|Quartals|Jahres)\b"
        ),
        _stretch,
    ),
    (_pattern(rf"\b(?:{_WHICH}\s+)?{WEEKDAY}(?:s|morgen|mittag|nachmittag|vormittag|abend)?\b"), _weekday),
    (
        _pattern(
            r"\b(?P<word>(?:the\s+)?day\s+before\s+yesterday|(?:the\s+)?day\s+after\s+tomorrow|yesterday|today"
            r"|tonight|tomorrow|last\s+night"
            r"|this\s+(?:morning|afternoon|evening)|vorgestern|gestern|gestrige[nrms]?|heute|heutige[nrms]?"
            r"|übermorgen|(?<!guten )morgen(?![a-zäöü])|morgige[nrms]?)(?:'s|’s)?\b"
        ),
        _relative,
    ),
    (_pattern(rf"\b(?:Q(?P<q>[1-4])|(?P<word>first|second|third|fourth|erste[ns]?|zweite[ns]?|dritte[ns]?"
    rf"|vierte[ns]?)\s+(?:quarter|Quartal))(?:[\s/]+(?:of\s+)?{YEAR})?\b"), _quarter),
    (_pattern(rf"\b(?:KW|CW|calendar\s+week|Kalenderwoche)\s?(?P<n>[0-5]?\d)\b(?:[\s/]+{YEAR})?"), _calendar_week),
    (_pattern(rf"(?:(?<=\bin )|(?<=\bby )|(?<=\bJahr )|(?<=\bbis )|(?<=\bab )|(?<=\bsince )"
    rf"|(?<=\bseit )){YEAR}\b(?![-.,]\d)"), _year),
    (_pattern(r"(?:(?<=\bon the )|(?<=\bby the )|(?<=\buntil the )|(?<=\bbefore the )|(?<=\bfrom the )"
    r"|(?<=\bthe ))(?P<day>[0-3]?\d)(?:st|nd|rd|th)\b"), _nth),
    (_pattern(r"(?:(?<=\bam )|(?<=\bzum )|(?<=\bbis zum )|(?<=\bab dem ))(?P<day>[0-3]?\d)\.(?=\s+(?![A-ZÄÖÜ])"
    r"|$)"), _nth),
    (_pattern(r"\b(?P<h>[012]?\d)(?:[:.](?P<min>[0-5]\d))?\s?(?P<half>[ap]\.?m\.?)(?![a-z])"), _hour),
    (_pattern(r"(?:\bum\s+|\bat\s+|\bab\s+"
    r"|\bgegen\s+)?(?<![\d.,:])(?P<h>[012]?\d)(?:[:.](?P<min>[0-5]\d))?(?P<half>)\s?(?:Uhr|o['’]clock)\b"), _hour),
    (_pattern(r"(?:\bat\s+|\bum\s+)(?P<h>[012]?\d):(?P<min>[0-5]\d)(?P<half>)\b(?!\s?[ap]\.?m)"), _hour),
    (_LENGTH, _length),
)  # fmt: skip
