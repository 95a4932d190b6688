"""Amounts in a text: money in figures and words, shares of a hundred, numbers of documents and of accounts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from services.ai.email_drafts.finding.claims import Claim, apart
from services.ai.email_drafts.finding.numbers import FIGURES, WORDS, number

_SIGNS = {
    "$": "USD", "us$": "USD", "usd": "USD", "dollar": "USD", "dollars": "USD", "bucks": "USD",
    "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR",
    "£": "GBP", "gbp": "GBP", "pound": "GBP", "pounds": "GBP", "pfund": "GBP",
    "chf": "CHF", "franken": "CHF", "sfr": "CHF", "fr.": "CHF", "¥": "JPY", "jpy": "JPY", "yen": "JPY",
    "cad": "CAD", "aud": "AUD", "sek": "SEK", "nok": "NOK", "dkk": "DKK", "pln": "PLN",
}  # fmt: skip
_SIGN = "|".join(re.escape(sign) for sign in sorted(_SIGNS, key=len, reverse=True))
_SCALES = {
    "k": 1000, "thousand": 1000, "grand": 1000, "tsd": 1000, "tausend": 1000, "m": 10**6, "mm": 10**6, "mn": 10**6,
    "mio": 10**6, "million": 10**6, "millions": 10**6, "millionen": 10**6, "mil": 10**6, "bn": 10**9, "mrd": 10**9,
}  # fmt: skip
_SCALE = rf"(?:[\s-]?(?P<scale>{'|'.join(sorted(_SCALES, key=len, reverse=True))})\b\.?)?"


@dataclass(frozen=True, slots=True)
class Amount:
    """Money in major units; ``currency`` None where the text names none."""

    value: Decimal
    currency: str | None


@dataclass(frozen=True, slots=True)
class Share:
    """So many of a hundred."""

    percent: Decimal


@dataclass(frozen=True, slots=True)
class Number:
    """The number of a document or an account, without the signs between."""

    number: str


def backs(known: Amount | Share | Number, claimed: Amount | Share | Number) -> bool:
    """Whether what is known says what is claimed; an amount without a currency is in whichever."""
    if isinstance(known, Amount) and isinstance(claimed, Amount):
        same = None in (known.currency, claimed.currency) or known.currency == claimed.currency
        return same and known.value == claimed.value
    return known == claimed


def find_amounts(text: str, taken: Iterable[Claim] = ()) -> list[Claim]:
    """All of them, off the places of others; the value is a tuple of ``Amount``, ``Share`` or ``Number``: a range
    names two."""
    found = [*_numbers(text), *_money(text), *_shares(text), *_fractions(text), *_plain(text)]
    return apart(found, taken)


_FIGURES = rf"(?:{FIGURES})"
_RANGE = rf"(?P<from>{_FIGURES})\s?(?P<from_scale>k|m)?\s?(?:{_SIGN})?\s*(?:-|–|to|bis|and|und)\s*(?:{_SIGN})?\s?"
_BEFORE = re.compile(rf"(?<![\w])(?P<sign>{_SIGN})\s?(?:{_RANGE})?(?P<count>{_FIGURES}){_SCALE}(?!\d)", re.IGNORECASE)
_AFTER = re.compile(
    rf"(?<![\w.,])(?:{_RANGE})?(?P<count>{_FIGURES}|\b{WORDS}){_SCALE},?(?:-|–|—)?\s?(?P<sign>{_SIGN})(?!\w)",
    re.IGNORECASE,
)
_PERCENT = re.compile(
    rf"(?<![\w.,])(?:(?P<from>\d+(?:[.,]\d+)?)\s?%?\s?(?:-|–|to|bis)\s?)?(?P<count>\d+(?:[.,]\d+)?"
    rf"|\b{WORDS})[\s-]?(?:%|percent(?:age points)?|per cent|Prozent|v\.\s?H\.)",
    re.IGNORECASE,
)
_NAMED = (
    r"total|totals|totalling|amount|amounts|price|priced|budget|fee|cost|costs|value|worth|sum|pay|invoice for"
    r"|Betrag|Preis|Summe|Kosten|kostet|Gesamt\w*|Honorar|Budget|Wert|beträgt"
)
_CUED = re.compile(
    rf"\b(?:{_NAMED})\b(?:\s(?:of|is|at|to|von|ist|sind|in|Höhe|now|was|would|be|über|auf|für|the|project"
    rf"|comes))*:?\s(?P<count>\d{{3,}}(?:[.,]\d\d)?){_SCALE}(?![\d/.-]\d|\s?(?:weeks|hours|days|Wochen|Stunden|Tage))",
    re.IGNORECASE,
)
_THOUSANDS = re.compile(
    r"(?<![\w.,/#-])(?P<count>\d{1,3}(?:[.,’']\d{3})+(?:[.,]\d{2})?"
    r"|\d+(?:[.,]\d+)?(?=\s?k\b))\s?(?P<scale>k\b)?(?![\w.,]?\d|\s?(?:weeks|hours|days|users|Wochen|Stunden|Tage"
    r"|Nutzer|customers|Kunden|products|Produkte|visitors|Besucher|orders)\b)"
)
# "The remaining eleven thousand": money where no thing that is counted follows.
_IN_WORDS = re.compile(
    rf"\b(?P<count>{WORDS})(?:[\s-](?P<scale>grand))?\b(?=\s*(?:[.,;:!?)\n]|$)|\s+(?:is|are|was|were|will|would|can|could|may|should|has|have|remains?"
    r"|follows?|due|by|now|on|in|as|for|from|to|up|under|less|more|off|that|which|and|or|later|ist|sind|war|bis|am|im"
    r"|für|als|und|oder|auf)\b)",
    re.IGNORECASE,
)
_FRACTION = re.compile(
    r"\b(?:(?P<many>an?|one|two|three|four|ein|zwei|drei|vier)[ -](?P<part>third|quarter|fifth|sixth|eighth|tenth"
    r"|twentieth|drittel|viertel|fünftel|sechstel|achtel|zehntel|zwanzigstel)s?|(?P<half>half|die\s+Hälfte))"
    r"(?=\s+(?:\w+\s+){0,2}?(?:off|less|cheaper|discount|reduction|weniger|günstiger|billiger|Rabatt)\b"
    r"(?!\s+(?:time|work|effort|today|Zeit|Aufwand))|\s+(?:of|from)\s+(?:the|your|our)\s+(?:price|fee|bill|cost|invoice|sum))",
    re.IGNORECASE,
)
_PARTS = {
    "third": 3, "drittel": 3, "quarter": 4, "viertel": 4, "fifth": 5, "fünftel": 5, "sixth": 6, "sechstel": 6,
    "eighth": 8, "achtel": 8, "tenth": 10, "zehntel": 10, "twentieth": 20, "zwanzigstel": 20,
}  # fmt: skip
_DOCUMENT = re.compile(r"\b[A-Z]{2,5}[-/ ]?(?:19|20)\d\d[-/]\d{1,6}\b|\b(?:INV|RE|CN|PO|RG)[-# ]\d{2,}(?:-\d+)*\b")
_ACCOUNT = re.compile(r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,3})?\b")
_INVOICE_NUMBER = re.compile(
    r"\b(?:invoice|Rechnung(?:snummer)?|Rechnungs-Nr\.)\s?(?:number|no\.?|Nr\.?"
    r"|#)?\s?#?(?P<number>\d{3,})\b(?!\s?(?:%|€|\$))",
    re.IGNORECASE,
)


def _numbers(text: str) -> list[Claim]:
    found = [match for pattern in (_DOCUMENT, _ACCOUNT) for match in pattern.finditer(text)]
    claims = [_claim(match, (Number(re.sub(r"[\W_]", "", match[0]).upper()),)) for match in found]
    return claims + [_claim(match, (Number(match["number"]),)) for match in _INVOICE_NUMBER.finditer(text)]


def _money(text: str) -> list[Claim]:
    claims = []
    for pattern in (_BEFORE, _AFTER):
        for match in pattern.finditer(text):
            said = _scaled(match["count"], match["scale"])
            if said is None:
                continue
            currency = _SIGNS[match["sign"].casefold()]
            values = [Amount(said, currency)]
            if match["from"]:
                first = _scaled(match["from"], match["from_scale"] or match["scale"])
                values += [Amount(first, currency)] if first is not None else []
            claims.append(_claim(match, tuple(values)))
    return claims


def _shares(text: str) -> list[Claim]:
    claims = []
    for match in _PERCENT.finditer(text):
        parts = [_percent(match[name]) for name in ("from", "count") if match[name]]
        values = tuple(Share(part) for part in parts if part is not None)
        if values:
            claims.append(_claim(match, values))
    return claims


def _fractions(text: str) -> list[Claim]:
    """Parts in words that are taken off a price."""
    claims = []
    for match in _FRACTION.finditer(text):
        whole = 2 if match["half"] else _PARTS[match["part"].casefold()]
        count = number(match["many"] or "one") or Decimal(1)
        claims.append(_claim(match, (Share(round(count * 100 / whole, 2)),)))
    return claims


def _percent(said: str) -> Decimal | None:
    return Decimal(said.replace(",", ".")) if said[0].isdigit() else number(said)


def _plain(text: str) -> list[Claim]:
    """Money without a currency: after a word for it, or with its thousands parted."""
    claims = []
    for match in _CUED.finditer(text):
        said = _scaled(match["count"], match["scale"])
        if said is not None and not (match["scale"] is None and 1990 <= said <= 2100):
            start = match.start("count")
            claims.append(Claim("amount", text[start : match.end()], start, match.end(), (Amount(said, None),)))
    for match in _THOUSANDS.finditer(text):
        said = _scaled(match["count"], match["scale"])
        if said is not None:
            claims.append(_claim(match, (Amount(said, None),)))
    return claims + _large_in_words(text)


def _large_in_words(text: str) -> list[Claim]:
    claims = []
    for match in _IN_WORDS.finditer(text):
        said = _scaled(match["count"], match["scale"])
        if said is not None and said >= 1000:
            claims.append(_claim(match, (Amount(said, None),)))
    return claims


def _claim(match: re.Match[str], value: tuple[Amount | Share | Number, ...]) -> Claim:
    bare = re.sub(r"(?<=[^\W\d])\.$", "", match[0].strip())
    start = match.start() + match[0].index(bare)
    return Claim("amount", bare, start, start + len(bare), value)


def _scaled(count: str, scale: str | None) -> Decimal | None:
    said = number(count)
    if said is None:
        return None
    return said * _SCALES[scale.casefold().rstrip(".")] if scale else said
