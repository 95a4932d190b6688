"""How a name and a telephone number may be written, as patterns for Python's ``re``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import phonenumbers

NOT_IN_WORD, WORD_ENDS = r"(?<![^\W_])", r"(?![^\W_])"
_WORD = re.compile(r"[^\W_]+")
_BETWEEN = r"[\W_]{1,4}"
_APART = r"[\s().\-/]{0,3}"

# What people type who have no such key.
_WITHOUT_THE_KEY = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "å": "aa", "ø": "oe", "æ": "ae", "œ": "oe", "ł": "l"}
# A name in small letters is a word like others where it is short.
_LETTERS_OF_A_NAME = 5
# Fewer digits are a price or a year as well as a number somebody can be called at.
_DIGITS_ANYWHERE = 9
_DIGITS_APART = 7


def words(text: str) -> list[str]:
    """Its words, accents joined to their letters."""
    return _WORD.findall(unicodedata.normalize("NFC", text))


def name(*parts: str) -> str:
    """A name, its words in this order with a few signs between; for a search that does not mind the case."""
    return f"{NOT_IN_WORD}{_BETWEEN.join(_spelled(word) for part in parts for word in words(part))}{WORD_ENDS}"


def alone(part: str, *, before_a_name: bool = True) -> str:
    """A first or last name alone, written as a name is; for a search that minds the case.

    before_a_name: also where another name follows, as in "John Smith".
    """
    ways = {part, part.upper()} | ({part.lower()} if len(part) >= _LETTERS_OF_A_NAME else set())
    found = "|".join(_BETWEEN.join(_spelled(word) for word in words(way)) for way in sorted(ways))
    return f"{NOT_IN_WORD}(?:{found}){WORD_ENDS}" + ("" if before_a_name else r"(?!\s+[^\W\d_a-z])")


class Phone:
    """A telephone number: with its country's code, with ``00``, with the ``0`` that is dialled at home, or without."""

    def __init__(self, written: str) -> None:
        self._country, self._national = _parts(written)

    @property
    def digits(self) -> str:
        """The digits that stand in every way of writing it."""
        return self._national

    def anywhere(self) -> Iterator[str]:
        """Patterns for where it is theirs, whatever the text is about; none for what may as well be an amount."""
        if self._country:
            yield self._pattern(rf"(?:\+|00)?{_APART.join(self._country)}{_APART}(?:\(?0\)?{_APART})?")
        if len(self._national) >= _DIGITS_ANYWHERE:
            yield self._pattern("0?")
        elif self._country and len(self._national) >= _DIGITS_APART:
            yield self._pattern(r"(?=\d+[\s().\-/])0?")

    def at_all(self) -> Iterator[str]:
        """Patterns for texts that are about the person."""
        if self._national:
            yield self._pattern("0?")

    def _pattern(self, before: str) -> str:
        # After a hexadecimal digit and a dash it may be a piece of an id.
        number = _APART.join(self._national)
        return rf"{NOT_IN_WORD}(?<![0-9a-f]-)(?<![.,])\(?{before}\(?{number}{WORD_ENDS}(?!-[0-9a-f]{{4}})"


def _parts(written: str) -> tuple[str, str]:
    """``(country code, national number)``; no code where none was written."""
    digits = "".join(char for char in written if char.isdecimal())
    try:
        number = phonenumbers.parse(written, None)
    except phonenumbers.NumberParseException:
        return "", digits.lstrip("0") or digits
    country = str(number.country_code)
    return country, digits.removeprefix("00").removeprefix(country).lstrip("0")


def _spelled(word: str) -> str:
    return "".join(_letter(char) for char in word)


def _letter(char: str) -> str:
    if char.isascii():
        return re.escape(char)
    apart = unicodedata.normalize("NFD", char)
    typed = _WITHOUT_THE_KEY.get(char.lower(), "")
    upper = typed.upper() if char.isupper() else typed
    ways = [char, apart, apart[0], typed, upper, typed.capitalize()]
    return f"(?:{'|'.join(re.escape(way) for way in dict.fromkeys(ways) if way)})"
