"""Telephone numbers: compared as numbers, never as they were typed.

A number that is possible and not valid, as +1 555 0123 is, counts: people have such numbers long before any list of
ranges knows them.
"""

from __future__ import annotations

from functools import lru_cache

import phonenumbers

# So many digits at the end stand in every way of writing a number: what an index is made of.
TAIL = 7
_POSSIBLE = (phonenumbers.ValidationResult.IS_POSSIBLE, phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY)


@lru_cache(maxsize=16384)
def dialled(written: str | None, country: str) -> str | None:
    """The digits that are dialled from anywhere, country code first; None for what cannot be a number.

    country: ISO 3166, how a number without a country code is read.
    """
    try:
        number = phonenumbers.parse(_international(written or ""), country)
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_possible_number_with_reason(number) not in _POSSIBLE:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164).removeprefix("+")


def _international(written: str) -> str:
    """A number as it is dialled today: no national number begins with 00, which people write for the +, and Mexico's
    mobiles had a 1 after the country code until 2019."""
    text = written.strip()
    text = f"+{text[2:]}" if text.startswith("00") else text
    digits = "".join(char for char in text if char in "0123456789")
    if text.startswith("+") and len(digits) == 13 and digits.startswith("521"):
        return f"+52{digits[3:]}"
    return text


def canonical(digits: str) -> str:
    """What the ways of dialling one mobile have in common: Mexico's 1, Argentina's 9 and Brazil's ninth digit stand in
    some of them and not in others."""
    if len(digits) == 13 and digits.startswith(("521", "549")):
        return digits[:2] + digits[3:]
    if len(digits) == 13 and digits.startswith("55") and digits[4] == "9":
        return digits[:4] + digits[5:]
    return digits


def forms(digits: str) -> list[str]:
    """The ways of dialling a number that ring at one person's, itself first."""
    short = canonical(digits)
    more = {"52": [f"521{short[2:]}"], "54": [f"549{short[2:]}"], "55": [f"{short[:4]}9{short[4:]}"]}
    found = [digits, short, *more.get(short[:2], [])]
    return [each for each in dict.fromkeys(found) if canonical(each) == short]


def same(one: str, other: str) -> bool:
    """Whether two numbers, as ``dialled`` gives them, ring at one person's."""
    return canonical(one) == canonical(other)


def tail(digits: str) -> str:
    """The end of a number by which it is looked up."""
    return digits[-TAIL:]
