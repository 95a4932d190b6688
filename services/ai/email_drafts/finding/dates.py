"""Dates in a text: in figures, with the month's name, relative to a day, stretches, lengths and hours of a day."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
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
    RELATIVE_DAYS,
    UNITS,
    WEEK_OF,
    WEEKDAY,
    WEEKDAYS,
    WHICH,
    YEAR,
)
from services.ai.email_drafts.finding.ends import ENDS, read_end
from services.ai.email_drafts.finding.numbers import number
from services.ai.email_drafts.finding.tenses import tells_of_future, tells_of_past
from services.ai.email_drafts.finding.times import Days, Hour, Readings, length, meant, one

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


def _by_year(year: str | None, today: date, of: Callable[[int], Days], weekday: str | None = None) -> Readings:
    """What it is in the year told. Without one: the nearest to ``today``, and loosely the one on its other side. A
    weekday beside it has to be that day's."""
    years = [int(year) + (2000 if len(year) == 2 else 0)] if year else range(today.year - 1, today.year + 2)
    found = sorted(_made(years, of), key=lambda each: each.away(today))[:2]
    if not found:
        return ((),)
    fitting = [each for each in found if not weekday or each.first.weekday() == WEEKDAYS[weekday.casefold()]]
    return (meant(*fitting),)


def _made(years: Iterable[int], of: Callable[[int], Days]) -> Iterator[Days]:
    for year in years:
        with suppress(ValueError):  # 29 February in a year without one
            yield of(year)


def _day_in(match: re.Match[str], month: int, day: int, today: date) -> Readings:
    """The day, or its week."""
    named = match.groupdict()
    if named.get("week"):
        return _by_year(named["year"], today, lambda year: Days.week(date(year, month, day)))
    return _by_year(named["year"], today, lambda year: Days.one(date(year, month, day)), named.get("weekday"))


def _figures(match: re.Match[str], today: date) -> Readings:
    return _day_in(match, int(match["m"]), int(match["d"]), today)


def _slashes(match: re.Match[str], today: date) -> Readings:
    one, two = int(match["a"]), int(match["b"])
    readings = [_day_in(match, month, day, today)[0] for month, day in dict.fromkeys(((one, two), (two, one)))]
    return (tuple(each for part in readings for each in part),)


def _named(match: re.Match[str], today: date) -> Readings:
    return _day_in(match, MONTHS[match["month"].casefold()], int(match["day"]), today)


def _month(match: re.Match[str], today: date) -> Readings:
    month, part = MONTHS[match["month"].casefold()], _part(match["part"])

    def days(year: int) -> Days:
        whole = Days.month(year, month)
        return Days.part_of_month(part, whole) if part else whole

    return _by_year(match["year"], today, days)


def _part(said: str | None) -> str | None:
    word = (said or "").casefold().strip(" -")
    if not word:
        return None
    return "early" if re.match("early|begin|start|anfang", word) else "mid" if re.match("mid|mitte", word) else "late"


def _weekday(match: re.Match[str], today: date) -> Readings:
    """ "last": the latest before; "next": next week's, loosely the coming one; plain: the coming one, in a sentence of
    what was the latest, and loosely either."""
    ahead = (WEEKDAYS[match["weekday"].casefold()] - today.weekday()) % 7 or 7
    coming = Days.one(today + timedelta(days=ahead))
    before = Days.one(coming.first - timedelta(days=7 if ahead < 7 else 14))
    now = (Days.one(today),) if ahead == 7 else ()
    said = (match["which"] or "").casefold()
    if said.startswith(("last", "past", "letzt", "vergangen", "vorig")):
        return one(before)
    if said.startswith(("next", "nächst")):
        after = Days.week(today).last + timedelta(days=1 + WEEKDAYS[match["weekday"].casefold()])
        return (meant(Days.one(after), coming),)
    if said:
        return (meant(coming, *now),)
    if tells_of_past(match.string, match.start()):
        return (meant(before, *now),)
    if tells_of_future(match.string, match.start()):
        return (meant(coming, *now),)
    return (meant(coming, before, *now),)


def _relative(match: re.Match[str], today: date) -> Readings:
    said = re.sub(r"^the\s+", "", match["word"].casefold())
    said = re.sub(r"(?<=gestrig|.heutig|.morgig)e[nrms]?$", "", " ".join(said.split()))
    return one(Days.one(today + timedelta(days=RELATIVE_DAYS[said])))


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
        return one(Days(week.last - timedelta(days=3), week.last) if part == "late" else week)
    if unit.startswith(("month", "monat")):
        months = today.year * 12 + today.month - 1 + step
        days = Days.month(months // 12, months % 12 + 1)
        return one(Days.part_of_month(part, days) if part else days)
    if unit.startswith(("quarter", "quartal")):
        quarters = today.year * 4 + (today.month - 1) // 3 + step
        return one(_quarter_days(quarters // 4, quarters % 4 + 1))
    return one(Days(date(today.year + step, 1, 1), date(today.year + step, 12, 31)))


def _quarter_days(year: int, quarter: int) -> Days:
    return Days(date(year, quarter * 3 - 2, 1), Days.month(year, quarter * 3).last)


def _quarter(match: re.Match[str], today: date) -> Readings:
    word = re.sub("[nrs]$", "", (match["word"] or "").casefold())
    quarter = int(match["q"]) if match["q"] else QUARTERS.get(word, QUARTERS.get(match["word"].casefold(), 1))
    return _by_year(match["year"], today, lambda year: _quarter_days(year, quarter))


def _calendar_week(match: re.Match[str], today: date) -> Readings:
    return _by_year(match["year"], today, lambda year: Days.week(date.fromisocalendar(year, int(match["n"]), 1)))


def _year(match: re.Match[str], _today: date) -> Readings:
    year = int(match["year"])
    return one(Days(date(year, 1, 1), date(year, 12, 31)))


def _nth(match: re.Match[str], today: date) -> Readings:
    """A day without its month: the next such day, in a sentence of what was the latest, and loosely either."""
    day, now = int(match["day"]), today.year * 12 + today.month - 1
    found = list(_made(range(now - 2, now + 3), lambda month: Days.one(date(month // 12, month % 12 + 1, day))))
    before = [each for each in found if each.first < today][-1:]
    coming = [each for each in found if each.first >= today][:1]
    past = tells_of_past(match.string, match.start())
    return (meant(*(before + coming if past else coming + before)),)


def _hour(match: re.Match[str], _today: date) -> Readings | None:
    hour, minute = int(match["h"]), int(match["min"] or 0)
    half = re.sub(r"[.\s]", "", (match["half"] or "").casefold())
    if half == "pm" and hour < 12:
        hour += 12
    if half == "am" and hour == 12:
        hour = 0
    return one(Hour(hour, minute)) if hour < 24 and minute < 60 else None


_ONE = re.compile(r"an?|ein(?:e|en|em|er)?", re.IGNORECASE)
_LASTS = re.compile(
    r"\b(?:in|within|for|after|takes?|than|about|innerhalb|binnen|nach|dauert|vor|seit)\s+$", re.IGNORECASE
)


def _length(match: re.Match[str], _today: date) -> Readings | None:
    """None for "a day that suits you"; "in a week" is one."""
    said = match["unit"].casefold()
    if _ONE.fullmatch(match["count"]) and not _LASTS.search(match.string[: match.start()]):
        return None
    unit = next(name for name, words in UNITS.items() if re.fullmatch(words, said, re.IGNORECASE))
    parts = [number(match[name].replace(",", ".")) for name in ("from", "count") if match[name]]
    return tuple((length(float(each), unit),) for each in parts if each is not None) or None


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


_PATTERNS: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (_pattern(rf"\b{ANY_WEEKDAY}?{WEEK_OF}?(?P<year>(?:19|20)\d\d)-(?P<m>\d\d)-(?P<d>\d\d)\b"), _figures),
    (
        _pattern(
            rf"(?<![\d.,]){ANY_WEEKDAY}?{WEEK_OF}?(?P<d>[0-3]?\d)\.\s?(?P<m>[01]?\d)\.(?:\s?(?P<year>(?:20)?\d\d)(?![\d.,]*\d))?(?!\d)"
        ),
        _figures,
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
    (_pattern(rf"\b(?:{WHICH}\s+)?{WEEKDAY}(?:s|morgen|mittag|nachmittag|vormittag|abend)?\b"), _weekday),
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
    (ENDS, read_end),
    (_LENGTH, _length),
)  # fmt: skip
