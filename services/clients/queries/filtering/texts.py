"""Text that begins with or holds a few letters, as the indexes find it."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, func, literal, or_

from libs.common import finding
from libs.common.fields import contains
from services.clients.models import contacts

FULL_NAME = contacts.c.first_name + literal(" ", literal_execute=True) + contacts.c.last_name
# Fewer are a house number as well.
LEAST_DIGITS = 4


def holds(column: ColumnElement[Any], searched: str) -> ColumnElement[bool]:
    """Text that holds this, whatever the case; two letters begin a word, one letter begins the text."""
    return begins(column, searched) if len(searched) == 1 else finding.holds(column, searched)


def holds_plain(column: ColumnElement[Any], searched: str) -> ColumnElement[bool]:
    """Text that holds this, whatever the case and the accents; two letters begin a word, one letter begins the text."""
    if len(searched) == 1:
        return begins(column, searched)
    anywhere = contains(searched)
    patterns = [anywhere] if len(searched) >= finding.SHORT else [anywhere[1:], f"% {anywhere[1:]}"]
    # Of the names with accents alone there is an index without: most names have none.
    accented, plain = func.octet_length(column) != func.length(column), func.search_plain(column, type_=Text)
    as_written = [column.ilike(func.search_plain(each)) for each in patterns]
    return or_(*as_written, *(and_(accented, plain.like(func.search_plain(each))) for each in patterns))


def digits_of(searched: str) -> str | None:
    """The digits of what may be a part of a phone number; None where it is none. A zero that begins it stands for a
    country or an area, and is written in one place and left out in another."""
    digits = re.sub(r"\D", "", searched)
    if len(digits) < LEAST_DIGITS or not re.fullmatch(r"[\d\s()+./-]+", searched, re.ASCII):
        return None
    bare = digits.lstrip("0")
    return bare if len(bare) >= LEAST_DIGITS else digits


def has_digits(phone: ColumnElement[Any], digits: str) -> ColumnElement[bool]:
    """A number with these digits in a row, whatever stands between them."""
    pattern, nothing, every = (literal(each, literal_execute=True) for each in (r"\D", "", "g"))
    numbers = func.regexp_replace(phone, pattern, nothing, every, type_=Text)
    return and_(phone.is_not(None), numbers.like(f"%{digits}%"))


def begins(column: ColumnElement[Any], searched: str) -> ColumnElement[bool]:
    """Text that begins with this, whatever the case."""
    return by_letters(column).like(contains(searched.lower())[1:])


def by_letters(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Lower-case text in the order of its letters' numbers, as the indexes for beginnings have it."""
    return func.lower(column).collate("C")
