"""What somebody typed into a search box: words, "quoted words", -words, OR, and a last word that may be unfinished."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PIECE = re.compile(r'(?P<not>-?)(?:"(?P<quoted>[^"]*)"?|(?P<plain>[^\s"]+))')
_WORD = re.compile(r"[^\W_]+")
# A beginning of fewer letters would find nearly everything.
_SHORTEST_BEGINNING = 3
MOST_TERMS = 20


@dataclass(frozen=True, slots=True)
class Term:
    """Words that follow each other. prefix: the last is the beginning of one. quoted: they stood in quotes."""

    text: str
    prefix: bool = False
    quoted: bool = False

    @property
    def words(self) -> list[str]:
        """Its words, as they are typed."""
        return _WORD.findall(self.text)


@dataclass(frozen=True, slots=True)
class Group:
    """Terms that a client has all of, and terms of which it has none."""

    wanted: tuple[Term, ...]
    unwanted: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Search:
    """A client is found by any of the groups. typed: the whole, as it stands in the box."""

    typed: str
    groups: tuple[Group, ...]

    @property
    def wanted(self) -> list[Term]:
        """What may be shown as found."""
        return [term for group in self.groups for term in group.wanted]

    @property
    def single_word(self) -> str | None:
        """The one word that is all of the search."""
        alone = len(self.groups) == 1 and not self.groups[0].unwanted and len(self.groups[0].wanted) == 1
        term = self.groups[0].wanted[0] if alone else None
        return term.text if term and not term.quoted and len(term.words) == 1 else None


def read_search(typed: str) -> Search:
    """The search that was meant. As websearch_to_tsquery reads it, and a last word finds what begins with it, as does
    a word with a star; words beyond the twentieth are left out."""
    groups: list[tuple[list[Term], list[Term]]] = [([], [])]
    pieces = [piece for piece in _PIECE.finditer(typed) if _is_or(piece) or _says_something(piece)][:MOST_TERMS]
    # With nothing to stand between, it is a word like others.
    joins = not all(_is_or(piece) for piece in pieces)
    for index, piece in enumerate(pieces):
        if joins and _is_or(piece):
            groups.append(([], []))
            continue
        last = index == len(pieces) - 1 and piece.end() == len(typed.rstrip())
        groups[-1][1 if piece["not"] else 0].append(_term(piece, last=last))
    return Search(typed, tuple(Group(tuple(wanted), tuple(not_)) for wanted, not_ in groups if wanted or not_))


def _term(piece: re.Match[str], *, last: bool) -> Term:
    if piece["quoted"] is not None:
        return Term(piece["quoted"], quoted=True)
    words = _WORD.findall(piece["plain"])
    narrow = len(words) > 1 or len(words[-1]) >= _SHORTEST_BEGINNING
    begins = piece["plain"].endswith("*") or (last and not piece["not"] and narrow)
    return Term(piece["plain"], prefix=begins)


def _is_or(piece: re.Match[str]) -> bool:
    return not piece["not"] and (piece["plain"] or "").lower() == "or"


def _says_something(piece: re.Match[str]) -> bool:
    return bool(_WORD.search(piece["quoted"] or piece["plain"] or ""))
