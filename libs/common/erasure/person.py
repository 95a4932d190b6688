"""Whom an erasure is about, and how a text is searched for that person."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict

from libs.common.erasure import spellings
from libs.common.sealing import Sealer

# What stands where the person stood.
ERASED = "[erased]"

# Who did something, and how a company is called: names of others that may be the same.
OF_OTHERS = frozenset("actor actor_name asked_by_name company_name owner_name sender_name".split())


class Person(BaseModel):
    """Somebody at a client, by all that names them."""

    model_config = ConfigDict(frozen=True)

    contact_id: str
    client_id: str
    first_name: str
    last_name: str = ""
    email: str | None = None
    phone: str | None = None
    # Of the names those that mean nobody else where it is about their client.
    alone: tuple[str, ...] = ()

    def sealed(self, secret: str, erasure_id: str) -> str:
        """The person as text that may travel and lie about; opened by ``opened`` with the same secret."""
        return _sealer(secret).seal(self.model_dump_json(), erasure_id)

    @classmethod
    def opened(cls, secret: str, erasure_id: str, sealed: str) -> Person:
        """SealBroken under another secret or of another erasure."""
        return cls.model_validate_json(_sealer(secret).open(sealed, erasure_id))

    @cached_property
    def loose(self) -> str:
        """A pattern for PostgreSQL that is in every row that could name the person, and in some that do not."""
        found = [self.contact_id]
        if self._full:
            found += [_loose_words(" ".join(way), 40) for way in (self._full, self._full[::-1])]
        for each in filter(None, map(_loose_words, self.alone)):
            found += [f"{self.client_id}.*{each}", f"{each}.*{self.client_id}"]
        found += [_loose_words(self.email)] if self.email else []
        found += ["[^0-9a-zA-Z]{0,6}".join(self._digits)] if any(self._anywhere) else []
        return "|".join(each for each in found if each)

    def is_named_in(self, value: Any) -> bool:
        """Whether a text, or a text within lists and objects, names the person."""
        return self._is_theirs(value) or self.replaced(value) != value

    def replaced(self, value: Any, *, theirs: bool = False, near: bool = False) -> Any:
        """The value with ``[erased]`` for what names the person.

        theirs: it is known to be about the person, so that a first or last name alone is theirs as well.
        near: it belongs to the person's client, where the names of ``alone`` mean nobody else.
        """
        if isinstance(value, str):
            return self._replaced_text(value, theirs, near)
        if isinstance(value, list):
            return [self.replaced(each, theirs=theirs, near=near) for each in value]
        if isinstance(value, dict):
            theirs = theirs or any(self._is_theirs(each) for each in value.values() if isinstance(each, str))
            theirs = theirs or self._has_both_names(value)
            near = near or self.client_id in value.values()
            return {
                self._replaced_text(key, False, False): self.replaced(
                    each, theirs=theirs, near=near and key not in OF_OTHERS
                )
                for key, each in value.items()
            }
        return value

    def is_about(self, row: dict[str, Any]) -> bool:
        """Whether a row is about the person, rather than naming them."""
        return self._is_theirs(_dumped(row)) or self._has_both_names(row)

    def is_near(self, row: dict[str, Any]) -> bool:
        """Whether a row belongs to the person's client."""
        return self.client_id in _dumped(row)

    def is_elsewhere(self, table: str, row: dict[str, Any]) -> bool:
        """Whether a row belongs to other clients alone and gives a name only, no address and no number: it may speak
        of somebody else."""
        clients = set(_client_ids(row)) | ({row.get("id")} if table == "clients" else set())
        text = _dumped(row)
        own = self.client_id in text or self.contact_id in text
        return bool(clients) and not own and not self._certain.search(text)

    def _is_theirs(self, value: Any) -> bool:
        return isinstance(value, str) and bool(self._identity.search(value))

    def _has_both_names(self, value: dict[str, Any]) -> bool:
        names = (value.get("first_name"), value.get("last_name"))
        mine = (self.first_name, self.last_name)
        return bool(self.last_name) and [str(each).casefold() for each in names] == [each.casefold() for each in mine]

    def _replaced_text(self, value: str, theirs: bool, near: bool) -> str:
        if value[:1] in ("{", "["):
            try:
                parsed = json.loads(value)
            except ValueError:
                pass
            else:
                changed = self.replaced(parsed, theirs=theirs, near=near)
                # Left as it was written where it names nobody: it may be signed.
                return value if changed == parsed else json.dumps(changed, ensure_ascii=False)
        value = self._mentions.sub(ERASED, value)
        pattern = self._parts if theirs else self._alone if near else None
        return pattern.sub(ERASED, value) if pattern else value

    @property
    def _full(self) -> tuple[str, ...]:
        names = (self.first_name, self.last_name)
        return names if all(map(spellings.words, names)) else ()

    @cached_property
    def _phone(self) -> spellings.Phone:
        return spellings.Phone(self.phone or "")

    @property
    def _digits(self) -> str:
        return self._phone.digits

    @cached_property
    def _anywhere(self) -> list[str]:
        return list(self._phone.anywhere())

    @cached_property
    def _mentions(self) -> re.Pattern[str]:
        names = [spellings.name(*way) for way in (self._full, self._full[::-1]) if way]
        return _any_of([*self._mails(), *names, *self._anywhere], re.IGNORECASE)

    @cached_property
    def _certain(self) -> re.Pattern[str]:
        return _any_of([*self._mails(), *self._anywhere], re.IGNORECASE)

    @cached_property
    def _identity(self) -> re.Pattern[str]:
        return _any_of([re.escape(self.contact_id), *self._mails()], re.IGNORECASE)

    @cached_property
    def _parts(self) -> re.Pattern[str]:
        names = [name for name in (self.first_name, self.last_name) if len(name) > 1 and spellings.words(name)]
        return _any_of([*map(spellings.alone, names), *self._phone.at_all()])

    @cached_property
    def _alone(self) -> re.Pattern[str]:
        return _any_of([spellings.alone(each, before_a_name=each != self.first_name) for each in self.alone])

    def _mails(self) -> Iterator[str]:
        if self.email:
            yield rf"(?<![\w.+-]){re.escape(self.email).replace('@', '(?:@|%40)')}(?![\w-]|\.\w)"


def _any_of(patterns: list[str], flags: int = 0) -> re.Pattern[str]:
    return re.compile("|".join(patterns) or r"(?!)", flags)


def _dumped(row: dict[str, Any]) -> str:
    return orjson.dumps(row, default=str).decode()


def _client_ids(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for key, each in value.items():
            if key == "client_id" and each:
                yield each
            yield from _client_ids(each)
    elif isinstance(value, list):
        for each in value:
            yield from _client_ids(each)


def _loose_words(text: str, most: int = 8) -> str:
    """Its words with a few characters of any kind between; a letter beyond ASCII may stand there as an escape, and so
    may the sign between two words."""
    plain = ["".join(char if char.isascii() else ".{1,7}" for char in word) for word in spellings.words(text)]
    return f".{{1,{most}}}".join(plain)


def _sealer(secret: str) -> Sealer:
    return Sealer(hmac.digest(secret.encode(), b"erasure of a person", "sha256").hex())
