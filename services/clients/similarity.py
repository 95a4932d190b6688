"""How alike two names are, for the list of duplicates and for whoever is about to make one."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from services.clients.domain import SIGNS

# Pairs less sure than this are nobody's work.
LEAST = 60
# Under this likeness of their three-letter pieces two names are not compared at all.
BLOCKED_UNDER = 0.45
_NUMBERS = re.compile(r"[0-9]+")


def similar_names(one: str, other: str) -> int:
    """How sure two names make that two companies are one, in percent: never as sure as one name, and not at all where
    their numbers differ. Both as ``normal_name`` leaves them; the order of words does not count."""
    if _NUMBERS.findall(one) != _NUMBERS.findall(other):
        return 0
    return round(fuzz.token_sort_ratio(one, other) * SIGNS["same name"] / 100)
