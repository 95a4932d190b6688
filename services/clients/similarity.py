"""How alike two names are, for the list of duplicates and for whoever is about to make one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz

from services.clients.domain import SIGNS, mail_host, phone_key

# Pairs less sure than this are nobody's work.
LEAST = 60
# Under this likeness of their three-letter pieces two names are not compared at all.
BLOCKED_UNDER = 0.45
_NUMBERS = re.compile(r"[0-9]+")
# What tells the branches of one house, or two of its companies, apart: as ``normal_name`` leaves it.
_BRANCHES = frozenset(
    "ost west nord sud sued mitte nordost nordwest sudost sudwest suedost suedwest "
    "east north south central northeast northwest southeast southwest eastern western northern southern "
    "i ii iii iv v vi vii viii ix x".split()
)
_SITE = re.compile(r"(?:\w+://)?(?:www\.)?(?P<host>[^/:?#\s]+\.[^/:?#\s]+)", re.IGNORECASE)
# What stands before the last part of a host and is nobody's name: techcorp.co.uk.
_SECOND = frozenset("ac co com edu gov net or org".split())


def similar_names(one: str, other: str) -> int:
    """How sure two names make that two companies are one, in percent: never as sure as one name, and not at all where
    their numbers differ, or what tells branches apart. Both as ``normal_name`` leaves them; the order of words does not
    count."""
    if _NUMBERS.findall(one) != _NUMBERS.findall(other) or _are_branches(one, other):
        return 0
    return round(fuzz.token_sort_ratio(one, other) * SIGNS["same name"] / 100)


def _are_branches(one: str, other: str) -> bool:
    """Whether each says which branch it is, and they are two. Where only one does, the other may be short for it."""
    mine, theirs = _BRANCHES.intersection(one.split()), _BRANCHES.intersection(other.split())
    return bool(mine and theirs) and mine != theirs


@dataclass(frozen=True, slots=True)
class Reached:
    """Where a client is reached, as far as it can be compared: hosts by the name in them, and phones."""

    hosts: frozenset[str]
    phones: frozenset[str]

    @classmethod
    def of(cls, email: str | None, website: str | None, phone: str | None) -> Reached:
        site = _SITE.match((website or "").strip())
        hosts = (mail_host(email), site["host"] if site else None)
        return cls(_there(_name_in(host) for host in hosts if host), _there([phone_key(phone)]))

    def elsewhere(self, other: Reached) -> bool:
        """Whether there is something to compare, and all of it differs: then a name that is merely similar is
        another's."""
        both = [(self.hosts, other.hosts), (self.phones, other.phones)]
        differ = [mine.isdisjoint(theirs) for mine, theirs in both if mine and theirs]
        return bool(differ) and all(differ)


def _there(values: Iterable[str | None]) -> frozenset[str]:
    return frozenset(value for value in values if value)


def _name_in(host: str) -> str:
    """The name that somebody registered: techcorp.de and shop.techcorp.co.uk are one house."""
    parts = host.lower().rstrip(".").split(".")[:-1]
    while len(parts) > 1 and parts[-1] in _SECOND:
        parts.pop()
    return parts[-1] if parts else host.lower()
