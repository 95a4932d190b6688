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

from libs.common.sealing import Sealer

# What stands where the person stood.
ERASED = "[erased]"

_WORD = re.compile(r"[^\W_]+")
_NOT_IN_WORD, _WORD_ENDS, _BETWEEN = r"(?<![^\W_])", r"(?![^\W_])", r"[\W_]{1,4}"
# Shorter runs of digits are prices and years.
_FEWEST_DIGITS = 6


class Person(BaseModel):
    """Somebody at a client, by all that names them."""

    model_config = ConfigDict(frozen=True)

    contact_id: str
    client_id: str
    first_name: str
    last_name: str = ""
    email: str | None = None
    phone: str | None = None

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
        if names := [name for name in (self.first_name, self.last_name) if name]:
            ways = [names, names[::-1]]
            found += [".{1,40}".join(_loose_words(name, 6) for name in way) for way in ways if any(map(_words, way))]
        found += [_loose_words(self.email, 6)] if self.email else []
        found += ["[^0-9a-zA-Z]{0,6}".join(self._digits)] if self._digits else []
        return "|".join(found)

    def is_named_in(self, value: Any) -> bool:
        """Whether a text, or a text within lists and objects, names the person."""
        return self._is_theirs(value) or self.replaced(value) != value

    def replaced(self, value: Any, *, theirs: bool = False) -> Any:
        """The value with ``[erased]`` for what names the person.

        theirs: it is known to be about the person, so that a first or last name alone is theirs as well.
        """
        if isinstance(value, str):
            return self._replaced_text(value, theirs)
        if isinstance(value, list):
            return [self.replaced(each, theirs=theirs) for each in value]
        if isinstance(value, dict):
            theirs = theirs or any(self._is_theirs(each) for each in value.values() if isinstance(each, str))
            theirs = theirs or self._has_both_names(value)
            return {self._replaced_text(key, False): self.replaced(each, theirs=theirs) for key, each in value.items()}
        return value

    def is_about(self, row: dict[str, Any]) -> bool:
        """Whether a row is about the person, rather than naming them."""
        return self._is_theirs(orjson.dumps(row, default=str).decode()) or self._has_both_names(row)

    def _is_theirs(self, value: Any) -> bool:
        return isinstance(value, str) and bool(self._identity.search(value))

    def _has_both_names(self, value: dict[str, Any]) -> bool:
        names = (value.get("first_name"), value.get("last_name"))
        mine = (self.first_name, self.last_name)
        return bool(self.last_name) and [str(each).casefold() for each in names] == [each.casefold() for each in mine]

    def _replaced_text(self, value: str, theirs: bool) -> str:
        if value[:1] in ("{", "["):
            try:
                return json.dumps(self.replaced(json.loads(value), theirs=theirs), ensure_ascii=False)
            except ValueError:
                pass
        value = self._mentions.sub(ERASED, value)
        return self._parts.sub(ERASED, value) if theirs and self._parts else value

    @cached_property
    def _digits(self) -> str:
        digits = "".join(char for char in self.phone or "" if char.isdecimal())
        return digits if len(digits) >= _FEWEST_DIGITS else ""

    @cached_property
    def _mentions(self) -> re.Pattern[str]:
        return re.compile("|".join([*self._mails(), *self._names(), *self._phones()]) or r"(?!)", re.IGNORECASE)

    @cached_property
    def _identity(self) -> re.Pattern[str]:
        return re.compile("|".join([re.escape(self.contact_id), *self._mails()]), re.IGNORECASE)

    @cached_property
    def _parts(self) -> re.Pattern[str] | None:
        parts = [re.escape(name) for name in (self.first_name, self.last_name) if len(name) > 1]
        return re.compile(f"{_NOT_IN_WORD}(?:{'|'.join(parts)}){_WORD_ENDS}") if parts else None

    def _mails(self) -> Iterator[str]:
        if self.email:
            yield rf"(?<![\w.+-]){re.escape(self.email).replace('@', '(?:@|%40)')}(?![\w-]|\.\w)"

    def _names(self) -> Iterator[str]:
        for way in (self.first_name, self.last_name), (self.last_name, self.first_name):
            if all(way):
                words = [re.escape(word) for name in way for word in name.split()]
                yield f"{_NOT_IN_WORD}{_BETWEEN.join(words)}{_WORD_ENDS}"

    def _phones(self) -> Iterator[str]:
        if self._digits:
            number = r"[\s().\-/]{0,3}".join(self._digits)
            yield rf"\+{number}{_WORD_ENDS}"
            # Without its plus a number may look like a piece of an id.
            yield rf"{_NOT_IN_WORD}(?<![0-9a-f]-){number}{_WORD_ENDS}(?!-[0-9a-f])"


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _loose_words(text: str, most: int) -> str:
    """Its words with a few characters of any kind between; a letter beyond ASCII may stand there as an escape."""
    plain = ["".join(char if char.isascii() else ".{1,7}" for char in word) for word in _words(text)]
    return f".{{1,{most}}}".join(plain)


def _sealer(secret: str) -> Sealer:
    return Sealer(hmac.digest(secret.encode(), b"erasure of a person", "sha256").hex())
