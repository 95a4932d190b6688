"""Words that were nearly typed: what stands somewhere and is a slip or two away from a word of a search."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    Text,
    bindparam,
    case,
    func,
    literal_column,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import Session

from services.clients.models import clients, search_documents, search_words
from services.clients.queries.searching.typed import Search, Term

Slips = Mapping[str, Sequence[str]]
"""For a word as it was typed, the words that may have been meant, the nearest first."""

# Three-letter pieces that a slip leaves of a word of six letters.
_ALIKE = "0.2"
_NEAREST = 5
# Shorter words are a slip away from too many others; longer ones are no words.
_MISTYPED = range(4, 41)
# The worker takes words in every five minutes.
_UNREAD = timedelta(minutes=10)
_NEWEST = 50


def slips_of(session: Session, search: Search) -> Slips:
    """The words that a search may have meant, of those that stand anywhere."""
    typed = dict.fromkeys(word for term in search.wanted for word in may_be_mistyped(term))
    if not typed:
        return {}
    found: dict[str, list[str]] = {}
    statement = _statement(tuple(_most(word) for word in typed))
    # Each part is in order, and all of them together stay so.
    for row in session.execute(statement, {f"asked{n}": word for n, word in enumerate(typed)}):
        found.setdefault(row.typed, []).append(row.word)
    return found


def may_be_mistyped(term: Term) -> list[str]:
    """The words of a term that others are looked for in place of."""
    return [] if term.quoted else [word for word in term.words if len(word) in _MISTYPED and not word.isdigit()]


def _most(word: str) -> int:
    """How many slips away a word may be."""
    return 1 if len(word) == _MISTYPED.start else 2


@functools.lru_cache(maxsize=64)
def _statement(most: tuple[int, ...]) -> CompoundSelect[Any]:
    """What is asked for the words ``:asked0``, ``:asked1``, …, by how many slips away each may be: made once, since
    making it takes longer than many an answer."""
    asked = []
    for n, slips in enumerate(most):
        word = bindparam(f"asked{n}", type_=Text)
        asked.append(select(word.label("typed"), _near(word, slips).subquery().c.word))
    return union_all(*asked)


def _near(mistyped: ColumnElement[str], most: int) -> Select[Any]:
    # The word is asked for before the index is searched with it, so the threshold is set by then; for this statement.
    threshold = func.set_config("pg_trgm.similarity_threshold", _ALIKE, True)
    typed = select(case((threshold.isnot(None), func.search_fold(mistyped)))).scalar_subquery()
    word, length = search_words.c.word, func.length(typed)
    # By its length too, in the index: one in ten words may share a few letters with the typed one.
    known = select(word).where(func.length(word).between(length - most, length + most), word.bool_op("%")(typed))
    there = union(known, _just_written()).subquery().c.word
    slips, likeness = func.levenshtein(there, typed), func.similarity(there, typed)
    few = slips.between(1, most)
    alike = select(there).where(few, likeness >= literal_column(_ALIKE))
    return alike.order_by(slips, likeness.desc(), there).limit(_NEAREST)


@functools.cache
def _just_written() -> Select[Any]:
    """Words of the newest clients, which the worker may not have taken in yet: of so few that it costs next to
    nothing, whatever is brought in meanwhile."""
    newest = select(clients.c.id).where(clients.c.deleted_at.is_(None), clients.c.created_at > func.now() - _UNREAD)
    newest = newest.order_by(clients.c.created_at.desc(), clients.c.id.desc()).limit(_NEWEST)
    words = select(func.unnest(func.tsvector_to_array(search_documents.c.words), type_=Text).label("word"))
    word = words.where(search_documents.c.client_id.in_(newest)).subquery().c.word
    return select(word).where(func.length(word).between(_MISTYPED.start, _MISTYPED.stop - 1), word.op("!~")("^[0-9]+$"))
