"""Text that begins with or holds a few letters, as the indexes find it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func, literal

from libs.common import finding
from libs.common.fields import contains
from services.clients.models import contacts

FULL_NAME = contacts.c.first_name + literal(" ", literal_execute=True) + contacts.c.last_name


def holds(column: ColumnElement[Any], searched: str) -> ColumnElement[bool]:
    """Text that holds this, whatever the case; two letters begin a word, one letter begins the text."""
    return begins(column, searched) if len(searched) == 1 else finding.holds(column, searched)


def begins(column: ColumnElement[Any], searched: str) -> ColumnElement[bool]:
    """Text that begins with this, whatever the case."""
    return by_letters(column).like(contains(searched.lower())[1:])


def by_letters(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Lower-case text in the order of its letters' numbers, as the indexes for beginnings have it."""
    return func.lower(column).collate("C")
